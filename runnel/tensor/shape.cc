#include "runnel/tensor/shape.h"

#include <algorithm>

#include "runnel/tensor/shape_error.h"

namespace runnel {

Shape::Shape(std::span<const Axis> axes) {
  if (static_cast<int64_t>(axes.size()) > kMaxRank) {
    throw errors::too_many_axes(static_cast<int64_t>(axes.size()));
  }
  for (const Axis& axis : axes) append(axis);
}

void Shape::append(const Axis& axis) {
  if (rank_ == kMaxRank) throw errors::too_many_axes(kMaxRank + 1);
  if (axis.size < Axis::kSymbolic) throw errors::negative_size(axis);
  if (has(axis.name)) throw errors::name_twice(axis.name, *this);
  axes_[static_cast<size_t>(rank_++)] = axis;
  int64_t room = kMaxCount;
  for (const Axis& each : *this) room /= std::max<int64_t>(each.size, 1);
  if (room == 0) throw errors::too_many_values(*this);
}

const std::array<Axis, Shape::kMaxRank>& Shape::no_axes() {
  static const Axis none{""};
  static const std::array<Axis, kMaxRank> axes = {none, none, none, none, none, none};
  return axes;
}

std::optional<int64_t> Shape::find(AxisName name) const {
  for (int64_t i = 0; i < rank_; ++i) {
    if ((*this)[i].name == name) return i;
  }
  return std::nullopt;
}

int64_t Shape::index_of(AxisName name) const {
  if (const auto index = find(name)) return *index;
  throw errors::no_such_axis(name, *this);
}

int64_t Shape::count_between(int64_t first, int64_t last) const {
  int64_t count = 1;
  for (int64_t i = first; i < last; ++i) count *= (*this)[i].size;
  return count;
}

bool Shape::symbolic() const {
  return std::any_of(begin(), end(), [](const Axis& axis) { return axis.symbolic(); });
}

Shape Shape::without(AxisName name) const {
  const int64_t removed = index_of(name);
  Shape shape;
  for (int64_t i = 0; i < rank_; ++i) {
    if (i != removed) shape.append((*this)[i]);
  }
  return shape;
}

Shape Shape::with_size(AxisName name, int64_t size) const { return replaced(name, {name, size}); }

Shape Shape::renamed(AxisName from, AxisName to) const { return replaced(from, {to, size(from)}); }

Shape Shape::replaced(AxisName name, Axis axis) const {
  const int64_t changed = index_of(name);
  Shape shape;
  for (int64_t i = 0; i < rank_; ++i) shape.append(i == changed ? axis : (*this)[i]);
  return shape;
}

Shape Shape::inserted(int64_t index, Axis axis) const {
  assert(index >= 0 && index <= rank_);
  Shape shape;
  for (int64_t i = 0; i < index; ++i) shape.append((*this)[i]);
  shape.append(axis);
  for (int64_t i = index; i < rank_; ++i) shape.append((*this)[i]);
  return shape;
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (const Axis& axis : *this) {
    if (text.size() > 1) text += ", ";
    text += axis.to_string();
  }
  return text + "]";
}

bool operator==(const Shape& a, const Shape& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace runnel
