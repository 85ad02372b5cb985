#pragma once

#include <string>

#include "runnel/model/spec.h"
#include "runnel/tensor/shape.h"

/// The text of a network as somebody wrote it, with one thing mended: the fixes of the errors about it. All else stays.
namespace runnel {

/// The text with a piece in the place of another.
std::string with_piece(const std::string& text, const SpecPlace& place, const std::string& piece);
/// The text without an argument and the comma that parts it from the others.
std::string without_argument(const std::string& text, const SpecPlace& argument);
/// "Embedding(50, 8)": the layer as it was written.
std::string text_of(const ChainSpec& chain, const LayerSpec& layer);

/// The text with what is missing at the column where `expected` was expected; nothing where that cannot be told.
std::string completed(const std::string& text, size_t column, const std::string& expected);
/// What the wrong value of the option most likely means; nothing where that cannot be told.
std::string likely_value(const SpecArgument& argument, const std::string& option,
                         const std::string& expected);

/// The text with the size that is missing, and the layer's other one if it is missing too.
std::string with_sizes(const ChainSpec& chain, const LayerSpec& layer, const std::string& option);
/// What such a size is, and who would tell it: `hidden_size`, `num_embeddings`, …
std::string why_of_size(const std::string& option);

/// The text of a chain whose layer cannot read `before`, the shape that it gets: with the layer's first size as it
/// comes, or without the pooling that took the steps away; nothing where neither is it.
std::string readable(const ChainSpec& chain, const LayerSpec& layer, const Shape& before);

}  // namespace runnel
