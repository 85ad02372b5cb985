#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runnel/base/error.h"
#include "runnel/formats/dtype.h"
#include "runnel/tensor/shape_error.h"

/// The sentences about arrays in memory, each made in one place.
namespace runnel::errors {

/// An Array was made of a shape that no memory can hold, or with a negative size.
OptionError array_shape_impossible(DType dtype, std::span<const int64_t> shape);
/// An Array was made of too few or too many bytes.
OptionError array_bytes(DType dtype, std::span<const int64_t> shape, int64_t needed, int64_t got);
/// NamedArrays got a name that it has.
OptionError array_name_twice(std::string_view name);

/// An array has more axes than a Shape can have.
ShapeError array_too_many_axes(std::span<const int64_t> shape);
/// An array has another number of axes than `expected`.
ShapeError array_rank(const std::string& where, const Shape& expected, std::span<const int64_t> got);
/// Axis `index` of an array has another size than `expected` says. `got`: the array's sizes, with names.
ShapeError array_size(const std::string& where, const Shape& expected, const Shape& got, int64_t index);

/// Ids were asked of numbers that are not whole.
DataError array_not_integer(const std::string& where, DType dtype);
/// An element is outside the type that it is converted to.
struct UnfitElement {
  std::string place;  ///< "[0, 2]"
  std::string value;
  std::string expected;  ///< the range
  std::string_view type;
};
DataError array_element_unfit(const std::string& where, const UnfitElement& element);

}  // namespace runnel::errors
