#include "runnel/text/text_errors.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/text/show.h"

namespace runnel::errors {
namespace {

struct Utf8Fault {
  size_t bytes;  ///< how many, from the first on, show the fault
  std::string why;
};

uint8_t byte_or_zero(std::string_view text, size_t i) {
  return i < text.size() ? static_cast<uint8_t>(text[i]) : 0;
}

Utf8Fault diagnose(std::string_view text, size_t offset) {
  const uint8_t first = byte_or_zero(text, offset);
  if (first < 0xC0) return {1, "this byte continues a character, but none was begun"};
  if (first < 0xC2 || first > 0xF4) return {1, "this byte occurs in no UTF-8 text"};
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const size_t present = std::min(length, text.size() - offset);
  for (size_t i = 1; i < present; ++i) {
    if ((byte_or_zero(text, offset + i) & 0xC0) != 0x80) {
      return {i + 1, fmt::format("0x{:02X} begins a character of {} bytes, and 0x{:02X} does not continue it",
                                 first, length, byte_or_zero(text, offset + i))};
    }
  }
  const uint8_t second = byte_or_zero(text, offset + 1);
  if (present > 1) {
    if (first == 0xED && second > 0x9F) return {2, "this is half of a UTF-16 surrogate pair, never in UTF-8"};
    if (first == 0xF4 && second > 0x8F) return {2, "this is past U+10FFFF, the last character"};
    if ((first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90)) {
      return {2, "this spells a character with more bytes than it needs"};
    }
  }
  return {present, fmt::format("0x{:02X} begins a character of {} bytes, and the text ends before it does",
                               first, length)};
}

bool looks_like_utf16(std::string_view text, size_t offset, const DataPlace& place) {
  return place.line == 1 && place.column == 1 && offset == 0 &&
         (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"));
}

}  // namespace

DataError invalid_utf8(std::string_view text, size_t offset, const DataPlace& place) {
  const bool utf16 = looks_like_utf16(text, offset, place);
  const Utf8Fault fault = utf16 ? Utf8Fault{2, "these bytes begin a UTF-16 file"} : diagnose(text, offset);
  std::string bytes;
  for (size_t i = 0; i < fault.bytes; ++i) bytes += fmt::format(" 0x{:02X}", byte_or_zero(text, offset + i));
  const std::string fix = utf16 ? "convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW"
                                : "save the text as UTF-8; from Windows-1252 or Latin-1: "
                                  "iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW";
  return DataError(place, fmt::format("invalid UTF-8: {}{}", fault.bytes == 1 ? "byte" : "bytes", bytes),
                   {{"why", fault.why}, {"fix", fix}});
}

OptionError unknown_tokenizer(std::string_view name) {
  return OptionError(fmt::format("there is no tokenizer {}", in_quotes(name)),
                     {{"expected", "words, characters or whitespace"}});
}

OptionError min_count_too_small(int64_t min_count) {
  return OptionError(fmt::format("Vocabulary: min_count is {}, expected 1 or more", min_count));
}

OptionError max_size_too_small(int64_t max_size) {
  return OptionError(fmt::format("Vocabulary: max_size is {}, expected 0 (no limit) or 3 or more", max_size),
                     {{"why", "<pad> and <unk> count too, so that 3 is room for one word"}});
}

OptionError id_outside_vocabulary(int64_t id, int64_t size) {
  return OptionError(fmt::format("Vocabulary: id {} is outside 0 … {}", id, size - 1));
}

DataError special_missing(const std::string& source, int32_t id, std::string_view expected,
                          std::string_view got) {
  return DataError({.file = source},
                   fmt::format("word {} is {}, expected {}", id, in_quotes(got), in_quotes(expected)));
}

DataError special_missing(const std::string& source, int32_t id, std::string_view expected) {
  return DataError({.file = source}, fmt::format("word {} is missing, expected {}", id, in_quotes(expected)));
}

DataError word_twice(const std::string& source, std::string_view word, int32_t first, int32_t second) {
  return DataError({.file = source},
                   fmt::format("{} occurs twice: as word {} and as word {}", in_quotes(word), first, second));
}

DataError unreadable_stream(const std::string& name) { return DataError({.file = name}, "cannot read on"); }

DataError line_too_long(const std::string& name, int64_t line, size_t limit) {
  return DataError({name, line, 0}, fmt::format("the line is longer than {} MiB", limit >> 20),
                   {{"why", "a word and its vector stand on a line; this looks like another kind of file"}});
}

DataError compressed(const std::string& file) {
  return DataError({.file = file}, "is compressed", {{"fix", "unpack it first, with unzip or gunzip"}});
}

DataError no_word_vectors(const std::string& file) {
  return DataError({.file = file}, "holds no word vectors",
                   {{"expected", "lines of a word and its numbers"}});
}

DataError word_count_differs(const std::string& file, int64_t promised, int64_t got) {
  return DataError({.file = file}, fmt::format("holds {} words, the header promises {}", got, promised),
                   {{"fix", "get the file again, it may be cut off; or correct or remove its first line"}});
}

DataError absurd_dim(const DataPlace& place, int64_t dim, int64_t most) {
  return DataError(place, fmt::format("a vector of {} numbers, expected 1 … {}", dim, most),
                   {{"expected", "a word and its numbers, with blanks between them"}});
}

DataError other_dim(const DataPlace& place, int64_t wanted, int64_t got) {
  return DataError(place, fmt::format("the vectors have {} numbers, expected {}", got, wanted),
                   {{"fix", fmt::format("a file of vectors of {}, or an embedding_dim of {}", wanted, got)}});
}

DataError wrong_value_count(const DataPlace& place, std::string_view word, size_t got, size_t expected,
                            const std::string& reason) {
  return DataError(place,
                   fmt::format("{} has {} numbers, expected {}, {}", in_quotes(word), got, expected, reason));
}

DataError no_word(const DataPlace& place) {
  return DataError(place, "the line begins with a blank, expected a word");
}

DataError not_a_number(const DataPlace& place, std::string_view text) {
  return DataError(place, fmt::format("{} is not a number", in_quotes(text)));
}

DataError not_finite(const DataPlace& place, std::string_view text) {
  return DataError(place, fmt::format("{} is not a finite float32", in_quotes(text)));
}

FormatError no_binary_header(const std::string& file) {
  return FormatError(file, 0, "is no binary file of word2vec's",
                     {{"expected", "a first line with the number of words and the length of a vector"}});
}

FormatError absurd_binary_dim(const std::string& file, int64_t dim, int64_t most) {
  return FormatError(file, 0,
                     fmt::format("the header promises vectors of {} numbers, expected 1 … {}", dim, most));
}

FormatError other_binary_dim(const std::string& file, int64_t wanted, int64_t got) {
  return FormatError(
      file, 0, fmt::format("the vectors have {} numbers, expected {}", got, wanted),
      {{"fix", fmt::format("a file of vectors of {}, or an embedding_dim of {}", wanted, got)}});
}

FormatError binary_ends(const std::string& file, int64_t offset, int64_t word, int64_t promised) {
  return FormatError(file, offset, fmt::format("the file ends in word {} of {}", word, promised),
                     {{"fix", "get the file again, it is cut off"}});
}

FormatError no_blank_after_word(const std::string& file, int64_t offset, size_t limit) {
  return FormatError(file, offset, fmt::format("no word ends within {} bytes", limit),
                     {{"expected", "a word, a blank, and its numbers"}});
}

FormatError binary_not_finite(const std::string& file, int64_t offset, std::string_view word) {
  return FormatError(file, offset, fmt::format("a number of {} is not finite", in_quotes(word)));
}

FormatError bytes_after_last_word(const std::string& file, int64_t offset, int64_t promised) {
  return FormatError(file, offset,
                     fmt::format("the file goes on after the {} words that its header promises", promised));
}

}  // namespace runnel::errors
