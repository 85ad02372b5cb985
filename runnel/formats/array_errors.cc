#include "runnel/formats/array_errors.h"

#include <fmt/format.h>

#include "runnel/formats/array.h"
#include "runnel/formats/names.h"

namespace runnel::errors {
namespace {

/// "lengths.reshape(-1)", "h_0[None, …]": the axes that are missing or too many.
std::string reshaped(const std::string& where, const Shape& expected, std::span<const int64_t> got) {
  const auto rank = static_cast<int64_t>(got.size());
  if (expected.rank() == 1) return where + ".reshape(-1)";
  if (rank + 1 == expected.rank())
    return fmt::format("{}[None, …], if the axis {} is missing", where, expected[0].name.text());
  return "";
}

}  // namespace

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
  return OptionError(fmt::format("NamedArrays: there is an array {} already", quote(name)),
                     {{"why", "arrays are found by their names"}});
}

ShapeError array_too_many_axes(std::span<const int64_t> shape) {
  return ShapeError({.what = fmt::format("the array has {} axes, sizes {}, expected at most {}", shape.size(),
                                         shape_text(shape), Shape::kMaxRank),
                     .why = "the layers read batch, seq and feature: what describes one step is one axis",
                     .fix = "x.reshape(x.shape[0], x.shape[1], -1), if batch and seq come first"});
}

ShapeError array_rank(const std::string& where, const Shape& expected, std::span<const int64_t> got) {
  return ShapeError({.where = where,
                     .what = fmt::format("the array has {} axes, sizes {}, expected {}", got.size(),
                                         shape_text(got), expected.rank()),
                     .expected = expected,
                     .fix = reshaped(where, expected, got)});
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
                    {"fix", "save them as integers: " + where + ".astype(numpy.int32)"}});
}

DataError array_element_unfit(const std::string& where, const UnfitElement& element) {
  const bool integer = element.type.starts_with("int");
  return DataError(
      {.file = where},
      fmt::format("element {} is {}, which does not fit {}", element.place, element.value, element.type),
      {{"expected", element.expected},
       {"why", integer ? "ids and lengths are kept in 32 bits" : "the layers compute in float32"},
       {"fix", integer
                   ? fmt::format(
                         "ids from 0 on: numpy.unique({0}, return_inverse=True)[1].reshape({0}.shape)", where)
                   : fmt::format("smaller numbers: {0} / numpy.abs({0}).max()", where)}});
}

}  // namespace runnel::errors
