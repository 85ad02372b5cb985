#pragma once

#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/tensor/shape_error.h"

/// A few operations, recorded by hand, for the tests of the tape itself.
namespace runnel::small_ops {

/// x ⊙ x
inline Variable square(const Variable& x) {
  Tensor y = x.value().clone();
  for (float& value : y.values()) value *= value;
  return record("square", {x}, y, [x = x.value()](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x = d_y.clone();
    for (size_t i = 0; i < d_x.values().size(); ++i) d_x.values()[i] *= 2 * x.values()[i];
    return {d_x};
  });
}

/// a + b of one shape; both get one and the same gradient tensor.
inline Variable sum(const Variable& a, const Variable& b) {
  Tensor y = a.value().clone();
  for (size_t i = 0; i < y.values().size(); ++i) y.values()[i] += b.value().values()[i];
  return record("sum", {a, b}, y, [](const Tensor& d_y) -> std::vector<Gradient> { return {d_y, d_y}; });
}

/// x and 10 x, two outputs of one node; `calls` counts its backward passes and which outputs had a gradient.
struct ForkCalls {
  int first = 0, second = 0, all = 0;
};
inline std::vector<Variable> fork(const Variable& x, ForkCalls& calls) {
  Tensor times_ten = x.value().clone();
  for (float& value : times_ten.values()) value *= 10;
  const std::vector<Tensor> outputs{x.value(), times_ten};
  return record("fork", {x}, outputs, [&calls, shape = x.shape()](std::span<const Gradient> d) {
    ++calls.all;
    calls.first += d[0].defined ? 1 : 0;
    calls.second += d[1].defined ? 1 : 0;
    Tensor d_x(shape);
    for (size_t i = 0; i < d_x.values().size(); ++i) {
      if (d[0].defined) d_x.values()[i] += d[0].tensor.values()[i];
      if (d[1].defined) d_x.values()[i] += 10 * d[1].tensor.values()[i];
    }
    return std::vector<Gradient>{d_x};
  });
}

}  // namespace runnel::small_ops
