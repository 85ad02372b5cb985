#pragma once

#include "runnel/autograd/variable.h"

/// Many numbers into one. Sums are taken in double, in an order that depends on the shape alone.
namespace runnel {

/// Σ along one axis, which the result does not have any more; over no places, 0.
///
/// Throws  ShapeError when x has no such axis
Variable sum(const Variable& x, AxisName axis);
/// sum / size of the axis; over no places, NaN.
Variable mean(const Variable& x, AxisName axis);

/// Σ over everything.
///
/// Output  a rank-0 shape
Variable sum(const Variable& x);
Variable mean(const Variable& x);

struct Maximum {
  Variable values;
  Ids indices;  ///< where along the axis; of equal values the first
};

/// The largest number along one axis, and where it stands. A NaN counts as the largest.
/// Only that place gets a gradient.
///
/// Output  both without the axis
/// Throws  ShapeError when x has no such axis, or its size is 0
Maximum max(const Variable& x, AxisName axis);

}  // namespace runnel
