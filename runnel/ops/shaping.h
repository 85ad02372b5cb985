#pragma once

#include <initializer_list>
#include <limits>
#include <span>

#include "runnel/autograd/variable.h"

/// Moving, choosing and joining numbers. None of these changes a value.
namespace runnel {

/// The variables one after the other along `axis`. All other axes must be the same, in the same order.
///
/// Throws  ShapeError when the list is empty, a variable has no such axis, or another axis differs
Variable concat(std::span<const Variable> variables, AxisName axis);
inline Variable concat(std::initializer_list<Variable> variables, AxisName axis) {
  return concat(std::span(variables.begin(), variables.size()), axis);
}

/// The variables, all of one shape, side by side along a new axis that stands at `place` of the result's axes
/// (negative: counted from the end, −1 the last).
///
/// Throws  ShapeError when the list is empty or two shapes differ; OptionError for a place that is none
Variable stack(std::span<const Variable> variables, AxisName axis, int64_t place = 0);
inline Variable stack(std::initializer_list<Variable> variables, AxisName axis, int64_t place = 0) {
  return stack(std::span(variables.begin(), variables.size()), axis, place);
}

/// One place of an axis, which the result does not have any more. A negative index counts from the end.
///
/// Throws  ShapeError when there is no such axis or index
Variable select(const Variable& x, AxisName axis, int64_t index);

/// Which places of an axis: start, start + step, … before stop. As in Python, negative places count from the
/// end and what lies outside is left out.
struct Slice {
  static constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
  int64_t start = 0;
  int64_t stop = kEnd;
  int64_t step = 1;
};

/// Some places of an axis, in order; none at all is legal.
///
/// Throws  ShapeError when there is no such axis; OptionError when step is below 1
Variable slice(const Variable& x, AxisName axis, const Slice& places);

/// The axes in another order, and the values with them.
///
/// Throws  ShapeError unless `order` names each axis once
Variable transpose(const Variable& x, std::span<const AxisName> order);
inline Variable transpose(const Variable& x, std::initializer_list<AxisName> order) {
  return transpose(x, std::span(order.begin(), order.size()));
}

/// The axes with `axis` behind all others; x itself when it stands there already.
///
/// Throws  ShapeError when there is no such axis
Variable move_last(const Variable& x, AxisName axis);

/// The same values, in the same order, under other axes; see Tensor::reshape.
///
/// Throws  ShapeError when the counts differ, or when axes that both shapes name would change places
Variable reshape(const Variable& x, const Shape& shape);

/// One axis under another name.
///
/// Throws  ShapeError when there is no axis `from`, or `to` is taken
Variable renamed(const Variable& x, AxisName from, AxisName to);

}  // namespace runnel
