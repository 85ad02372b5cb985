#pragma once

#include <cstdint>
#include <vector>

#include "runnel/model/network.h"
#include "runnel/sequence/schedule.h"

/// What a call of a network costs, counted from its shapes: the one place that such counts come from.
namespace runnel {

/// Inference is a forward pass without recording; training is forward and backward, the gradients of
/// all parameters and of the data.
enum class Pass { inference, training };

/// The weights that one layer and direction multiplies the state by: read anew at every step.
struct StepWeights {
  int64_t bytes = 0;  ///< weight_hh, and weight_hr where there is a projection
  int64_t times = 0;  ///< steps of the longest sequence; twice as many in training
};

/// What the data or a layer takes.
struct PartWork {
  int64_t multiply_adds = 0;
  int64_t activations = 0;  ///< bytes of what it gives and, in training, keeps
};

/// What becomes of a table with few words in front of a recurrent layer (table_is_small): it is multiplied once, or a
/// row is copied out for each step, as of all other tables; then all costs grow evenly with batch and steps.
enum class SmallTables { multiplied, copied };

/// Of the data first, then of the layers in their order; work_of and memory_of are their sums. Parameters need no
/// values; where tables are copied, the number of words that an Embedding knows may be symbolic.
std::vector<PartWork> parts_work(const Network& network, const Schedule& schedule, Pass pass,
                                 SmallTables tables = SmallTables::multiplied);

struct Work {
  int64_t multiply_adds = 0;                   ///< of the matrix products; three times as many in training
  int64_t weight_bytes = 0;                    ///< of all weights that are multiplied by
  std::vector<StepWeights> step_weights = {};  ///< one for each recurrent layer and direction
};

/// Counts the work of a call on a batch of sequences. Padding costs nothing, as no step is made there:
///
///     RNN, LSTM, GRU, their cells   ΣL · (weights ih + hh + hr), L the lengths
///                                   behind an Embedding whose table is small (table_is_small), vocab · ih once
///                                   in place of ΣL · ih
///     Linear                        ΣL · in_features · out_features; behind a pooling, batch in place of ΣL
///     Embedding and all the others  0
///
/// Training counts each product three times: itself, and for the gradients of its two factors.
Work work_of(const Network& network, const Schedule& schedule, Pass pass);

/// Bytes that a call needs besides the program.
struct CallMemory {
  int64_t parameters = 0;
  int64_t gradients = 0;  ///< of the parameters (a sparse one at its most); training only
  int64_t activations =
      0;  ///< the data and what each layer gives; in training their gradients too (ids have none), and what
          ///< recurrent layers keep for the backward pass
  int64_t workspace = 0;  ///< the packed weights of one layer at a time
  int64_t total() const { return parameters + gradients + activations + workspace; }
};

/// In training a recurrent layer keeps, R = ΣL + batch rows a layer and direction:
///
///     gates ΣL · G·H (GRU: 4·H, the hidden side of n too), whose gradients take their places
///     state R · H_out, LSTM: c R · H, with a projection also o ⊙ tanh(c) ΣL · H
///
/// Within 15 % of what is allocated at most (memory_use().most) where the sizes are not tiny.
CallMemory memory_of(const Network& network, const Schedule& schedule, Pass pass);

}  // namespace runnel
