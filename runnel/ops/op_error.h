#pragma once

#include <string_view>

#include "runnel/tensor/shape_error.h"
#include "runnel/tensor/tensor.h"

/// The sentences about operations whose inputs do not fit, each made in one place.
namespace runnel::errors {

/// Two shapes of which neither holds the other's axes; see ops/broadcast.h.
ShapeError does_not_broadcast(std::string_view where, const Shape& first, const Shape& second);
/// The id at `place` (counted through all of `ids`) is no row of an embedding's weight.
/// `where` is the layer, or the operation.
ShapeError id_out_of_range(const std::string& where, const Ids& ids, int64_t place, const Shape& weight);
/// The weight of an embedding does not have the axes [vocab, …].
ShapeError not_an_embedding_weight(const Shape& got);
OptionError padding_idx_out_of_range(int64_t padding_idx, int64_t vocab);
OptionError not_a_probability(std::string_view where, std::string_view option, double value);
OptionError not_positive(std::string_view where, std::string_view option, double value);

/// An operation on a list was given an empty one.
ShapeError no_tensors(std::string_view where);
/// Tensor number `place` of a list differs from the first in more than `axis` (no axis: at all).
ShapeError tensors_differ(std::string_view where, int64_t place, const Shape& expected, const Shape& got);
OptionError step_not_positive(int64_t step);
OptionError place_out_of_range(int64_t place, const Shape& shape);
/// The last axis of the input is not what it is multiplied with; `expected` ends in the axis that is.
ShapeError inner_sizes_differ(const char* where, const Shape& expected, const Shape& got);
ShapeError second_operand_no_matrix(const Shape& got);
OptionError inference_size_too_small(const char* option, int64_t value);
ShapeError maximum_of_nothing(AxisName axis, const Shape& shape);

/// The class at `place` (counted through all of `target`) is none of the logits' classes.
ShapeError class_out_of_range(std::string_view where, const Ids& target, int64_t place, const Axis& classes);
/// The target does not have one class for each place of the logits.
ShapeError target_does_not_fit(std::string_view where, const Shape& logits, const Axis& classes,
                               const Ids& target);
/// A weight has axes that the logits have not.
ShapeError weight_has_more_axes(std::string_view where, const Shape& logits, const Shape& weight);
ShapeError no_class_axis(std::string_view where, const Shape& logits);

}  // namespace runnel::errors
