#include "runnel/explain/paint.h"

#include <fmt/format.h>
#include <string_view>

#include "runnel/explain/axis_color.h"

namespace runnel {
namespace {

std::string painted(std::string_view word) {
  const AxisColor* color = axis_color(word);
  return color ? fmt::format("\x1b[{}m{}\x1b[0m", color->ansi, word) : std::string(word);
}

}  // namespace

std::string Paint::name(AxisName axis) const {
  if (!color_) return axis.text();
  std::string text;
  for (const std::string_view name : single_names(axis)) text += (text.empty() ? "" : "·") + painted(name);
  return text;
}

std::string Paint::shape(const Shape& shape) const {
  if (!color_) return shape.to_string();
  std::string text = "[";
  for (const Axis& axis : shape) {
    if (text.size() > 1) text += ", ";
    text += name(axis.name) + axis.to_string().substr(axis.name.text().size());
  }
  return text + "]";
}

}  // namespace runnel
