#include "runnel/text/text_errors.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/base/shell_word.h"
#include "runnel/base/spelling.h"
#include "runnel/text/remedies.h"
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

constexpr const char* kNotSuchAFile = "the file is damaged, or was not written by word2vec in binary";
/// Of a file that ends too early or too late.
constexpr const char* kGetAgain = "get the file again, and compare its size";

bool looks_like_utf16(std::string_view text, size_t offset, const DataPlace& place) {
  return place.line == 1 && place.column == 1 && offset == 0 &&
         (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"));
}

std::vector<ErrorDetail> special_details() {
  return {{"why", "id 0 is padding and id 1 every unknown word, in each vocabulary"},
          {"fix", "Vocabulary::from_tokens({\"<pad>\", \"<unk>\", \"the\", …})"}};
}

/// The command that unpacks the file.
std::string unpacked(const std::string& file) {
  const std::string word = shell_word(file);
  if (file.ends_with(".zip")) return fmt::format("unzip {}", word);
  if (file.ends_with(".gz")) return fmt::format("gunzip -k {}", word);
  return fmt::format("unzip {}, or gunzip < {} > NEW", word, word);
}

std::vector<ErrorDetail> other_dim_details(int64_t wanted, int64_t got) {
  return {{"why", "a vector becomes a row of the Embedding, whose embedding_dim is its length"},
          {"fix", fmt::format("Embedding({}) in the network, or a file of vectors of {}", got, wanted)}};
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
  static const std::vector<std::string> names = {"words", "characters", "whitespace"};
  std::vector<ErrorDetail> details{{"expected", "words, characters or whitespace"}};
  if (const auto near = nearest_spelling(name, names))
    details.push_back({"fix", fmt::format("did you mean {}?", *near)});
  return OptionError(fmt::format("there is no tokenizer {}", in_quotes(name)), std::move(details));
}

OptionError min_count_too_small(int64_t min_count) {
  return OptionError(fmt::format("Vocabulary: min_count is {}, expected 1 or more", min_count));
}

OptionError max_size_too_small(int64_t max_size) {
  return OptionError(fmt::format("Vocabulary: max_size is {}, expected 0 (no limit) or 3 or more", max_size),
                     {{"why", "<pad> and <unk> count too, so that 3 is room for one word"},
                      {"fix", "max_size 10000, or 0"}});
}

OptionError id_outside_vocabulary(int64_t id, int64_t size) {
  return OptionError(fmt::format("Vocabulary: id {} is outside 0 … {}", id, size - 1),
                     {{"why", fmt::format("it has {} words; an id is the number of one of them", size)}});
}

DataError special_missing(const std::string& source, int32_t id, std::string_view expected,
                          std::string_view got) {
  return DataError({.file = source},
                   fmt::format("word {} is {}, expected {}", id, in_quotes(got), in_quotes(expected)),
                   special_details());
}

DataError special_missing(const std::string& source, int32_t id, std::string_view expected) {
  return DataError({.file = source}, fmt::format("word {} is missing, expected {}", id, in_quotes(expected)),
                   special_details());
}

DataError word_twice(const std::string& source, std::string_view word, int32_t first, int32_t second) {
  return DataError({.file = source},
                   fmt::format("{} occurs twice: as word {} and as word {}", in_quotes(word), first, second),
                   {{"why", "a word has one id, which picks one row of the Embedding"},
                    {"fix", fmt::format("tokens.erase(tokens.begin() + {})", second)}});
}

DataError unreadable_stream(const std::string& name) { return DataError({.file = name}, "cannot read on"); }

DataError line_too_long(const std::string& name, int64_t line, size_t limit) {
  return DataError({name, line, 0}, fmt::format("the line is longer than {} MiB", limit >> 20),
                   {{"why", "a word and its vector stand on a line; this looks like another kind of file"},
                    {"fix", fmt::format("head -c 300 {} shows how it begins", shell_word(name))}});
}

DataError compressed(const std::string& file) {
  return DataError({.file = file}, "is compressed",
                   {{"why", "word vectors are read as text or as word2vec's binary file, unpacked"},
                    {"fix", unpacked(file)}});
}

DataError no_word_vectors(const std::string& file) {
  return DataError({.file = file}, "holds no word vectors",
                   {{"expected", "lines of a word and its numbers"},
                    {"why", "it is empty, or has a header and nothing else"},
                    {"fix", "get the file again, or leave out --vectors"}});
}

DataError word_count_differs(const std::string& file, int64_t promised, int64_t got) {
  return DataError({.file = file}, fmt::format("holds {} words, the header promises {}", got, promised),
                   {{"why", "the first line, the header, tells how many words follow"},
                    {"fix", "get the file again, it may be cut off; or correct or remove its first line"}});
}

DataError absurd_dim(const DataPlace& place, int64_t dim, int64_t most) {
  return DataError(place, fmt::format("a vector of {} numbers, expected 1 … {}", dim, most),
                   {{"expected", "a word and its numbers, with blanks between them"},
                    {"why", "this looks like another kind of file than word vectors"},
                    {"fix", look_at(place)}});
}

DataError other_dim(const DataPlace& place, int64_t wanted, int64_t got) {
  return DataError(place, fmt::format("the vectors have {} numbers, expected {}", got, wanted),
                   other_dim_details(wanted, got));
}

DataError wrong_value_count(const DataPlace& place, std::string_view word, size_t got, size_t expected,
                            const std::string& reason) {
  return DataError(place,
                   fmt::format("{} has {} numbers, expected {}, {}", in_quotes(word), got, expected, reason),
                   {{"why", got < expected ? "the line was cut off, or a number is missing"
                                           : "there is a number too many, or a blank inside one"},
                    {"fix", look_at(place)}});
}

DataError no_word(const DataPlace& place) {
  return DataError(place, "the line begins with a blank, expected a word",
                   {{"why", "a blank separates the word from its numbers"},
                    {"fix", fmt::format("sed 's/^ *//' {} > NEW", shell_word(place.file))}});
}

DataError not_a_number(const DataPlace& place, std::string_view text) {
  std::string with_point(text);
  std::replace(with_point.begin(), with_point.end(), ',', '.');
  std::vector<ErrorDetail> details;
  const bool comma = std::count(text.begin(), text.end(), ',') == 1;
  if (comma) details.push_back({"why", "decimals stand behind a point here, not behind a comma"});
  details.push_back({"fix", without_line(place, comma ? with_point : "a number there")});
  return DataError(place, fmt::format("{} is not a number", in_quotes(text)), std::move(details));
}

DataError not_finite(const DataPlace& place, std::string_view text) {
  return DataError(place, fmt::format("{} is not a finite float32", in_quotes(text)),
                   {{"why", "the layers compute in float32, which ends at 3.4e38"},
                    {"fix", without_line(place, "a smaller number")}});
}

FormatError no_binary_header(const std::string& file) {
  return FormatError(file, 0, "is no binary file of word2vec's",
                     {{"expected", "a first line with the number of words and the length of a vector"},
                      {"fix", "WordVectorFormat::automatic, which reads texts as well"}});
}

FormatError absurd_binary_dim(const std::string& file, int64_t dim, int64_t most) {
  return FormatError(file, 0,
                     fmt::format("the header promises vectors of {} numbers, expected 1 … {}", dim, most),
                     {{"why", kNotSuchAFile}, {"fix", kGetAgain}});
}

FormatError other_binary_dim(const std::string& file, int64_t wanted, int64_t got) {
  return FormatError(file, 0, fmt::format("the vectors have {} numbers, expected {}", got, wanted),
                     other_dim_details(wanted, got));
}

FormatError binary_ends(const std::string& file, int64_t offset, int64_t word, int64_t promised) {
  return FormatError(file, offset, fmt::format("the file ends in word {} of {}", word, promised),
                     {{"why", "it was cut off, as by a full disk or a broken download"}, {"fix", kGetAgain}});
}

FormatError no_blank_after_word(const std::string& file, int64_t offset, size_t limit) {
  return FormatError(
      file, offset, fmt::format("no word ends within {} bytes", limit),
      {{"expected", "a word, a blank, and its numbers"}, {"why", kNotSuchAFile}, {"fix", kGetAgain}});
}

FormatError binary_not_finite(const std::string& file, int64_t offset, std::string_view word) {
  return FormatError(file, offset, fmt::format("a number of {} is not finite", in_quotes(word)),
                     {{"why", kNotSuchAFile}, {"fix", kGetAgain}});
}

FormatError bytes_after_last_word(const std::string& file, int64_t offset, int64_t promised) {
  return FormatError(file, offset,
                     fmt::format("the file goes on after the {} words that its header promises", promised),
                     {{"why", kNotSuchAFile}, {"fix", kGetAgain}});
}

}  // namespace runnel::errors
