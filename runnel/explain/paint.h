#pragma once

#include <string>

#include "runnel/tensor/shape.h"

namespace runnel {

/// Colours for the names of axes, one an axis and the same everywhere; an axis of two things has both
/// colours. Without colour, plain text.
class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}

  std::string name(AxisName axis) const;
  /// `[batch=3, seq=10]`, as Shape prints it.
  std::string shape(const Shape& shape) const;

 private:
  bool color_;
};

}  // namespace runnel
