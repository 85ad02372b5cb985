#pragma once

#include "runnel/autograd/variable.h"

namespace runnel {

/// exp(xᵢ) / Σⱼ exp(xⱼ) along one axis, computed from x − max x so that no exponential overflows. A line of
/// only −∞ gives NaN, as in PyTorch.
///
/// Output  the shape of x; sums to 1 along `axis`
/// Throws  ShapeError when x has no such axis
Variable softmax(const Variable& x, AxisName axis);

/// xᵢ − log Σⱼ exp(xⱼ) along one axis, with more digits than log(softmax(x)).
///
/// Output  the shape of x
/// Throws  ShapeError when x has no such axis
Variable log_softmax(const Variable& x, AxisName axis);

}  // namespace runnel
