#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runnel/tensor/shape.h"

namespace runnel {

/// Numbers in row-major order under a named shape. A copy shares the numbers, so that writing through one
/// shows in all; `clone` makes new ones. Memory is aligned to 64 bytes.
///
/// Making one throws  ShapeError for a shape with a symbolic axis, or one that memory cannot hold.
///
/// Two instances, which do not convert into each other, so that word numbers are not fed to a GRU by mistake:
/// `Tensor` holds float32, `Ids` int32.
template <class T>
class BasicTensor {
 public:
  /// An empty tensor: shape [empty=0].
  BasicTensor();
  /// Zeros.
  explicit BasicTensor(const Shape& shape);
  /// Throws  ShapeError when `values` are not exactly as many as the shape holds.
  BasicTensor(const Shape& shape, std::span<const T> values);
  BasicTensor(const Shape& shape, const std::vector<T>& values)
      : BasicTensor(shape, std::span<const T>(values)) {}
  BasicTensor(const Shape& shape, std::initializer_list<T> values)
      : BasicTensor(shape, std::span<const T>(values.begin(), values.size())) {}
  /// Values that nobody has set; write each of them before reading.
  static BasicTensor uninitialized(const Shape& shape);
  static BasicTensor full(const Shape& shape, T value);
  /// A shape, symbolic sizes allowed, without any values: data() is null and count() 0. clone, reshape and
  /// transpose give such a tensor again; at and item throw  ShapeError.
  static BasicTensor shape_only(const Shape& shape);

  const Shape& shape() const { return shape_; }
  int64_t count() const { return count_; }
  int64_t size(AxisName name) const { return shape_.size(name); }

  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  std::span<T> values() { return {values_.get(), static_cast<size_t>(count_)}; }
  std::span<const T> values() const { return {values_.get(), static_cast<size_t>(count_)}; }
  /// The only number. Throws  ShapeError when there are more or fewer.
  T item() const;
  /// The number at `place`, one index an axis; negative ones count from the end. Throws  ShapeError.
  T at(std::initializer_list<int64_t> place) const;

  /// Whether no other tensor shares the values.
  bool unique() const { return values_.use_count() <= 1; }
  void fill(T value);
  BasicTensor clone() const;

  /// The same values under another shape of the same count; shares them. The axes that both shapes name must
  /// follow each other in the same order: reshape never stands in for transpose.
  /// Throws  ShapeError.
  BasicTensor reshape(const Shape& shape) const;
  BasicTensor renamed(AxisName from, AxisName to) const { return reshape(shape_.renamed(from, to)); }
  /// New values, with the axes in the order given. Throws  ShapeError unless `order` has each name once.
  BasicTensor transpose(std::span<const AxisName> order) const;
  BasicTensor transpose(std::initializer_list<AxisName> order) const {
    return transpose(std::span(order.begin(), order.size()));
  }

  /// The named shape on the first line, then the values as NumPy prints them with `precision=4`: columns
  /// aligned, rows wrapped at 75 characters, one format for all (1.25e-05 when the magnitudes differ much,
  /// else 0.5). Of more than 1000 values, an axis longer than 6 shows 3 at each end.
  ///
  ///     [batch=2, feature=3]
  ///     [[ 1.    2.    3.  ]
  ///      [-1.    0.25  0.  ]]
  std::string to_string() const;

 private:
  struct Unset {};
  explicit BasicTensor(Unset) {}

  Shape shape_;
  int64_t count_ = 0;
  std::shared_ptr<T[]> values_;
};

using Tensor = BasicTensor<float>;
using Ids = BasicTensor<int32_t>;

extern template class BasicTensor<float>;
extern template class BasicTensor<int32_t>;

}  // namespace runnel
