#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runnel/formats/dtype.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

/// The numbers that a file holds, as it holds them: a type, sizes without names, and the elements as
/// little-endian bytes in C order (the last axis varies fastest).
class Array {
 public:
  /// An empty array: float32, shape (0).
  Array() : shape_{0} {}
  /// Throws  OptionError when a size is negative, the sizes overflow,
  ///         or `bytes` are not as many as they need.
  Array(DType dtype, std::vector<int64_t> shape, std::string bytes);
  static Array from(const Tensor& tensor);
  static Array from(const Ids& ids);

  DType dtype() const { return dtype_; }
  const std::vector<int64_t>& shape() const { return shape_; }
  const std::string& bytes() const { return bytes_; }
  /// The number of elements.
  int64_t count() const { return static_cast<int64_t>(bytes_.size()) / info(dtype_).item_size; }
  friend bool operator==(const Array&, const Array&) = default;

 private:
  DType dtype_ = DType::float32;
  std::vector<int64_t> shape_;
  std::string bytes_;
};

/// `(3, 4)`, `(3)`, `()`.
std::string shape_text(std::span<const int64_t> shape);

/// Names for axes that nobody named: `[axis_0=3, axis_1=4]`. Throws  ShapeError above Shape::kMaxRank axes.
Shape generic_shape(std::span<const int64_t> shape);

/// The array as float32 under `names`: a name for each axis, and the size that it must have, or
/// Axis::kSymbolic where any size will do. Every dtype converts: integers and float64 are rounded to the
/// nearest float32, bool becomes 0 and 1.
///
/// Input   array  (s_0, s_1, …)
///         where  what errors call the array: "tensor h_0 of x.npz"
/// Output  [name_0=s_0, name_1=s_1, …]
/// Throws  ShapeError when the number of axes or a size differs
///         DataError when a finite float64 is too large for float32; it names the element and the value
Tensor to_tensor(const Array& array, const Shape& names, const std::string& where = "array");
/// Under generic_shape.
Tensor to_tensor(const Array& array);

/// The array as int32; shapes and names as in to_tensor.
///
/// Throws  ShapeError when the number of axes or a size differs
///         DataError when the dtype is no integer type, or when an element does not fit int32; it names the
///         element and the value
Ids to_ids(const Array& array, const Shape& names, const std::string& where = "array");
/// Under generic_shape.
Ids to_ids(const Array& array);

}  // namespace runnel
