#pragma once

#include <string>

#include "runnel/tensor/shape_error.h"

namespace runnel {

/// The whole text of the ShapeError that `action` throws.
template <class Action>
std::string shape_error_of(Action&& action) {
  try {
    action();
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "no ShapeError";
}

}  // namespace runnel
