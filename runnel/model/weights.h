#pragma once

#include <string>
#include <vector>

#include "runnel/formats/named_arrays.h"
#include "runnel/nn/state.h"

/// Between a module's parameters and the arrays of a file.
namespace runnel {

/// The parameters under their names, in order.
NamedArrays arrays_of(const Module& module);

/// Arrays as tensors for load_state. Every number type converts to float32.
/// Throws  ShapeError for an array of more than Shape::kMaxRank axes
std::vector<NamedTensor> named_tensors(const NamedArrays& arrays);

}  // namespace runnel
