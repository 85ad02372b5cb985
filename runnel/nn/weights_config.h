#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace runnel {

/// A tensor of a set of weights: its name and its sizes.
struct WeightSizes {
  std::string name;  ///< `1.weight_ih_l0`
  std::vector<int64_t> sizes;
};

/// A layer as its weights tell it.
struct LayerConfig {
  std::string prefix;  ///< "1." of `1.weight_ih_l0`; empty for a layer by itself
  std::string kind;    ///< "LSTM", "GRU", "RNN", a cell, "Linear"
  std::vector<std::pair<std::string, int64_t>> options;  ///< hidden_size = 21, …

  /// `LSTM(input_size=10, hidden_size=21, num_layers=2)`
  std::string to_string() const;
  friend bool operator==(const LayerConfig&, const LayerConfig&) = default;
};

/// The recurrent layers, cells and linear layers with bias behind a set of weights, from names and sizes alone: for an
/// error that says which sizes a file is for. What does not add up is left out.
std::vector<LayerConfig> configs_of(const std::vector<WeightSizes>& weights);

}  // namespace runnel
