#include "runnel/formats/npy_errors.h"

#include <fmt/format.h>

#include "runnel/formats/array.h"
#include "runnel/formats/names.h"

namespace runnel::errors {
namespace {

/// What can be read: `'<f4'` and so on, the byte order left out.
std::string known_codes() {
  std::string text;
  for (const DTypeInfo& dtype : dtypes()) {
    if (!dtype.npy.empty()) text += fmt::format("{}{}", text.empty() ? "" : " ", dtype.npy);
  }
  return text;
}

std::string needed_text(const NpyData& data) {
  return fmt::format("{} bytes of data for {} {}", data.needed, to_string(data.dtype),
                     shape_text(data.shape));
}

}  // namespace

FormatError npy_mark(const std::string& name, std::string_view got) {
  return FormatError(name, 0, "not an .npy file", {{"expected", quote("\x93NUMPY")}, {"got", quote(got)}});
}

FormatError npy_version(const std::string& name, int major, int minor) {
  return FormatError(name, 6, fmt::format("unknown version {}.{} of .npy", major, minor),
                     {{"expected", "1.0, 2.0 or 3.0"}});
}

FormatError npy_header_cut(const std::string& name, int64_t needed, int64_t got) {
  return FormatError(
      name, got, "the file ends inside its header",
      {{"expected", fmt::format("{} bytes or more", needed)}, {"got", fmt::format("{} bytes", got)}});
}

FormatError npy_syntax(const std::string& name, int64_t offset, const std::string& expected,
                       std::string_view got) {
  return FormatError(
      name, offset, "the header is not written as NumPy writes it",
      {{"expected", expected}, {"got", got.empty() ? "the end of the header" : quote(got.substr(0, 20))}});
}

FormatError npy_key_unknown(const std::string& name, int64_t offset, std::string_view key) {
  return FormatError(name, offset, fmt::format("unknown key {} in the header", quote(key)),
                     {{"expected", "descr, fortran_order and shape"}});
}

FormatError npy_key_twice(const std::string& name, int64_t offset, std::string_view key) {
  return FormatError(name, offset, fmt::format("the header has the key {} twice", quote(key)));
}

FormatError npy_key_missing(const std::string& name, int64_t offset, std::string_view key) {
  return FormatError(name, offset, fmt::format("the header has no key {}", quote(key)));
}

FormatError npy_dtype_unknown(const std::string& name, int64_t offset, std::string_view descr) {
  return FormatError(name, offset, fmt::format("unknown type {}", quote(descr)),
                     {{"expected", fmt::format("< or > and one of {}", known_codes())},
                      {"fix", "save numbers: array.astype(numpy.float32), or an integer type"}});
}

FormatError npy_dtype_structured(const std::string& name, int64_t offset) {
  return FormatError(name, offset, "the array holds structures, expected numbers",
                     {{"fix", "save each field as an array of its own: numpy.savez(path, x=array['x'], …)"}});
}

FormatError npy_dtype_object(const std::string& name, int64_t offset) {
  return FormatError(name, offset, "the array holds Python objects, expected numbers",
                     {{"why", "they are stored as a pickle, which can run code; it is never opened"},
                      {"fix", "save numbers: array.astype(numpy.float32), or an integer type"}});
}

FormatError npy_size_negative(const std::string& name, int64_t offset, std::string_view number) {
  return FormatError(name, offset, "the shape has a negative size",
                     {{"expected", "0 or more"}, {"got", std::string(number.substr(0, 40))}});
}

FormatError npy_size_huge(const std::string& name, int64_t offset, std::string_view number) {
  return FormatError(name, offset, "the shape has a size that no file can hold",
                     {{"expected", "at most 9223372036854775807"}, {"got", quote(number)}});
}

FormatError npy_shape_overflow(const std::string& name, int64_t offset, DType dtype,
                               std::span<const int64_t> shape) {
  return FormatError(name, offset, "the shape is larger than any file",
                     {{"expected", "fewer than 2^63 bytes of data"},
                      {"got", fmt::format("{} {}", to_string(dtype), shape_text(shape))}});
}

FormatError npy_data_cut(const std::string& name, const NpyData& data) {
  return FormatError(name, data.offset + data.got, "the file ends inside its data",
                     {{"expected", needed_text(data)}, {"got", fmt::format("{} bytes", data.got)}});
}

FormatError npy_data_surplus(const std::string& name, const NpyData& data) {
  return FormatError(name, data.offset + data.needed, "the file goes on after its data",
                     {{"expected", needed_text(data)}, {"got", fmt::format("{} bytes", data.got)}});
}

OptionError npy_dtype_unwritable(DType dtype) {
  return OptionError(fmt::format("npy: NumPy has no type for {}", to_string(dtype)),
                     {{"fix", "convert it to float32: Array::from(to_tensor(array))"}});
}

}  // namespace runnel::errors
