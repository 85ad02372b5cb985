#pragma once

#include <string>

#include "runnel/nn/layer.h"

namespace runnel {

/// What layer.to_string() says, with the name of each size:
/// `GRU(input_size=100, hidden_size=20, batch_first=True)`.
std::string layer_text_with_names(const Layer& layer);

}  // namespace runnel
