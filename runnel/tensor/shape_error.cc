#include "runnel/tensor/shape_error.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

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
  return ShapeError({.what = fmt::format("a shape has at most {} axes, got {}", Shape::kMaxRank, axes)});
}

ShapeError too_many_values(const Shape& shape) {
  return ShapeError({.what = "a shape of so many values fits in no memory", .got = shape});
}

ShapeError symbolic_size(const std::string& where, const Shape& shape) {
  const Axis* axis = std::find_if(shape.begin(), shape.end(), [](const Axis& a) { return a.symbolic(); });
  assert(axis != shape.end());
  return ShapeError(
      {.where = where,
       .what = fmt::format("axis {} has no size; numbers need one on every axis", axis->name.text()),
       .got = shape,
       .fix = fmt::format("shape.with_size(\"{}\", …)", axis->name.text())});
}

ShapeError no_memory(const Shape& shape, int64_t bytes) {
  return ShapeError({.what = fmt::format("there is no memory for {}: {} bytes", shape.to_string(), bytes)});
}

ShapeError negative_size(const Axis& axis) {
  return ShapeError(
      {.what = fmt::format("axis {} has size {}, expected 0 or more", axis.name.text(), axis.size)});
}

ShapeError name_twice(AxisName name, const Shape& shape) {
  return ShapeError({.what = fmt::format("axis {} occurs twice", name.text()),
                     .got = shape,
                     .why = "operations address an axis by its name, so a shape has each name once"});
}

ShapeError no_such_axis(AxisName name, const Shape& shape) {
  return ShapeError(
      {.what = fmt::format("there is no axis {}; the axes are: {}", name.text(), list_names(shape)),
       .got = shape});
}

ShapeError wrong_count(const Shape& shape, int64_t values) {
  return ShapeError(
      {.what = fmt::format("{} holds {} values, got {}", shape.to_string(), shape.count(), values)});
}

ShapeError reshape_count(const Shape& from, const Shape& to) {
  return ShapeError({.where = "reshape",
                     .what = fmt::format("{} values cannot fill a shape of {}", from.count(), to.count()),
                     .expected = to,
                     .got = from});
}

ShapeError reshape_order(const Shape& from, const Shape& to) {
  return ShapeError({.where = "reshape",
                     .what = "the axes would change places but the values would not",
                     .expected = to,
                     .got = from,
                     .why = "reshape renames and regroups; it never moves a value",
                     .fix = "transpose, which moves the values along with the names"});
}

ShapeError transpose_names(const Shape& shape, std::span<const AxisName> order) {
  std::string names;
  for (const AxisName& name : order) names += (names.empty() ? "" : ", ") + name.text();
  return ShapeError(
      {.where = "transpose",
       .what = fmt::format("the new order ({}) must have each axis once: {}", names, list_names(shape)),
       .got = shape});
}

ShapeError index_rank(const Shape& shape, int64_t indices) {
  return ShapeError({.where = "at",
                     .what = fmt::format("got {} indices for {} axes", indices, shape.rank()),
                     .got = shape});
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
  return ShapeError({.where = where, .what = "the tensor has a shape but no values", .got = shape});
}

ShapeError not_one_number(const Shape& shape) {
  return ShapeError({.where = "item",
                     .what = fmt::format("the tensor holds {} numbers, expected one", shape.count()),
                     .got = shape});
}

ShapeError shapes_differ(const std::string& where, const Shape& expected, const Shape& got) {
  return ShapeError({.where = where, .what = "the shapes differ", .expected = expected, .got = got});
}

}  // namespace errors
}  // namespace runnel
