#include "runnel/tensor/tensor.h"

#include <algorithm>
#include <new>

#include "runnel/base/memory.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

/// Of a tensor that nothing is given to. Many are made, so they share what they have: the shape, and a place without a
/// value, which nobody owns.
const Shape& empty_shape() {
  static const Shape shape{{"empty", 0}};
  return shape;
}

template <class T>
std::shared_ptr<T[]> no_values() {
  alignas(64) static T place{};
  return {std::shared_ptr<T[]>(), &place};
}

template <class T>
std::shared_ptr<T[]> allocate(const Shape& shape) {
  const size_t bytes = static_cast<size_t>(shape.count()) * sizeof(T);
  try {
    T* values = static_cast<T*>(allocate_memory(bytes));
    return std::shared_ptr<T[]>(values, [bytes](T* p) { free_memory(p, bytes); });
  } catch (const std::bad_alloc&) {
    throw errors::no_memory(shape, static_cast<int64_t>(bytes));
  }
}

/// Whether the axes that both shapes name stand in the same order, so that a reshape moves nothing.
bool common_axes_keep_order(const Shape& from, const Shape& to) {
  int64_t last = -1;
  for (const Axis& axis : to) {
    const auto place = from.find(axis.name);
    if (!place) continue;
    if (*place < last) return false;
    last = *place;
  }
  return true;
}

}  // namespace

template <class T>
BasicTensor<T>::BasicTensor() : shape_(empty_shape()), values_(no_values<T>()) {}

template <class T>
BasicTensor<T>::BasicTensor(const Shape& shape) : BasicTensor(uninitialized(shape)) {
  fill(T{0});
}

template <class T>
BasicTensor<T>::BasicTensor(const Shape& shape, std::span<const T> values) {
  if (!shape.symbolic() && static_cast<int64_t>(values.size()) != shape.count()) {
    throw errors::wrong_count(shape, static_cast<int64_t>(values.size()));
  }
  *this = uninitialized(shape);
  std::copy(values.begin(), values.end(), data());
}

template <class T>
BasicTensor<T> BasicTensor<T>::uninitialized(const Shape& shape) {
  if (shape.symbolic()) throw errors::symbolic_size("", shape);
  BasicTensor tensor{Unset{}};
  tensor.shape_ = shape;
  tensor.count_ = shape.count();
  tensor.values_ = allocate<T>(shape);
  return tensor;
}

template <class T>
BasicTensor<T> BasicTensor<T>::full(const Shape& shape, T value) {
  BasicTensor tensor = uninitialized(shape);
  tensor.fill(value);
  return tensor;
}

template <class T>
BasicTensor<T> BasicTensor<T>::shape_only(const Shape& shape) {
  BasicTensor tensor{Unset{}};
  tensor.shape_ = shape;
  return tensor;
}

template <class T>
T BasicTensor<T>::item() const {
  if (!values_) throw errors::no_values("item", shape_);
  if (count_ != 1) throw errors::not_one_number("item", shape_);
  return values_[0];
}

template <class T>
T BasicTensor<T>::at(std::initializer_list<int64_t> place) const {
  if (!values_) throw errors::no_values("at", shape_);
  if (static_cast<int64_t>(place.size()) != shape_.rank()) {
    throw errors::index_rank(shape_, static_cast<int64_t>(place.size()));
  }
  int64_t flat = 0;
  const int64_t* index = place.begin();
  for (const Axis& axis : shape_) {
    if (*index < -axis.size || *index >= axis.size) {
      throw errors::index_out_of_range("at", axis.name, *index, shape_);
    }
    flat = flat * axis.size + (*index < 0 ? *index + axis.size : *index);
    ++index;
  }
  return values_[flat];
}

template <class T>
void BasicTensor<T>::fill(T value) {
  std::fill_n(data(), count_, value);
}

template <class T>
BasicTensor<T> BasicTensor<T>::clone() const {
  return values_ ? BasicTensor(shape_, values()) : *this;
}

template <class T>
BasicTensor<T> BasicTensor<T>::reshape(const Shape& shape) const {
  if (values_ && shape.symbolic()) throw errors::symbolic_size("reshape", shape);
  const bool counts_known = !shape_.symbolic() && !shape.symbolic();
  if (counts_known && shape.count() != shape_.count()) throw errors::reshape_count(shape_, shape);
  if (!common_axes_keep_order(shape_, shape)) throw errors::reshape_order(shape_, shape);
  BasicTensor tensor = *this;
  tensor.shape_ = shape;
  return tensor;
}

template <class T>
BasicTensor<T> BasicTensor<T>::transpose(std::span<const AxisName> order) const {
  const int64_t rank = shape_.rank();
  if (static_cast<int64_t>(order.size()) != rank) throw errors::transpose_names(shape_, order);
  std::vector<Axis> axes;
  std::vector<int64_t> strides;  // in the source, for each axis of the result
  for (const AxisName& name : order) {
    const auto place = shape_.find(name);
    const bool again = std::count(order.begin(), order.end(), name) > 1;
    if (!place || again) throw errors::transpose_names(shape_, order);
    axes.push_back(shape_[*place]);
    strides.push_back(shape_.count_between(*place + 1, rank));
  }
  if (!values_) return shape_only(Shape(axes));
  BasicTensor result = uninitialized(Shape(axes));
  std::vector<int64_t> place(static_cast<size_t>(rank), 0);
  int64_t source = 0;
  for (T& value : result.values()) {
    value = values_[source];
    for (size_t i = static_cast<size_t>(rank); i-- > 0;) {  // the next place, like an odometer
      source += strides[i];
      if (++place[i] < axes[i].size) break;
      source -= strides[i] * place[i];
      place[i] = 0;
    }
  }
  return result;
}

template class BasicTensor<float>;
template class BasicTensor<int32_t>;

}  // namespace runnel
