#pragma once

#include <span>
#include <vector>

#include "tests/nn/any_layer.h"

/// The recurrent layers once more, straight from their equations: in double, one sequence at a time, one number
/// after the other.
namespace runnel {

using Doubles = std::vector<double>;

/// One sequence: its steps, and h and c for each layer and direction (index layer·D + direction). c is empty for
/// cells without one.
struct PlainSequence {
  std::vector<Doubles> steps, h, c;
};

/// What a layer makes of a sequence: its output at every step, and its last states. `parameters` stand in the
/// order of the state_dict.
PlainSequence plain_layer(const RecurrentConfig& config, std::span<const Doubles> parameters,
                          const PlainSequence& input);

/// A whole call on flat numbers in the layout of the module's tensors.
struct PlainCall {
  RecurrentConfig config;
  RecurrentShapes shapes;
  Lengths lengths;  ///< one for each sequence; one when there is no batch
  bool states_given;
};

/// Input   x, then h_0 and c_0 when they are given, then the parameters
/// Output  output, h_n, c_n in one row, as RecurrentResults::flat has them
Doubles plain_call(const PlainCall& call, std::span<const Doubles> inputs);

}  // namespace runnel
