#pragma once

#include <optional>
#include <vector>

#include "runnel/explain/parameter_count.h"
#include "runnel/model/network.h"

namespace runnel {

struct StorySizes;

/// What a call takes, each number worked out from batch and seq; without them it stays a formula.
struct CostStory {
  ParameterCount multiply_adds = {};  ///< forward; "3 · 10 · 7,200", "batch · seq · 7,200"
  ParameterCount weight_bytes = {};   ///< "4 · 7,320"
  /// In training, as CallMemory::activations counts: "batch · (seq · 1,480 + 80)".
  ParameterCount activation_bytes = {};

  friend bool operator==(const CostStory&, const CostStory&) = default;
};

struct NetworkCosts {
  std::vector<CostStory> parts = {};  ///< of the data first, then of each layer
  CostStory sum = {};
};

/// What the costs are at a batch and a seq says parts_work; how they grow with both is found by asking it twice. All
/// sequences have all steps, and no table of words is multiplied in place of the words (SmallTables::copied). Nothing
/// where a size is symbolic that they depend on.
std::optional<NetworkCosts> tell_costs(const Network& network, const StorySizes& sizes);

}  // namespace runnel
