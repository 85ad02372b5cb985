#pragma once

#include "runnel/autograd/variable.h"

namespace runnel {

/// y = x·Wᵀ + b, along the last axis of x.
///
/// Input   x [*, in = F], of any name; weight [out = O, in = F]; bias [out = O], or undefined for none
/// Output  [*, out_axis = O]
/// Throws  ShapeError when the last axis of x does not have F places, or x has no axis
Variable linear(const Variable& x, const Variable& weight, const Variable& bias, AxisName out_axis);

/// The product of a with a matrix: c[…, n] = Σ_k a[…, k]·b[k, n].
///
/// Input   a [*, k], b [k, n]; the last axis of a and the first of b share name and size
/// Output  [*, n]
/// Throws  ShapeError when they do not
Variable matmul(const Variable& a, const Variable& b);

}  // namespace runnel
