#pragma once

#include <algorithm>
#include <span>

#include "runnel/tensor/tensor.h"

/// Moving whole rows by an index list. A row is everything behind the axes that the list replaces.
namespace runnel {

/// out[i, :] = source[rows[i], :]; `shape` is that of the result, whose first axis has rows.size() places.
template <class T>
BasicTensor<T> gather_rows(const BasicTensor<T>& source, std::span<const int32_t> rows, const Shape& shape) {
  auto result = BasicTensor<T>::uninitialized(shape);
  const int64_t width = shape.count_between(1, shape.rank());
  T* out = result.data();
  for (int32_t row : rows) out = std::copy_n(source.data() + row * width, width, out);
  return result;
}

/// target[rows[i], :] = source[i, :]; rows that the list does not name stay as they are.
template <class T>
void scatter_rows(const BasicTensor<T>& source, std::span<const int32_t> rows, BasicTensor<T>& target) {
  const Shape& shape = source.shape();
  const int64_t width = shape.count_between(1, shape.rank());
  const T* in = source.data();
  for (int32_t row : rows) {
    std::copy_n(in, width, target.data() + row * width);
    in += width;
  }
}

}  // namespace runnel
