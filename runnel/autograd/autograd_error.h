#pragma once

#include <string_view>

#include "runnel/autograd/tape.h"

/// The sentences about the graph of gradients, each made in one place.
namespace runnel::errors {

AutogradError no_gradient_yet(const Shape& shape);
AutogradError gradient_is_sparse(const Shape& shape);
AutogradError gradient_is_dense(const Shape& shape);
/// `row` is not among the parameter's, or not behind the one before it.
AutogradError gradient_row_misplaced(int32_t row, const Shape& parameter);
AutogradError nothing_recorded();
AutogradError graph_freed(std::string_view operation);

}  // namespace runnel::errors
