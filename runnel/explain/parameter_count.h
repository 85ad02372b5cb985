#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "runnel/nn/layer.h"

namespace runnel {

/// How many parameters, worked out.
struct ParameterCount {
  std::optional<int64_t> value = 0;  ///< the real sum; absent when a size is symbolic
  std::string formula = {};          ///< "3 gates · 20 · (100 + 20 + 2)", "vocab · 100"; empty for none

  friend bool operator==(const ParameterCount&, const ParameterCount&) = default;
};

/// The parameters of a layer: the sum from their shapes, the formula from how they belong together.
///
///     recurrent   gates · hidden_size · (input_size + hidden_size + 2 biases), for each layer and direction
///     Linear      out_features · (in_features + 1)
///     Embedding   num_embeddings · embedding_dim
///
/// A word behind a number says what it counts; without the words the formula is arithmetic whose value
/// is `value`.
ParameterCount count_parameters(const Layer& layer);

/// "7,320 = 3 gates · 20 · (100 + 20 + 2)"; the formula alone where a size is symbolic; "none"
std::string worked_out(const ParameterCount& count);

/// The sum over layers: "500,000 + 235,520 + 1,542".
ParameterCount sum_of(std::span<const ParameterCount> counts);

}  // namespace runnel
