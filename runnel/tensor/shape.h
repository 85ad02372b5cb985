#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "runnel/tensor/axis.h"

namespace runnel {

/// A list of named axes, the first varying slowest: `[batch=3, seq=10, feature=100]`. No name occurs twice.
class Shape {
 public:
  static constexpr int64_t kMaxRank = 6;
  /// So many values no memory holds; below it, products of sizes and counts of bytes do not overflow.
  static constexpr int64_t kMaxCount = int64_t{1} << 60;

  /// No axes: one number.
  Shape() = default;
  /// Throws  ShapeError for a name that occurs twice, a negative size, more than kMaxRank axes, or sizes
  /// whose product (empty axes left out) is above kMaxCount.
  Shape(std::initializer_list<Axis> axes) : Shape(std::span(axes.begin(), axes.size())) {}
  explicit Shape(std::span<const Axis> axes);

  int64_t rank() const { return rank_; }
  const Axis& operator[](int64_t i) const {
    assert(i >= 0 && i < rank_);
    return axes_[static_cast<size_t>(i)];
  }
  const Axis* begin() const { return axes_.data(); }
  const Axis* end() const { return axes_.data() + rank_; }

  bool has(AxisName name) const { return find(name).has_value(); }
  std::optional<int64_t> find(AxisName name) const;
  /// The place of an axis, from 0. Throws  ShapeError when there is none of that name.
  int64_t index_of(AxisName name) const;
  /// The size of an axis. Throws  ShapeError when there is none of that name.
  int64_t size(AxisName name) const { return (*this)[index_of(name)].size; }
  /// The product of all sizes. Of a shape with symbolic axes: undefined.
  int64_t count() const { return count_between(0, rank_); }
  /// The product of the sizes of the axes first, first + 1, …, last − 1.
  int64_t count_between(int64_t first, int64_t last) const;
  /// Whether the size of an axis is not known yet.
  bool symbolic() const;

  /// Copies with one thing changed. `inserted` puts the axis before the one at `index`, 0 ≤ index ≤ rank.
  /// Throw  ShapeError when there is no axis of that name, or when the new shape is none.
  Shape without(AxisName name) const;
  Shape with_size(AxisName name, int64_t size) const;
  Shape renamed(AxisName from, AxisName to) const;
  Shape replaced(AxisName name, Axis axis) const;
  Shape inserted(int64_t index, Axis axis) const;

  /// `[batch=3, seq=10]`
  std::string to_string() const;
  friend bool operator==(const Shape& a, const Shape& b);

 private:
  void append(const Axis& axis);
  static const std::array<Axis, kMaxRank>& no_axes();

  std::array<Axis, kMaxRank> axes_ = no_axes();
  int64_t rank_ = 0;
};

}  // namespace runnel
