#pragma once

#include <string>

#include "runnel/nn/layer.h"

namespace runnel {

/// A layer as PyTorch writes it, a size that only data tell by its name: `Embedding(vocab, 100)`.
std::string layer_text(const Layer& layer);

/// The same with the name of each size: `GRU(input_size=100, hidden_size=20, batch_first=True)`.
std::string layer_text_with_names(const Layer& layer);

}  // namespace runnel
