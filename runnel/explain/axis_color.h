#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runnel/tensor/axis.h"

/// One colour for each name of an axis, the same on a terminal and in a picture.
namespace runnel {

struct AxisColor {
  std::string_view name;   ///< "batch", "class"
  int ansi;                ///< of the sixteen colours that every terminal has
  std::string_view light;  ///< on white, "#0e7490"; a contrast of 4.5 or more
  std::string_view dark;   ///< on nearly black
};

std::span<const AxisColor> axis_colors();
/// The colour of a single name; null for a name that has none.
const AxisColor* axis_color(std::string_view name);

/// "layer·direction" → "layer", "direction"
std::vector<std::string_view> single_names(AxisName axis);

}  // namespace runnel
