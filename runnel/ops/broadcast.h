#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "runnel/ops/map.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

/// How two operands of an elementwise operation lie over each other. Every axis of the smaller one occurs in
/// the larger one, with the same size and in the same order; along the others, its values repeat.
///
///     larger   [batch=32, seq=57, feature=64]
///     smaller  [feature=64], [batch=32], [batch=32, feature=64] or []
class Broadcast {
 public:
  /// Throws  ShapeError, which begins with `where` and shows both shapes, when they do not fit.
  Broadcast(std::string_view where, const Shape& first, const Shape& second);

  /// The shape of the result: that of the larger operand.
  const Shape& shape() const { return shape_; }
  bool first_is_smaller() const { return first_is_smaller_; }
  bool same_shape() const { return same_shape_; }

  /// The values function(a, b) of the operands' values.
  template <class Function>
  Tensor combine(const Tensor& first, const Tensor& second, Function function) const;
  /// The gradient of the larger operand: value(i, j) for place i of the larger
  /// and place j of the smaller one.
  template <class Value>
  Tensor spread(Value value) const;
  /// The gradient of the smaller operand: value(i, j) summed, in double and in the order of i, over all i
  /// that meet j.
  template <class Value>
  Tensor gather(const Shape& smaller, Value value) const;

 private:
  /// Neighbouring axes of the larger operand, taken together, which the smaller one has or has not.
  struct Group {
    int64_t size;
    int64_t smaller_stride;  // 0: the smaller one repeats
  };
  /// body(i, j, length, step): places i, i + 1, … of the larger operand
  /// meet j, j + step, … of the smaller one.
  template <class Body>
  void for_each_run(int64_t begin, int64_t end, Body body) const;
  int64_t run_length() const { return groups_.empty() ? 1 : groups_.back().size; }

  Shape shape_;
  bool first_is_smaller_ = false;
  bool same_shape_ = false;
  int64_t runs_ = 1;
  std::vector<Group> groups_;
};

template <class Body>
void Broadcast::for_each_run(int64_t begin, int64_t end, Body body) const {
  const int64_t length = run_length();
  const int64_t step = groups_.empty() ? 0 : groups_.back().smaller_stride;
  for (int64_t run = begin; run < end; ++run) {
    int64_t smaller = 0, rest = run;
    for (size_t g = groups_.size(); g-- > 1;) {
      const Group& group = groups_[g - 1];
      smaller += rest % group.size * group.smaller_stride;
      rest /= group.size;
    }
    body(run * length, smaller, length, step);
  }
}

template <class Value>
Tensor Broadcast::spread(Value value) const {
  if (same_shape_) return generate(shape_, [&](int64_t i) { return value(i, i); });
  Tensor result = Tensor::uninitialized(shape_);
  float* out = result.data();
  parallel_for(runs_, thread_grain(run_length()), [&](int64_t begin, int64_t end) {
    for_each_run(begin, end, [&](int64_t i, int64_t j, int64_t length, int64_t step) {
      if (step == 0) {
        for (int64_t k = 0; k < length; ++k) out[i + k] = value(i + k, j);
      } else {
        for (int64_t k = 0; k < length; ++k) out[i + k] = value(i + k, j + k);
      }
    });
  });
  return result;
}

template <class Function>
Tensor Broadcast::combine(const Tensor& first, const Tensor& second, Function function) const {
  const float *a = first.data(), *b = second.data();
  if (first_is_smaller_) return spread([=](int64_t i, int64_t j) { return function(a[j], b[i]); });
  return spread([=](int64_t i, int64_t j) { return function(a[i], b[j]); });
}

template <class Value>
Tensor Broadcast::gather(const Shape& smaller, Value value) const {
  if (same_shape_) return spread(value);
  std::vector<double> sums(static_cast<size_t>(smaller.count()), 0.0);
  for_each_run(0, runs_, [&](int64_t i, int64_t j, int64_t length, int64_t step) {
    double* sum = sums.data() + j;
    if (step == 0) {
      double total = 0;
      for (int64_t k = 0; k < length; ++k) total += value(i + k, j);
      *sum += total;
    } else {
      for (int64_t k = 0; k < length; ++k) sum[k] += value(i + k, j + k);
    }
  });
  Tensor result = Tensor::uninitialized(smaller);
  std::transform(sums.begin(), sums.end(), result.data(), [](double sum) { return static_cast<float>(sum); });
  return result;
}

}  // namespace runnel
