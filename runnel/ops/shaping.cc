#include "runnel/ops/shaping.h"

#include <algorithm>
#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/ops/op_error.h"

namespace runnel {
namespace {

/// An axis in memory: `outer` times in a row come `size` blocks of `inner` numbers.
struct Blocks {
  Blocks(const Shape& shape, int64_t axis)
      : outer(shape.count_between(0, axis)),
        size(shape[axis].size),
        inner(shape.count_between(axis + 1, shape.rank())) {}
  int64_t outer, size, inner;
};

/// Evenly spaced places of an axis.
struct Places {
  int64_t first, step, count;
};

/// copy(in_whole, in_part, length) for the stretches of numbers that a tensor and its part, which has only
/// those places of the axis, have in common.
template <class Copy>
void pair_blocks(const Blocks& whole, const Places& places, Copy copy) {
  const bool together = places.step == 1;  // neighbours are one long block
  const int64_t pieces = together ? 1 : places.count;
  const int64_t length = together ? places.count * whole.inner : whole.inner;
  for (int64_t outer = 0; outer < whole.outer; ++outer) {
    for (int64_t i = 0; i < pieces; ++i) {
      const int64_t in_whole = (outer * whole.size + places.first + i * places.step) * whole.inner;
      copy(in_whole, (outer * places.count + i) * whole.inner, length);
    }
  }
}

Tensor take(const Tensor& whole, int64_t axis, const Places& places, const Shape& shape) {
  Tensor part = Tensor::uninitialized(shape);
  pair_blocks(Blocks(whole.shape(), axis), places, [&](int64_t in_whole, int64_t in_part, int64_t length) {
    std::copy_n(whole.data() + in_whole, length, part.data() + in_part);
  });
  return part;
}

void put(const Tensor& part, int64_t axis, const Places& places, Tensor& whole) {
  pair_blocks(Blocks(whole.shape(), axis), places, [&](int64_t in_whole, int64_t in_part, int64_t length) {
    std::copy_n(part.data() + in_part, length, whole.data() + in_whole);
  });
}

/// Some places of x; the gradient is 0 elsewhere.
Variable choose(std::string_view name, const Variable& x, int64_t axis, const Places& places,
                const Shape& shape) {
  return record(name, {x}, take(x.value(), axis, places, shape),
                [axis, places, whole = x.shape()](const Tensor& d_y) -> std::vector<Gradient> {
                  Tensor d_x(whole);
                  put(d_y, axis, places, d_x);
                  return {d_x};
                });
}

/// A place as in Python: from the end when negative, moved into 0 … size when outside.
int64_t clamp_place(int64_t place, int64_t size) {
  return place < 0 ? std::max<int64_t>(place + size, 0) : std::min(place, size);
}

}  // namespace

Variable concat(std::span<const Variable> variables, AxisName axis) {
  if (variables.empty()) throw errors::no_tensors("concat");
  const Shape& first = variables[0].shape();
  const int64_t place = first.index_of(axis);
  std::vector<Places> parts;
  int64_t size = 0;
  for (const Variable& variable : variables) {
    const Shape& shape = variable.shape();
    if (!(shape.with_size(axis, first[place].size) == first)) {
      throw errors::tensors_differ("concat", static_cast<int64_t>(parts.size()),
                                   first.with_size(axis, Axis::kSymbolic), shape);
    }
    parts.push_back({size, 1, shape[place].size});
    size += shape[place].size;
  }
  Tensor y = Tensor::uninitialized(first.with_size(axis, size));
  for (size_t i = 0; i < parts.size(); ++i) put(variables[i].value(), place, parts[i], y);
  return record("concat", {variables.begin(), variables.end()}, y,
                [axis, place, parts, first](const Tensor& d_y) {
                  std::vector<Gradient> gradients;
                  for (const Places& part : parts) {
                    gradients.push_back(take(d_y, place, part, first.with_size(axis, part.count)));
                  }
                  return gradients;
                });
}

Variable stack(std::span<const Variable> variables, AxisName axis, int64_t place) {
  if (variables.empty()) throw errors::no_tensors("stack");
  const Shape& shape = variables[0].shape();
  if (place < -shape.rank() - 1 || place > shape.rank()) throw errors::place_out_of_range(place, shape);
  const int64_t from_front = place < 0 ? place + shape.rank() + 1 : place;
  const Shape one = shape.inserted(from_front, {axis, 1});
  std::vector<Variable> slices;
  for (const Variable& variable : variables) {
    if (!(variable.shape() == shape)) {
      throw errors::tensors_differ("stack", static_cast<int64_t>(slices.size()), shape, variable.shape());
    }
    slices.push_back(reshape(variable, one));
  }
  return concat(slices, axis);
}

Variable select(const Variable& x, AxisName axis, int64_t index) {
  const Shape& shape = x.shape();
  const int64_t size = shape.size(axis);
  if (index < -size || index >= size) throw errors::index_out_of_range("select", axis, index, shape);
  return choose("select", x, shape.index_of(axis), {index < 0 ? index + size : index, 1, 1},
                shape.without(axis));
}

Variable slice(const Variable& x, AxisName axis, const Slice& places) {
  if (places.step < 1) throw errors::step_not_positive(places.step);
  const Shape& shape = x.shape();
  const int64_t size = shape.size(axis);
  const int64_t start = clamp_place(places.start, size);
  const int64_t stop = std::max(clamp_place(places.stop, size), start);
  const int64_t count = (stop - start) / places.step + ((stop - start) % places.step != 0 ? 1 : 0);
  return choose("slice", x, shape.index_of(axis), {start, places.step, count}, shape.with_size(axis, count));
}

Variable transpose(const Variable& x, std::span<const AxisName> order) {
  std::vector<AxisName> before;
  for (const Axis& axis : x.shape()) before.push_back(axis.name);
  return record("transpose", {x}, x.value().transpose(order),
                [before](const Tensor& d_y) -> std::vector<Gradient> { return {d_y.transpose(before)}; });
}

Variable move_last(const Variable& x, AxisName axis) {
  const Shape& shape = x.shape();
  if (shape.index_of(axis) == shape.rank() - 1) return x;
  std::vector<AxisName> order;
  for (const Axis& each : shape) {
    if (!(each.name == axis)) order.push_back(each.name);
  }
  order.push_back(axis);
  return transpose(x, order);
}

Variable reshape(const Variable& x, const Shape& shape) {
  return record(
      "reshape", {x}, x.value().reshape(shape),
      [before = x.shape()](const Tensor& d_y) -> std::vector<Gradient> { return {d_y.reshape(before)}; });
}

Variable renamed(const Variable& x, AxisName from, AxisName to) {
  return reshape(x, x.shape().renamed(from, to));
}

}  // namespace runnel
