#include "runnel/explain/paint.h"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace runnel {
namespace {

/// The sixteen colours that every terminal has, by their ANSI numbers.
constexpr std::array<std::pair<std::string_view, int>, 11> kColors = {{{"batch", 36},
                                                                       {"seq", 32},
                                                                       {"feature", 33},
                                                                       {"hidden", 35},
                                                                       {"layer", 34},
                                                                       {"direction", 94},
                                                                       {"gate", 31},
                                                                       {"class", 91},
                                                                       {"vocab", 95},
                                                                       {"proj", 93},
                                                                       {"row", 96}}};
constexpr std::string_view kDot = "·";

std::string painted(std::string_view word) {
  for (const auto& [name, color] : kColors) {
    if (name == word) return fmt::format("\x1b[{}m{}\x1b[0m", color, word);
  }
  return std::string(word);
}

}  // namespace

std::string Paint::name(AxisName axis) const {
  if (!color_) return axis.text();
  std::string_view rest = axis.text();
  std::string text;
  for (size_t dot; (dot = rest.find(kDot)) != std::string_view::npos; rest.remove_prefix(dot + kDot.size())) {
    text += painted(rest.substr(0, dot)) + std::string(kDot);
  }
  return text + painted(rest);
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
