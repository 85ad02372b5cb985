#include "runnel/ops/softmax.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/kernels/pointwise.h"
#include "runnel/ops/map.h"
#include "runnel/ops/shaping.h"
#include "runnel/ops/sums.h"

namespace runnel {
namespace {

/// body(begin, size) for each row, the numbers along the last axis.
template <class Body>
void for_each_row(const Shape& shape, Body body) {
  const int64_t size = shape[shape.rank() - 1].size;
  parallel_for(shape.count_between(0, shape.rank() - 1), thread_grain(4 * size),
               [&](int64_t begin, int64_t end) {
                 for (int64_t row = begin; row < end; ++row) body(row * size, size);
               });
}

/// Runs `last`, which works along the last axis, along `axis`.
Variable along(AxisName axis, const Variable& x, Variable (*last)(const Variable&)) {
  const Variable rows = move_last(x, axis);
  const Variable y = last(rows);
  if (rows == x) return y;
  std::vector<AxisName> names;
  for (const Axis& each : x.shape()) names.push_back(each.name);
  return transpose(y, names);
}

Variable softmax_of_rows(const Variable& x) {
  Tensor y = Tensor::uninitialized(x.shape());
  for_each_row(x.shape(), [in = x.value().data(), out = y.data()](int64_t begin, int64_t size) {
    const float *row = in + begin, *end = row + size;
    float* result = out + begin;
    if (size == 0) return;
    kernels::exp_shifted({row, end}, *std::max_element(row, end), {result, result + size});
    const float sum = static_cast<float>(ordered_sum(size, [&](int64_t i) { return result[i]; }));
    for (int64_t i = 0; i < size; ++i) result[i] /= sum;
  });
  return record("softmax", {x}, y, [y](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x = Tensor::uninitialized(y.shape());
    for_each_row(y.shape(), [&y, &d_y, out = d_x.data()](int64_t begin, int64_t size) {
      const float *p = y.data() + begin, *d = d_y.data() + begin;
      const double mean = ordered_sum(size, [&](int64_t i) { return double{p[i]} * double{d[i]}; });
      const float shift = static_cast<float>(mean);
      for (int64_t i = 0; i < size; ++i) out[begin + i] = p[i] * (d[i] - shift);
    });
    return {d_x};
  });
}

Variable log_softmax_of_rows(const Variable& x) {
  Tensor y = Tensor::uninitialized(x.shape());
  for_each_row(x.shape(), [in = x.value().data(), out = y.data()](int64_t begin, int64_t size) {
    const float *row = in + begin, *end = row + size;
    float* result = out + begin;
    if (size == 0) return;
    const float largest = *std::max_element(row, end);
    kernels::exp_shifted({row, end}, largest, {result, result + size});
    const double log_sum = std::log(ordered_sum(size, [&](int64_t i) { return result[i]; }));
    for (int64_t i = 0; i < size; ++i) result[i] = static_cast<float>(double{row[i]} - largest - log_sum);
  });
  return record("log_softmax", {x}, y, [y](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x = Tensor::uninitialized(y.shape());
    kernels::exp_forward(y.values(), d_x.values());
    for_each_row(y.shape(), [&d_y, out = d_x.data()](int64_t begin, int64_t size) {
      const float* d = d_y.data() + begin;
      const float sum = static_cast<float>(ordered_sum(size, [&](int64_t i) { return d[i]; }));
      for (int64_t i = begin; i < begin + size; ++i) out[i] = d_y.data()[i] - out[i] * sum;
    });
    return {d_x};
  });
}

}  // namespace

Variable softmax(const Variable& x, AxisName axis) { return along(axis, x, softmax_of_rows); }

Variable log_softmax(const Variable& x, AxisName axis) { return along(axis, x, log_softmax_of_rows); }

}  // namespace runnel
