#include "runnel/explain/axis_color.h"

#include <array>

namespace runnel {
namespace {

constexpr std::array<AxisColor, 11> kColors = {{{"batch", 36, "#0e7490", "#67e8f9"},
                                                {"seq", 32, "#15803d", "#86efac"},
                                                {"feature", 33, "#a16207", "#fde047"},
                                                {"hidden", 35, "#a21caf", "#f0abfc"},
                                                {"layer", 34, "#1d4ed8", "#93c5fd"},
                                                {"direction", 94, "#4f46e5", "#a5b4fc"},
                                                {"gate", 31, "#b91c1c", "#fca5a5"},
                                                {"class", 91, "#c2410c", "#fdba74"},
                                                {"vocab", 95, "#86198f", "#d8b4fe"},
                                                {"proj", 93, "#854d0e", "#fcd34d"},
                                                {"row", 96, "#155e75", "#a5f3fc"}}};
constexpr std::string_view kDot = "·";

}  // namespace

std::span<const AxisColor> axis_colors() { return kColors; }

const AxisColor* axis_color(std::string_view name) {
  for (const AxisColor& color : kColors) {
    if (color.name == name) return &color;
  }
  return nullptr;
}

std::vector<std::string_view> single_names(AxisName axis) {
  std::string_view rest = axis.text();
  std::vector<std::string_view> names;
  for (size_t dot; (dot = rest.find(kDot)) != std::string_view::npos; rest.remove_prefix(dot + kDot.size())) {
    names.push_back(rest.substr(0, dot));
  }
  names.push_back(rest);
  return names;
}

}  // namespace runnel
