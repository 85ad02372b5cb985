#include "runnel/ops/reduce.h"

#include <algorithm>
#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/ops/accumulate.h"
#include "runnel/ops/map.h"
#include "runnel/ops/op_error.h"
#include "runnel/ops/sums.h"

namespace runnel {
namespace {

/// An axis in memory: number (outer, place, inner) stands at (outer · size + place) · inners + inner.
struct Lines {
  Lines(const Shape& shape, AxisName axis)
      : size(shape.size(axis)),
        inners(shape.count_between(shape.index_of(axis) + 1, shape.rank())),
        outers(shape.count_between(0, shape.index_of(axis))) {}
  int64_t size, inners, outers;
};

/// body(first, line, length) for groups of neighbouring lines: line `line` of the result and the length − 1
/// behind it; number `place` of line + k stands at first + place · inners + k.
template <class Body>
void for_each_group(const Lines& lines, Body body) {
  const auto range = [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t outer = begin / lines.inners, inner = begin % lines.inners;
      const int64_t length = std::min(end - begin, lines.inners - inner);
      body(outer * lines.size * lines.inners + inner, begin, length);
      begin += length;
    }
  };
  parallel_for(lines.outers * lines.inners, thread_grain(lines.size), range);
}

Tensor sum_lines(const Tensor& x, const Lines& lines, const Shape& shape, double divisor) {
  Tensor y = Tensor::uninitialized(shape);
  for_each_group(lines, [&, in = x.data(), out = y.data()](int64_t first, int64_t line, int64_t length) {
    if (lines.inners == 1) {
      const double sum = ordered_sum(lines.size, [row = in + first](int64_t i) { return row[i]; });
      out[line] = static_cast<float>(sum / divisor);
      return;
    }
    std::vector<double> sums(static_cast<size_t>(length), 0.0);
    for (int64_t place = 0; place < lines.size; ++place) {
      add_row(in + first + place * lines.inners, sums);
    }
    std::transform(sums.begin(), sums.end(), out + line,
                   [divisor](double sum) { return static_cast<float>(sum / divisor); });
  });
  return y;
}

/// Each number of d_y / divisor, all along the axis.
Tensor repeat_lines(const Tensor& d_y, const Lines& lines, const Shape& shape, float divisor) {
  Tensor d_x = Tensor::uninitialized(shape);
  for_each_group(lines, [&, d = d_y.data(), out = d_x.data()](int64_t first, int64_t line, int64_t length) {
    for (int64_t place = 0; place < lines.size; ++place) {
      float* row = out + first + place * lines.inners;
      for (int64_t k = 0; k < length; ++k) row[k] = d[line + k] / divisor;
    }
  });
  return d_x;
}

Variable sum_along(std::string_view name, const Variable& x, AxisName axis, int64_t divisor) {
  const Lines lines(x.shape(), axis);
  const Tensor y = sum_lines(x.value(), lines, x.shape().without(axis), static_cast<double>(divisor));
  return record(name, {x}, y,
                [lines, shape = x.shape(), divisor](const Tensor& d_y) -> std::vector<Gradient> {
                  return {repeat_lines(d_y, lines, shape, static_cast<float>(divisor))};
                });
}

Variable sum_all(std::string_view name, const Variable& x, int64_t divisor) {
  const double sum = parallel_sum(x.value().count(), [in = x.value().data()](int64_t i) { return in[i]; });
  const float value = static_cast<float>(sum / static_cast<double>(divisor));
  return record(name, {x}, Tensor::full({}, value),
                [shape = x.shape(), divisor](const Tensor& d_y) -> std::vector<Gradient> {
                  return {Tensor::full(shape, d_y.item() / static_cast<float>(divisor))};
                });
}

}  // namespace

Variable sum(const Variable& x, AxisName axis) { return sum_along("sum", x, axis, 1); }

Variable mean(const Variable& x, AxisName axis) { return sum_along("mean", x, axis, x.size(axis)); }

Variable sum(const Variable& x) { return sum_all("sum", x, 1); }

Variable mean(const Variable& x) { return sum_all("mean", x, x.value().count()); }

Maximum max(const Variable& x, AxisName axis) {
  const Lines lines(x.shape(), axis);
  if (lines.size == 0) throw errors::maximum_of_nothing(axis, x.shape());
  const Shape shape = x.shape().without(axis);
  Tensor values = Tensor::uninitialized(shape);
  Ids indices(shape);
  for_each_group(lines, [&, in = x.value().data(), largest = values.data(), index = indices.data()](
                            int64_t first, int64_t line, int64_t length) {
    std::copy_n(in + first, length, largest + line);
    for (int64_t place = 1; place < lines.size; ++place) {
      keep_larger(in + first + place * lines.inners, place, {largest + line, static_cast<size_t>(length)},
                  index + line);
    }
  });
  const auto backward = [lines, whole = x.shape(), indices](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x(whole);
    for_each_group(lines, [&, index = indices.data(), d = d_y.data(), out = d_x.data()](
                              int64_t first, int64_t line, int64_t length) {
      for (int64_t k = 0; k < length; ++k) out[first + index[line + k] * lines.inners + k] = d[line + k];
    });
    return {d_x};
  };
  return {record("max", {x}, values, backward), indices};
}

}  // namespace runnel
