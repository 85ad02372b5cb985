#include "runnel/formats/npy_header.h"

#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "runnel/formats/npy_errors.h"

namespace runnel {
namespace {

constexpr std::string_view kMark = "\x93NUMPY";
constexpr int64_t kVersionOffset = 6;
constexpr int64_t kSizeOffset = 8;

/// The little-endian number of `size` bytes at the start of `bytes`.
int64_t little_endian(std::string_view bytes, int64_t size) {
  int64_t value = 0;
  for (int64_t i = size; i-- > 0;) value = value * 256 + static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  return value;
}

/// Reads the Python dict. `text` starts at byte `offset` of the file.
class DictReader {
 public:
  DictReader(std::string_view text, int64_t offset, const std::string& name)
      : text_(text), offset_(offset), name_(name) {}

  NpyHeader read() {
    expect('{');
    while (peek() != '}') {
      read_pair();
      if (peek() != '}') expect(',', "\",\" or \"}\"");
    }
    const int64_t end = here();
    expect('}');
    if (peek() != '\0' || place_ != text_.size()) fail("spaces and a newline");
    if (!dtype_) throw errors::npy_key_missing(name_, end, "descr");
    if (!fortran_order_) throw errors::npy_key_missing(name_, end, "fortran_order");
    if (!shape_) throw errors::npy_key_missing(name_, end, "shape");
    if (!byte_count(*dtype_, *shape_))
      throw errors::npy_shape_overflow(name_, shape_offset_, *dtype_, *shape_);
    return {.dtype = *dtype_,
            .big_endian = big_endian_,
            .fortran_order = *fortran_order_,
            .shape = std::move(*shape_)};
  }

 private:
  void read_pair() {
    peek();
    const int64_t at = here();
    const std::string_view key = read_string("a key in quotes");
    const bool twice = (key == "descr" && dtype_) || (key == "fortran_order" && fortran_order_) ||
                       (key == "shape" && shape_);
    if (twice) throw errors::npy_key_twice(name_, at, key);
    expect(':');
    if (key == "descr") {
      read_dtype();
    } else if (key == "fortran_order") {
      fortran_order_ = read_bool();
    } else if (key == "shape") {
      read_shape();
    } else {
      throw errors::npy_key_unknown(name_, at, key);
    }
  }

  /// `'<f4'`: the byte order, the kind and the size. A type of one byte may have any order or '|'.
  void read_dtype() {
    const char first = peek();
    const int64_t at = here();
    if (first == '[') throw errors::npy_dtype_structured(name_, at);
    const std::string_view descr = read_string("a type in quotes");
    if (descr == "|O" || descr == "O") throw errors::npy_dtype_object(name_, at);
    const char order = descr.empty() ? '\0' : descr[0];
    for (const DTypeInfo& candidate : dtypes()) {
      if (candidate.npy.empty() || descr.empty() || descr.substr(1) != candidate.npy) continue;
      const bool ordered = order == '<' || order == '>';
      if (ordered || (order == '|' && candidate.item_size == 1)) {
        dtype_ = candidate.dtype;
        big_endian_ = order == '>';
        return;
      }
    }
    throw errors::npy_dtype_unknown(name_, at, descr);
  }

  bool read_bool() {
    peek();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (rest().substr(0, word.size()) == word) {
        place_ += word.size();
        return value;
      }
    }
    fail("True or False");
  }

  void read_shape() {
    peek();
    shape_offset_ = here();
    expect('(');
    std::vector<int64_t> shape;
    while (peek() != ')') {
      shape.push_back(read_size());
      // Without a comma, (3) would be a number in Python.
      if (peek() != ')' || shape.size() == 1) expect(',');
    }
    expect(')');
    shape_ = std::move(shape);
  }

  int64_t read_size() {
    const bool negative = peek() == '-';
    const int64_t at = here();
    size_t length = negative ? 1 : 0;
    while (length < rest().size() && rest()[length] >= '0' && rest()[length] <= '9') ++length;
    const std::string_view number = rest().substr(0, length);
    const bool leading_zero = !negative && length > 1 && number[0] == '0';
    if (length == (negative ? 1u : 0u) || leading_zero) fail("a whole number or \")\"");
    if (negative) throw errors::npy_size_negative(name_, at, number);
    int64_t size = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), size);
    if (parsed.ec != std::errc{}) throw errors::npy_size_huge(name_, at, number);
    place_ += length;
    return size;
  }

  std::string_view read_string(const std::string& expected) {
    const char mark = peek();
    if (mark != '\'' && mark != '"') fail(expected);
    const size_t first = place_ + 1;
    for (size_t i = first; i < text_.size(); ++i) {
      if (text_[i] == mark) {
        place_ = i + 1;
        return text_.substr(first, i - first);
      }
      if (text_[i] == '\\' || static_cast<uint8_t>(text_[i]) < 0x20) {
        place_ = i;
        fail("text without escapes");
      }
    }
    place_ = text_.size();
    fail("the closing quote");
  }

  void expect(char c, std::string expected = "") {
    if (peek() != c) fail(expected.empty() ? fmt::format("\"{}\"", c) : expected);
    ++place_;
  }

  /// The next character after spaces; '\0' at the end of the header.
  char peek() {
    while (place_ < text_.size() && std::strchr(" \t\r\n", text_[place_]) != nullptr &&
           text_[place_] != '\0') {
      ++place_;
    }
    return place_ < text_.size() ? text_[place_] : '\0';
  }

  [[noreturn]] void fail(const std::string& expected) {
    throw errors::npy_syntax(name_, here(), expected, rest());
  }

  std::string_view rest() const { return text_.substr(place_); }
  int64_t here() const { return offset_ + static_cast<int64_t>(place_); }

  std::string_view text_;
  int64_t offset_;
  const std::string& name_;
  size_t place_ = 0;

  std::optional<DType> dtype_;
  bool big_endian_ = false;
  std::optional<bool> fortran_order_;
  std::optional<std::vector<int64_t>> shape_;
  int64_t shape_offset_ = 0;
};

}  // namespace

NpyHeader read_npy_header(std::string_view bytes, const std::string& name) {
  const auto size = static_cast<int64_t>(bytes.size());
  const std::string_view mark = bytes.substr(0, kMark.size());
  if (mark != kMark.substr(0, bytes.size())) throw errors::npy_mark(name, mark);
  if (size < kSizeOffset) throw errors::npy_header_cut(name, kSizeOffset + 2, size);
  const int major = static_cast<uint8_t>(bytes[kVersionOffset]);
  const int minor = static_cast<uint8_t>(bytes[kVersionOffset + 1]);
  if (major < 1 || major > 3 || minor != 0) throw errors::npy_version(name, major, minor);
  const int64_t text_offset = kSizeOffset + (major == 1 ? 2 : 4);
  if (size < text_offset) throw errors::npy_header_cut(name, text_offset, size);
  const int64_t text_size = little_endian(bytes.substr(kSizeOffset), text_offset - kSizeOffset);
  if (text_size > size - text_offset) throw errors::npy_header_cut(name, text_offset + text_size, size);
  const std::string_view text =
      bytes.substr(static_cast<size_t>(text_offset), static_cast<size_t>(text_size));
  NpyHeader header = DictReader(text, text_offset, name).read();
  header.data_offset = text_offset + text_size;
  return header;
}

std::string write_npy_header(DType dtype, const std::vector<int64_t>& shape) {
  constexpr size_t kAlignment = 64;     // of the data in the file
  constexpr size_t kLongestSize = 21;   // room for the first size to grow in place
  constexpr size_t kLargestV1 = 65535;  // what 2 bytes can count
  const DTypeInfo& type = info(dtype);
  if (type.npy.empty()) throw errors::npy_dtype_unwritable(dtype);
  std::string sizes;
  for (int64_t size : shape) sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
  if (shape.size() == 1) sizes += ',';
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                 type.item_size == 1 ? '|' : '<', type.npy, sizes);
  if (!shape.empty()) text.append(kLongestSize - fmt::formatted_size("{}", shape[0]), ' ');

  const auto padded_size = [&](size_t prefix) {
    const size_t unpadded = text.size() + 1;  // with the newline
    return unpadded + kAlignment - (prefix + unpadded) % kAlignment;
  };
  const bool v1 = padded_size(kSizeOffset + 2) <= kLargestV1;
  const size_t size_bytes = v1 ? 2 : 4;
  const size_t text_size = padded_size(kSizeOffset + size_bytes);
  std::string header(kMark);
  header += v1 ? '\1' : '\2';
  header += '\0';
  for (size_t i = 0; i < size_bytes; ++i) header += static_cast<char>((text_size >> (8 * i)) & 0xff);
  header += text;
  header.append(text_size - text.size() - 1, ' ');
  return header + '\n';
}

}  // namespace runnel
