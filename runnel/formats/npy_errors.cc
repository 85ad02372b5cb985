#include "runnel/formats/npy_errors.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "runnel/formats/array.h"
#include "runnel/formats/names.h"
#include "runnel/formats/remedies.h"

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

constexpr const char* kDamaged =
    "NumPy writes no such header: the file was changed, or another program made it";

ErrorDetail save_again(const std::string& name) { return {"fix", again(numpy_save(name))}; }

/// What kind of file begins like this.
std::string kind_of(const std::string& name, std::string_view got) {
  if (name.ends_with(".safetensors")) return "it holds weights or a model; what is read here are data";
  if (got.empty()) return "the file is empty";
  if (got.starts_with("PK")) return "these bytes begin a zip archive, such as an .npz or PyTorch's .pt";
  const bool text = std::all_of(got.begin(), got.end(),
                                [](char c) { return c >= ' ' || c == '\n' || c == '\r' || c == '\t'; });
  return text ? "these bytes are a text; an .npy holds the numbers as the machine does" : "";
}

/// The code that makes an .npy of such a file.
std::string converted(const std::string& name, std::string_view got) {
  const std::string file = python_text(name);
  const bool letter = !got.empty() && std::isalpha(static_cast<unsigned char>(got[0])) != 0;
  const char* header = letter ? ", skiprows=1" : "";
  if (name.ends_with(".csv"))
    return numpy_save(name, fmt::format("numpy.loadtxt({}, delimiter=','{})", file, header));
  if (name.ends_with(".txt")) return numpy_save(name, fmt::format("numpy.loadtxt({})", file));
  if (name.ends_with(".pt") || name.ends_with(".pth"))
    return numpy_save(name, fmt::format("torch.load({}).numpy()", file));
  return numpy_save(name.ends_with(".safetensors") ? "x.npy" : name);
}

struct TypeRemedy {
  std::string why, fix;
};
/// What numbers to make of values of this type, `'<c8'`.
TypeRemedy remedy_for(std::string_view descr) {
  const size_t letter = descr.find_first_not_of("<>|=");
  switch (letter == descr.npos ? ' ' : descr[letter]) {
    case 'c':
      return {"a complex number is two numbers",
              "two features of each: numpy.concatenate([x.real, x.imag], axis=-1)"};
    case 'U':
    case 'S':
      return {"the values are texts", "if each is a number: x.astype(numpy.float32)"};
    case 'M':
      return {"the values are dates", "seconds since the first: (x - x.min()) / numpy.timedelta64(1, 's')"};
    case 'm':
      return {"the values are times", "in seconds: x / numpy.timedelta64(1, 's')"};
    default:
      return {"", "x.astype(numpy.float32), or an integer type"};
  }
}

}  // namespace

FormatError npy_mark(const std::string& name, std::string_view got) {
  std::vector<ErrorDetail> details{{"expected", quote("\x93NUMPY")},
                                   {"got", got.empty() ? "an empty file" : quote(got)}};
  if (const std::string kind = kind_of(name, got); !kind.empty()) details.push_back({"why", kind});
  details.push_back({"fix", converted(name, got)});
  return FormatError(name, 0, "not an .npy file", std::move(details));
}

FormatError npy_version(const std::string& name, int major, int minor) {
  return FormatError(name, 6, fmt::format("unknown version {}.{} of .npy", major, minor),
                     {{"expected", "1.0, 2.0 or 3.0"}, {"why", kDamaged}, save_again(name)});
}

FormatError npy_header_cut(const std::string& name, int64_t needed, int64_t got) {
  return FormatError(name, got, "the file ends inside its header",
                     {{"expected", fmt::format("{} bytes or more", needed)},
                      {"got", fmt::format("{} bytes", got)},
                      {"why", got == 0 ? "the file is empty"
                                       : "the file was cut off, as by a full disk or a broken download"},
                      save_again(name)});
}

FormatError npy_syntax(const std::string& name, int64_t offset, const std::string& expected,
                       std::string_view got) {
  return FormatError(name, offset, "the header is not written as NumPy writes it",
                     {{"expected", expected},
                      {"got", got.empty() ? "the end of the header" : quote(got.substr(0, 20))},
                      {"why", kDamaged},
                      save_again(name)});
}

FormatError npy_key_unknown(const std::string& name, int64_t offset, std::string_view key) {
  return FormatError(name, offset, fmt::format("unknown key {} in the header", quote(key)),
                     {{"expected", "descr, fortran_order and shape"}, {"why", kDamaged}, save_again(name)});
}

FormatError npy_key_twice(const std::string& name, int64_t offset, std::string_view key) {
  return FormatError(name, offset, fmt::format("the header has the key {} twice", quote(key)),
                     {{"why", kDamaged}, save_again(name)});
}

FormatError npy_key_missing(const std::string& name, int64_t offset, std::string_view key) {
  return FormatError(name, offset, fmt::format("the header has no key {}", quote(key)),
                     {{"why", kDamaged}, save_again(name)});
}

FormatError npy_dtype_unknown(const std::string& name, int64_t offset, std::string_view descr) {
  const TypeRemedy remedy = remedy_for(descr);
  std::vector<ErrorDetail> details{{"expected", fmt::format("< or > and one of {}", known_codes())}};
  if (!remedy.why.empty()) details.push_back({"why", remedy.why});
  details.push_back({"fix", remedy.fix});
  return FormatError(name, offset, fmt::format("unknown type {}", quote(descr)), std::move(details));
}

FormatError npy_dtype_structured(const std::string& name, int64_t offset) {
  return FormatError(
      name, offset, "the array holds structures, expected numbers",
      {{"why", "each place has several values, with names, where one number is expected"},
       {"fix", "the fields as features: numpy.lib.recfunctions.structured_to_unstructured(x)"}});
}

FormatError npy_dtype_object(const std::string& name, int64_t offset) {
  return FormatError(name, offset, "the array holds Python objects, expected numbers",
                     {{"why", "they are stored as a pickle, which can run code; it is never opened"},
                      {"fix",
                       "numbers alone: x.astype(numpy.float32)\n"
                       "sequences that differ in length: torch.nn.utils.rnn.pad_sequence(\n"
                       "    [torch.as_tensor(s) for s in x], batch_first=True).numpy()"}});
}

FormatError npy_size_negative(const std::string& name, int64_t offset, std::string_view number) {
  return FormatError(name, offset, "the shape has a negative size",
                     {{"expected", "0 or more"},
                      {"got", std::string(number.substr(0, 40))},
                      {"why", kDamaged},
                      save_again(name)});
}

FormatError npy_size_huge(const std::string& name, int64_t offset, std::string_view number) {
  return FormatError(name, offset, "the shape has a size that no file can hold",
                     {{"expected", "at most 9223372036854775807"},
                      {"got", quote(number)},
                      {"why", kDamaged},
                      save_again(name)});
}

FormatError npy_shape_overflow(const std::string& name, int64_t offset, DType dtype,
                               std::span<const int64_t> shape) {
  return FormatError(name, offset, "the shape is larger than any file",
                     {{"expected", "fewer than 2^63 bytes of data"},
                      {"got", fmt::format("{} {}", to_string(dtype), shape_text(shape))},
                      {"why", kDamaged},
                      save_again(name)});
}

FormatError npy_data_cut(const std::string& name, const NpyData& data) {
  return FormatError(name, data.offset + data.got, "the file ends inside its data",
                     {{"expected", needed_text(data)},
                      {"got", fmt::format("{} bytes", data.got)},
                      {"why", "the file was cut off, as by a full disk or a broken download"},
                      save_again(name)});
}

FormatError npy_data_surplus(const std::string& name, const NpyData& data) {
  return FormatError(
      name, data.offset + data.needed, "the file goes on after its data",
      {{"expected", needed_text(data)},
       {"got", fmt::format("{} bytes", data.got)},
       {"why", "two numpy.save into one open file do that; an .npy holds one array"},
       {"fix", "several arrays in one file: " + numpy_savez(name, "input=x, lengths=lengths")}});
}

OptionError npy_dtype_unwritable(DType dtype) {
  return OptionError(fmt::format("npy: NumPy has no type for {}", to_string(dtype)),
                     {{"fix", "convert it to float32: Array::from(to_tensor(array))"}});
}

}  // namespace runnel::errors
