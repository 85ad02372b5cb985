#include "runnel/tensor/shape_error.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

#include "runnel/base/spelling.h"

namespace runnel {
namespace {

/// The columns that UTF-8 text takes on a screen, at one a character: "layer·direction" takes 15, not 16.
size_t columns(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<ErrorDetail> details_of(const Mismatch& m) {
  const std::string expected = m.expected ? m.expected->to_string() : "";
  const std::string got = m.got ? m.got->to_string() : "";
  const size_t width = std::max(columns(expected), columns(got));
  std::vector<ErrorDetail> details;
  const auto add_shape = [&](const char* label, const std::string& shape, const std::string& why) {
    if (shape.empty()) return;
    details.push_back(
        {label, why.empty() ? shape : shape + std::string(width - columns(shape) + 4, ' ') + why});
  };
  add_shape("expected", expected, m.expected_why);
  add_shape("got", got, m.got_why);
  if (!m.why.empty()) details.push_back({"why", m.why});
  if (!m.fix.empty()) details.push_back({"fix", m.fix});
  return details;
}

std::string summary_of(const Mismatch& m) { return m.where.empty() ? m.what : m.where + ": " + m.what; }

/// "2·3·20 = 120"
std::string product(const Shape& shape) {
  std::string factors;
  for (const Axis& axis : shape) factors += fmt::format("{}{}", factors.empty() ? "" : "·", axis.size);
  return shape.rank() < 2 ? std::to_string(shape.count()) : fmt::format("{} = {}", factors, shape.count());
}

/// The shape that all values of `from` fill, the last axis of `to` made larger or smaller; nothing if none is.
std::string refitted(const Shape& from, const Shape& to) {
  if (to.rank() == 0) return "";
  const Axis& last = to[to.rank() - 1];
  const int64_t others = last.size == 0 ? 0 : to.count() / last.size;
  if (others == 0 || from.count() % others != 0) return "";
  return fmt::format("reshape(x, {})", as_code(to.with_size(last.name, from.count() / others)));
}

/// The code that gives the axes of `from` the order of `to`; of axes that are not the same, the general form.
std::string transposed(const Shape& from, const Shape& to) {
  std::string names;
  for (const Axis& axis : to) {
    if (!from.has(axis.name)) return "transpose(x, {…}), which moves the values along with the names";
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", axis.name.text());
  }
  return fmt::format("transpose(x, {{{}}})", names);
}

/// The code that gives `got` the axes of `expected`, where no value is missing.
std::string fitted(const Shape& got, const Shape& expected) {
  if (got.rank() != expected.rank()) return "";
  bool same_names = true, same_sizes = true;
  for (int64_t i = 0; i < got.rank(); ++i) {
    const auto place = got.find(expected[i].name);
    same_names = same_names && place && got[*place].size == expected[i].size;
    same_sizes = same_sizes && got[i].size == expected[i].size;
  }
  return same_names   ? transposed(got, expected)
         : same_sizes ? fmt::format("reshape(x, {})", as_code(expected))
                      : "";
}

/// "0, 0, 0"
std::string zeros(int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) text += i == 0 ? "0" : ", 0";
  return text;
}

/// The shape with a 1 for each size that is not known.
Shape known(const Shape& shape) {
  Shape result = shape;
  for (const Axis& axis : shape) {
    if (axis.symbolic()) result = result.with_size(axis.name, 1);
  }
  return result;
}

/// What the first axis that differs shows: a size, or another name.
std::string difference(const Shape& expected, const Shape& got) {
  if (expected.rank() != got.rank()) return "";
  for (int64_t i = 0; i < got.rank(); ++i) {
    const Axis &want = expected[i], &have = got[i];
    if (want.name != have.name)
      return fmt::format("axis {} is {}, expected {}", i, have.name.text(), want.name.text());
    if (want.size != have.size)
      return fmt::format("axis {} has size {}, expected {}", have.name.text(), have.size, want.size);
  }
  return "";
}

std::string list_names(const Shape& shape) {
  std::string text;
  for (const Axis& axis : shape) text += (text.empty() ? "" : ", ") + axis.name.text();
  return text.empty() ? "none" : text;
}

}  // namespace

ShapeError::ShapeError(Mismatch mismatch)
    : Error(summary_of(mismatch), details_of(mismatch)), mismatch_(std::move(mismatch)) {}

std::string as_code(const Shape& shape) {
  std::string text;
  for (const Axis& axis : shape) {
    text += fmt::format("{}{{\"{}\"{}}}", text.empty() ? "" : ", ", axis.name.text(),
                        axis.symbolic() ? "" : fmt::format(", {}", axis.size));
  }
  return "Shape{" + text + "}";
}

namespace errors {

ShapeError too_many_axes(int64_t axes) {
  return ShapeError({.what = fmt::format("a shape has at most {} axes, got {}", Shape::kMaxRank, axes),
                     .fix = "reshape(x, …) puts two axes into one"});
}

ShapeError too_many_values(const Shape& shape) {
  return ShapeError({.what = "a shape of so many values fits in no memory",
                     .got = shape,
                     .fix = shape.rank() == 0 ? ""
                                              : fmt::format("fewer of an axis: shape.with_size(\"{}\", …)",
                                                            shape[0].name.text())});
}

ShapeError symbolic_size(const std::string& where, const Shape& shape) {
  const Axis* axis = std::find_if(shape.begin(), shape.end(), [](const Axis& a) { return a.symbolic(); });
  assert(axis != shape.end());
  return ShapeError(
      {.where = where,
       .what = fmt::format("axis {} has no size; numbers need one on every axis", axis->name.text()),
       .got = shape,
       .why = "a size that is not known yet stands for any; it is good for shapes, not for values",
       .fix = fmt::format("shape.with_size(\"{}\", 1)", axis->name.text())});
}

ShapeError no_memory(const Shape& shape, int64_t bytes) {
  return ShapeError({.what = fmt::format("there is no memory for {}: {} bytes", shape.to_string(), bytes),
                     .fix = "a smaller batch, or shorter sequences"});
}

ShapeError negative_size(const Axis& axis) {
  return ShapeError(
      {.what = fmt::format("axis {} has size {}, expected 0 or more", axis.name.text(), axis.size)});
}

ShapeError name_twice(AxisName name, const Shape& shape) {
  return ShapeError({.what = fmt::format("axis {} occurs twice", name.text()),
                     .got = shape,
                     .why = "operations address an axis by its name, so a shape has each name once",
                     .fix = fmt::format("another name for one of them: x.renamed(\"{}\", …)", name.text())});
}

ShapeError no_such_axis(AxisName name, const Shape& shape) {
  std::vector<std::string> names;
  for (const Axis& axis : shape) names.push_back(axis.name.text());
  const std::string near = nearest_spelling(name.text(), names).value_or("");
  return ShapeError(
      {.what = fmt::format("there is no axis {}; the axes are: {}", name.text(), list_names(shape)),
       .got = shape,
       .why = "operations address an axis by its name",
       .fix = near.empty() ? "" : fmt::format("\"{}\"", near)});
}

ShapeError wrong_count(const Shape& shape, int64_t values) {
  return ShapeError(
      {.what = fmt::format("{} holds {} values, got {}", shape.to_string(), shape.count(), values)});
}

ShapeError reshape_count(const Shape& from, const Shape& to) {
  return ShapeError({.where = "reshape",
                     .what = fmt::format("{} values cannot fill a shape of {}", from.count(), to.count()),
                     .expected = to,
                     .got = from,
                     .why = fmt::format("no value is lost or made: {} is not {}", product(from), product(to)),
                     .fix = refitted(from, to)});
}

ShapeError reshape_order(const Shape& from, const Shape& to) {
  return ShapeError({.where = "reshape",
                     .what = "the axes would change places but the values would not",
                     .expected = to,
                     .got = from,
                     .why = "reshape renames and regroups; it never moves a value",
                     .fix = transposed(from, to)});
}

ShapeError transpose_names(const Shape& shape, std::span<const AxisName> order) {
  std::string names;
  for (const AxisName& name : order) names += (names.empty() ? "" : ", ") + name.text();
  return ShapeError(
      {.where = "transpose",
       .what = fmt::format("the new order ({}) must have each axis once: {}", names, list_names(shape)),
       .got = shape,
       .why = "transpose orders all axes anew; it adds and drops none",
       .fix = transposed(shape, shape)});
}

ShapeError index_rank(const Shape& shape, int64_t indices) {
  return ShapeError({.where = "at",
                     .what = fmt::format("got {} indices for {} axes", indices, shape.rank()),
                     .got = shape,
                     .why = "a value has an index along each axis",
                     .fix = fmt::format("x.at({{{}}})", zeros(shape.rank()))});
}

ShapeError index_out_of_range(const std::string& where, AxisName name, int64_t index, const Shape& shape) {
  const int64_t size = shape.size(name);
  return ShapeError(
      {.where = where,
       .what = fmt::format("index {} is outside axis {} of size {}", index, name.text(), size),
       .got = shape,
       .why = size == 0 ? "the axis is empty"
                        : fmt::format("valid are 0 … {} and, from the end, -1 … -{}", size - 1, size)});
}

ShapeError no_values(const std::string& where, const Shape& shape) {
  return ShapeError({.where = where,
                     .what = "the tensor has a shape but no values",
                     .got = shape,
                     .why = "it was made by Tensor::shape_only, or under ShapesOnly, to work out shapes",
                     .fix = fmt::format("Tensor x({})", as_code(known(shape)))});
}

ShapeError not_one_number(const std::string& where, const Shape& shape) {
  return ShapeError({.where = where,
                     .what = fmt::format("the tensor holds {} numbers, expected one", shape.count()),
                     .got = shape,
                     .fix = where == "item" ? fmt::format("one of them: x.at({{{}}})", zeros(shape.rank()))
                                            : "sum(x).backward()"});
}

ShapeError shapes_differ(const std::string& where, const Shape& expected, const Shape& got) {
  return ShapeError({.where = where,
                     .what = "the shapes differ",
                     .expected = expected,
                     .got = got,
                     .why = difference(expected, got),
                     .fix = fitted(got, expected)});
}

ShapeError with_fix(const ShapeError& error, const std::string& fix) {
  Mismatch m = error.mismatch();
  m.fix = fix;
  return ShapeError(m);
}

ShapeError with_why(const ShapeError& error, const std::string& why) {
  Mismatch m = error.mismatch();
  m.why = why;
  return ShapeError(m);
}

}  // namespace errors
}  // namespace runnel
