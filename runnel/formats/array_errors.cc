#include "runnel/formats/array_errors.h"

#include <fmt/format.h>

#include "runnel/formats/array.h"
#include "runnel/formats/names.h"

namespace runnel::errors {

OptionError array_shape_impossible(DType dtype, std::span<const int64_t> shape) {
  return OptionError(fmt::format("Array: shape {} of {} cannot be", shape_text(shape), to_string(dtype)),
                     {{"expected", "sizes of 0 or more that multiply to fewer than 2^63 bytes"}});
}

OptionError array_bytes(DType dtype, std::span<const int64_t> shape, int64_t needed, int64_t got) {
  return OptionError(
      fmt::format("Array: the bytes do not fill the shape"),
      {{"expected", fmt::format("{} bytes for {} {}", needed, to_string(dtype), shape_text(shape))},
       {"got", fmt::format("{} bytes", got)}});
}

OptionError array_name_twice(std::string_view name) {
  return OptionError(fmt::format("NamedArrays: there is an array {} already", quote(name)));
}

ShapeError array_too_many_axes(std::span<const int64_t> shape) {
  return ShapeError({.what = fmt::format("the array has {} axes, sizes {}, expected at most {}", shape.size(),
                                         shape_text(shape), Shape::kMaxRank)});
}

ShapeError array_rank(const std::string& where, const Shape& expected, std::span<const int64_t> got) {
  return ShapeError({.where = where,
                     .what = fmt::format("the array has {} axes, sizes {}, expected {}", got.size(),
                                         shape_text(got), expected.rank()),
                     .expected = expected});
}

ShapeError array_size(const std::string& where, const Shape& expected, const Shape& got, int64_t index) {
  return ShapeError({.where = where,
                     .what = fmt::format("axis {} has size {}, expected {}", expected[index].name.text(),
                                         got[index].size, expected[index].size),
                     .expected = expected,
                     .got = got});
}

DataError array_not_integer(const std::string& where, DType dtype) {
  return DataError({.file = where},
                   fmt::format("the numbers are {}, expected an integer type", to_string(dtype)),
                   {{"why", "ids, lengths and labels are whole numbers; a fraction would be cut off unseen"},
                    {"fix", "save them as integers: array.astype(numpy.int32)"}});
}

DataError array_element_unfit(const std::string& where, const UnfitElement& element) {
  return DataError(
      {.file = where},
      fmt::format("element {} is {}, which does not fit {}", element.place, element.value, element.type),
      {{"expected", element.expected}});
}

}  // namespace runnel::errors
