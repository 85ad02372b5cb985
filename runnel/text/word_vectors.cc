#include "runnel/text/word_vectors.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "runnel/base/base_error.h"
#include "runnel/base/missing_file.h"
#include "runnel/text/byte_source.h"
#include "runnel/text/text_errors.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

constexpr int64_t kMostDims = 100'000;
constexpr size_t kLongestWord = 4096;

/// "count dim", the first line of word2vec's files.
struct Header {
  int64_t count;
  int64_t dim;
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks_at_end(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<Header> parse_header(std::string_view line) {
  line = without_blanks_at_end(line);
  const size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> count = whole_number(line.substr(0, blank));
  const std::optional<int64_t> dim = whole_number(line.substr(blank + 1));
  if (!count || !dim) return std::nullopt;
  return Header{*count, *dim};
}

enum class NumberFault { none, not_a_number, not_finite };

/// Decimal text to the nearest float; what is too small for one is 0.
NumberFault parse_float(std::string_view text, float& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  std::from_chars_result result = std::from_chars(text.data(), end, value);
  if (result.ec == std::errc::result_out_of_range) {
    double wide = 0;
    const std::from_chars_result again = std::from_chars(text.data(), end, wide);
    const bool beyond_double = again.ec == std::errc::result_out_of_range;
    const bool tiny =
        beyond_double ? text.find("e-") != text.npos || text.find("E-") != text.npos : std::abs(wide) < 1;
    if (!tiny) return NumberFault::not_finite;
    value = beyond_double ? 0 : static_cast<float>(wide);
  } else if (result.ec != std::errc()) {
    return NumberFault::not_a_number;
  }
  if (result.ptr != end) return NumberFault::not_a_number;
  return std::isfinite(value) ? NumberFault::none : NumberFault::not_finite;
}

/// The matrix as it fills.
class Lookup {
 public:
  Lookup(const Vocabulary& vocabulary, const WordVectorOptions& options)
      : vocabulary_(vocabulary), options_(options) {}

  const WordVectorOptions& options() const { return options_; }
  void set_dim(int64_t dim) { vectors_.dim = dim; }
  size_t dim() const { return static_cast<size_t>(vectors_.dim); }
  int64_t words() const { return vectors_.report.in_file; }

  /// Counts a word of the file. The row to fill with its vector, or nothing when the vector is not wanted.
  std::optional<std::span<float>> want(std::string_view word) {
    WordVectorReport& report = vectors_.report;
    ++report.in_file;
    if (find_invalid_utf8(word)) {
      ++report.not_utf8;
      return std::nullopt;
    }
    const int32_t id = vocabulary_.id(word);
    const bool in_vocabulary = id != Vocabulary::kUnk || word == Vocabulary::kUnkToken;
    if (!in_vocabulary || id == Vocabulary::kPad) return std::nullopt;
    if (vectors_.values.empty()) {
      vectors_.values.resize(static_cast<size_t>(vocabulary_.size()) * dim());
      found_.resize(static_cast<size_t>(vocabulary_.size()));
    }
    const size_t row = static_cast<size_t>(id);
    if (found_[row]) {
      ++report.duplicates;
      return std::nullopt;
    }
    found_[row] = true;
    return std::span(vectors_.values).subspan(row * dim(), dim());
  }

  WordVectors finish() {
    vectors_.values.resize(static_cast<size_t>(vocabulary_.size()) * dim());
    for (size_t row = 0; row < found_.size(); ++row) {
      if (found_[row]) vectors_.ids.push_back(static_cast<int32_t>(row));
    }
    WordVectorReport& report = vectors_.report;
    report.found = std::count_if(vectors_.ids.begin(), vectors_.ids.end(), [](int32_t id) { return id > 1; });
    report.missing = vocabulary_.size() - 2 - report.found;
    return std::move(vectors_);
  }

 private:
  const Vocabulary& vocabulary_;
  WordVectorOptions options_;
  WordVectors vectors_;
  std::vector<bool> found_;
};

/// A line of text, cut at its blanks.
struct Fields {
  std::string_view line;
  std::vector<std::string_view> list;

  void cut(std::string_view new_line) {
    line = without_blanks_at_end(new_line);
    list.clear();
    for (size_t begin = 0; begin < line.size();) {
      size_t end = begin;
      while (end < line.size() && !is_blank(line[end])) ++end;
      list.push_back(line.substr(begin, end - begin));
      begin = end;
      while (begin < line.size() && is_blank(line[begin])) ++begin;
    }
  }
  int64_t column(std::string_view field) const { return field.data() - line.data() + 1; }
  /// What stands before the last `dim` fields; has at least one field.
  std::string_view word(size_t dim) const {
    const std::string_view last = list[list.size() - dim - 1];
    return line.substr(0, static_cast<size_t>(last.data() + last.size() - line.data()));
  }
};

bool is_number(std::string_view text) {
  float ignored = 0;
  return parse_float(text, ignored) != NumberFault::not_a_number;
}

class TextReader {
 public:
  TextReader(ByteSource& source, Lookup& lookup) : source_(source), lookup_(lookup) {}

  void read() {
    while (const std::optional<std::string_view> line = source_.take_line(++line_number_)) {
      if (line_number_ == 1) {
        header_ = parse_header(*line);
        if (header_) {
          set_dim(header_->dim, "as the header says");
          continue;
        }
      }
      fields_.cut(*line);
      if (!fields_.list.empty()) read_vector();
    }
    if (header_ && lookup_.words() != header_->count) {
      throw errors::word_count_differs(source_.name(), header_->count, lookup_.words());
    }
  }

 private:
  DataPlace place(int64_t column = 0) const { return {source_.name(), line_number_, column}; }

  void set_dim(int64_t dim, std::string reason) {
    const int64_t wanted = lookup_.options().dim;
    if (dim < 1 || dim > kMostDims) throw errors::absurd_dim(place(), dim, kMostDims);
    if (wanted != 0 && dim != wanted) throw errors::other_dim(place(), wanted, dim);
    lookup_.set_dim(dim);
    dim_reason_ = std::move(reason);
  }

  void read_vector() {
    if (fields_.list[0].empty()) throw errors::no_word(place(1));
    if (lookup_.dim() == 0) {
      set_dim(static_cast<int64_t>(fields_.list.size()) - 1, "as in line " + std::to_string(line_number_));
    }
    const size_t dim = lookup_.dim();
    const size_t count = fields_.list.size();
    // One value too many looks like a word with a blank in it; a number there tells them apart.
    if (count < dim + 1 || (count > dim + 1 && is_number(fields_.list[count - dim - 1]))) {
      throw errors::wrong_value_count(place(), fields_.list[0], count - 1, dim, dim_reason_);
    }
    const std::optional<std::span<float>> row = lookup_.want(fields_.word(dim));
    if (!row) return;
    for (size_t i = 0; i < dim; ++i) {
      const std::string_view text = fields_.list[count - dim + i];
      const NumberFault fault = parse_float(text, (*row)[i]);
      if (fault == NumberFault::not_a_number) throw errors::not_a_number(place(fields_.column(text)), text);
      if (fault == NumberFault::not_finite) throw errors::not_finite(place(fields_.column(text)), text);
    }
  }

  ByteSource& source_;
  Lookup& lookup_;
  Fields fields_;
  int64_t line_number_ = 0;
  std::optional<Header> header_;
  std::string dim_reason_;
};

float little_endian_float(std::string_view bytes) {
  uint32_t word = 0;
  for (size_t i = 4; i-- > 0;) word = word << 8 | static_cast<uint8_t>(bytes[i]);
  return std::bit_cast<float>(word);
}

class BinaryReader {
 public:
  BinaryReader(ByteSource& source, Lookup& lookup) : source_(source), lookup_(lookup), name_(source.name()) {}

  void read() {
    read_header();
    for (number_ = 1; number_ <= count_; ++number_) read_record();
    skip_line_ends();
    if (!source_.peek(1).empty()) throw errors::bytes_after_last_word(name_, source_.offset(), count_);
  }

 private:
  void read_header() {
    const std::string_view start = source_.peek(64);
    const size_t line_end = start.find('\n');
    const std::optional<Header> header = parse_header(start.substr(0, line_end));
    if (!header || line_end == std::string_view::npos) throw errors::no_binary_header(name_);
    const int64_t dim = header->dim;
    const int64_t wanted = lookup_.options().dim;
    if (dim < 1 || dim > kMostDims) throw errors::absurd_binary_dim(name_, dim, kMostDims);
    if (wanted != 0 && dim != wanted) throw errors::other_binary_dim(name_, wanted, dim);
    lookup_.set_dim(dim);
    count_ = header->count;
    source_.take(line_end + 1);
  }

  void read_record() {
    skip_line_ends();
    const std::string word = take_word();
    const int64_t offset = source_.offset();
    const std::string_view bytes = source_.take(4 * lookup_.dim());
    if (bytes.size() < 4 * lookup_.dim()) throw errors::binary_ends(name_, source_.offset(), number_, count_);
    const std::optional<std::span<float>> row = lookup_.want(word);
    for (size_t i = 0; row && i < lookup_.dim(); ++i) {
      (*row)[i] = little_endian_float(bytes.substr(4 * i, 4));
      if (!std::isfinite((*row)[i])) {
        throw errors::binary_not_finite(name_, offset + 4 * static_cast<int64_t>(i), word);
      }
    }
  }

  std::string take_word() {
    const std::string_view window = source_.peek(kLongestWord);
    const size_t length = window.find(' ');
    if (length == std::string_view::npos) {
      if (window.size() < kLongestWord) throw errors::binary_ends(name_, source_.offset(), number_, count_);
      throw errors::no_blank_after_word(name_, source_.offset(), kLongestWord);
    }
    std::string word(window.substr(0, length));
    source_.take(length + 1);
    return word;
  }

  void skip_line_ends() {
    while (source_.peek(1) == "\n") source_.take(1);
  }

  ByteSource& source_;
  Lookup& lookup_;
  const std::string& name_;
  int64_t count_ = 0;
  int64_t number_ = 0;
};

/// True when a header is followed by a word and bytes that no decimal numbers are written with.
bool looks_binary(ByteSource& source) {
  const std::string_view start = source.peek(kLongestWord);
  const size_t line_end = start.find('\n');
  if (line_end == std::string_view::npos) return false;
  const std::optional<Header> header = parse_header(start.substr(0, line_end));
  const size_t blank = start.find(' ', line_end + 1);
  if (!header || header->dim < 1 || blank == std::string_view::npos) return false;
  // In text, a number takes two bytes or more with the blank after it: so many bytes belong to this word.
  const int64_t surely_numbers = 2 * std::min<int64_t>(header->dim, 32) - 1;
  const std::string_view numbers = start.substr(blank + 1, static_cast<size_t>(surely_numbers));
  return std::any_of(numbers.begin(), numbers.end(), [](char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t' && c != '\r' && c != '\n') || byte > '~';
  });
}

}  // namespace

WordVectors read_word_vectors(std::istream& stream, const std::string& name, const Vocabulary& vocabulary,
                              const WordVectorOptions& options) {
  ByteSource source(stream, name);
  Lookup lookup(vocabulary, options);
  const std::string_view start = source.peek(4);
  if (start.starts_with("\x1F\x8B") || start.starts_with("PK\x03\x04")) throw errors::compressed(name);
  if (starts_with_byte_order_mark(start)) source.take(3);
  const bool binary = options.format == WordVectorFormat::automatic
                          ? looks_binary(source)
                          : options.format == WordVectorFormat::binary;
  binary ? BinaryReader(source, lookup).read() : TextReader(source, lookup).read();
  if (lookup.words() == 0) throw errors::no_word_vectors(name);
  return lookup.finish();
}

WordVectors read_word_vectors(const std::string& path, const Vocabulary& vocabulary,
                              const WordVectorOptions& options) {
  if (path == "-") return read_word_vectors(std::cin, "standard input", vocabulary, options);
  if (std::filesystem::is_directory(path)) throw errors::folder_for_file(path);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw cannot_open(path, errno);
  return read_word_vectors(file, path, vocabulary, options);
}

}  // namespace runnel
