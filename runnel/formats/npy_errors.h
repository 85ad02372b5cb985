#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runnel/base/error.h"
#include "runnel/formats/dtype.h"

/// The sentences about `.npy` files, each made in one place.
namespace runnel::errors {

/// The file does not start with NumPy's mark.
FormatError npy_mark(const std::string& name, std::string_view got);
FormatError npy_version(const std::string& name, int major, int minor);
/// The file ends before its header does. `needed` and `got` count the bytes of the file.
FormatError npy_header_cut(const std::string& name, int64_t needed, int64_t got);
/// The header is no dict as NumPy writes it. `got` is the rest of the header from the fault on.
FormatError npy_syntax(const std::string& name, int64_t offset, const std::string& expected,
                       std::string_view got);

FormatError npy_key_unknown(const std::string& name, int64_t offset, std::string_view key);
FormatError npy_key_twice(const std::string& name, int64_t offset, std::string_view key);
FormatError npy_key_missing(const std::string& name, int64_t offset, std::string_view key);

FormatError npy_dtype_unknown(const std::string& name, int64_t offset, std::string_view descr);
/// `descr` is a list of fields.
FormatError npy_dtype_structured(const std::string& name, int64_t offset);
/// `descr` is 'O': the data is a pickle.
FormatError npy_dtype_object(const std::string& name, int64_t offset);
FormatError npy_size_negative(const std::string& name, int64_t offset, std::string_view number);
FormatError npy_size_huge(const std::string& name, int64_t offset, std::string_view number);
/// The sizes multiply to more bytes than int64 holds.
FormatError npy_shape_overflow(const std::string& name, int64_t offset, DType dtype,
                               std::span<const int64_t> shape);

/// There is less or more data than the shape needs.
struct NpyData {
  int64_t offset;  ///< where the data starts
  int64_t needed;
  int64_t got;
  DType dtype;
  std::span<const int64_t> shape;
};
FormatError npy_data_cut(const std::string& name, const NpyData& data);
FormatError npy_data_surplus(const std::string& name, const NpyData& data);

/// An array of a type that `.npy` has no code for was to be written.
OptionError npy_dtype_unwritable(DType dtype);

}  // namespace runnel::errors
