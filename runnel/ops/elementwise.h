#pragma once

#include "runnel/autograd/variable.h"

/// Operations on each number by itself.
///
/// Two operands broadcast by name: every axis of the smaller one occurs in the larger one, with the same size
/// and in the same order, and along the other axes the smaller one repeats. So [batch, seq, feature] goes
/// with [feature], [batch], [batch, feature] and with the rank-0 shape of a single number. The result has the
/// larger one's shape; the smaller one's gradient is summed over what it was repeated along.
///
/// Throws  ShapeError, which shows both shapes, for anything else.
namespace runnel {

Variable add(const Variable& a, const Variable& b);
Variable sub(const Variable& a, const Variable& b);
Variable mul(const Variable& a, const Variable& b);
/// As floats divide: x / 0 is ±∞, 0 / 0 is NaN.
Variable div(const Variable& a, const Variable& b);

Variable neg(const Variable& x);
/// x · factor
Variable scale(const Variable& x, float factor);
/// x + number
Variable add(const Variable& x, float number);

Variable tanh(const Variable& x);
/// 1 / (1 + e⁻ˣ)
Variable sigmoid(const Variable& x);
/// max(x, 0); gradient 0 at 0
Variable relu(const Variable& x);
Variable exp(const Variable& x);
/// The natural logarithm; −∞ at 0, NaN below.
Variable log(const Variable& x);

inline Variable operator+(const Variable& a, const Variable& b) { return add(a, b); }
inline Variable operator-(const Variable& a, const Variable& b) { return sub(a, b); }
inline Variable operator*(const Variable& a, const Variable& b) { return mul(a, b); }
inline Variable operator/(const Variable& a, const Variable& b) { return div(a, b); }
inline Variable operator-(const Variable& x) { return neg(x); }
inline Variable operator+(const Variable& x, float number) { return add(x, number); }
inline Variable operator+(float number, const Variable& x) { return add(x, number); }
inline Variable operator-(const Variable& x, float number) { return add(x, -number); }
inline Variable operator-(float number, const Variable& x) { return add(neg(x), number); }
inline Variable operator*(const Variable& x, float factor) { return scale(x, factor); }
inline Variable operator*(float factor, const Variable& x) { return scale(x, factor); }
/// Each number divided, not multiplied by the reciprocal.
Variable operator/(const Variable& x, float divisor);

}  // namespace runnel
