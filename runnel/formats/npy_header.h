#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/formats/dtype.h"

namespace runnel {

/// What stands before the data of an `.npy` file.
struct NpyHeader {
  DType dtype = DType::float32;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<int64_t> shape;
  int64_t data_offset = 0;  ///< bytes from the start of the file
};

/// Reads the header strictly. Of Python it knows what numpy.save writes:
///
///     header  { key : value , key : value , key : value }  each key once, a comma before "}" or not
///     string  'text' or "text", without escapes
///     shape   ( )  ( 3 , )  ( 3 , 4 )  ( 3 , 4 , )         whole numbers of 0 or more
///
/// Spaces and newlines may stand between any two of these, and after "}".
/// Throws  FormatError. The size of the data is not looked at.
NpyHeader read_npy_header(std::string_view bytes, const std::string& name);

/// The header of a little-endian array in C order, byte for byte as numpy.save writes it.
/// Throws  OptionError for bfloat16.
std::string write_npy_header(DType dtype, const std::vector<int64_t>& shape);

}  // namespace runnel
