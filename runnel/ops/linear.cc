#include "runnel/ops/linear.h"

#include "runnel/autograd/tape.h"
#include "runnel/kernels/gemm.h"
#include "runnel/ops/op_error.h"

namespace runnel {
namespace {

/// The tensor as a matrix: its last axis, and everything before it.
kernels::Matrix as_rows(const Tensor& x) {
  const int64_t cols = x.shape()[x.shape().rank() - 1].size;
  return {x.data(), x.shape().count_between(0, x.shape().rank() - 1), cols, cols};
}

kernels::Matrix transposed(kernels::Matrix m) {
  std::swap(m.rows, m.cols);
  m.transposed = !m.transposed;
  return m;
}

Tensor product(const kernels::Matrix& a, const kernels::Matrix& b, const Shape& shape,
               const float* bias = nullptr) {
  Tensor c = Tensor::uninitialized(shape);
  kernels::gemm({.a = a, .b = b, .c = c.data(), .c_stride = b.cols, .bias = bias});
  return c;
}

Shape with_last_axis(const Shape& shape, Axis axis) {
  return shape.replaced(shape[shape.rank() - 1].name, axis);
}

}  // namespace

Variable linear(const Variable& x, const Variable& weight, const Variable& bias, AxisName out_axis) {
  const Shape& in = x.shape();
  const Axis out{out_axis, weight.shape()[0].size}, inner = weight.shape()[1];
  if (in.rank() == 0 || in[in.rank() - 1].size != inner.size) {
    throw errors::inner_sizes_differ("linear", Shape{{"batch"}, inner}, in);
  }
  const Tensor y = product(as_rows(x.value()), transposed(as_rows(weight.value())), with_last_axis(in, out),
                           bias.defined() ? bias.value().data() : nullptr);
  return record("linear", {x, weight, bias}, y,
                [x, weight, bias](const Tensor& d_y) -> std::vector<Gradient> {
                  const kernels::Matrix d_rows = as_rows(d_y);
                  std::vector<Gradient> d(3);
                  if (x.requires_grad()) d[0] = product(d_rows, as_rows(weight.value()), x.shape());
                  if (weight.requires_grad())
                    d[1] = product(transposed(d_rows), as_rows(x.value()), weight.shape());
                  if (bias.defined() && bias.requires_grad()) {
                    Tensor d_bias = Tensor::uninitialized(bias.shape());
                    kernels::sum_rows(d_rows, d_bias.data());
                    d[2] = d_bias;
                  }
                  return d;
                });
}

Variable matmul(const Variable& a, const Variable& b) {
  const Shape &left = a.shape(), &right = b.shape();
  if (right.rank() != 2) {
    throw errors::second_operand_no_matrix(right);
  }
  if (left.rank() == 0 || !(left[left.rank() - 1] == right[0])) {
    throw errors::inner_sizes_differ("matmul", Shape{{"batch"}, right[0]}, left);
  }
  const Tensor c = product(as_rows(a.value()), as_rows(b.value()), with_last_axis(left, right[1]));
  return record("matmul", {a, b}, c, [a, b](const Tensor& d_c) -> std::vector<Gradient> {
    std::vector<Gradient> d(2);
    if (a.requires_grad()) d[0] = product(as_rows(d_c), transposed(as_rows(b.value())), a.shape());
    if (b.requires_grad()) d[1] = product(transposed(as_rows(a.value())), as_rows(d_c), b.shape());
    return d;
  });
}

}  // namespace runnel
