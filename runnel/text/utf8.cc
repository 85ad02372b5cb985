#include "runnel/text/utf8.h"

#include <algorithm>
#include <cstring>

#include "runnel/text/text_errors.h"

namespace runnel {
namespace {

uint8_t byte_at(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

}  // namespace

int utf8_length_at(std::string_view text, size_t offset) {
  const uint8_t first = byte_at(text, offset);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() - offset < static_cast<size_t>(length)) return 0;
  const uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  const uint8_t second = byte_at(text, offset + 1);
  if (second < low || second > high) return 0;
  for (int i = 2; i < length; ++i) {
    if ((byte_at(text, offset + static_cast<size_t>(i)) & 0xC0) != 0x80) return 0;
  }
  return length;
}

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8) {  // eight ASCII characters at once
      uint64_t word;
      std::memcpy(&word, text.data() + i, 8);
      if ((word & 0x8080808080808080) == 0) {
        i += 8;
        continue;
      }
    }
    const int length = utf8_length_at(text, i);
    if (length == 0) return i;
    i += static_cast<size_t>(length);
  }
  return std::nullopt;
}

DataPlace place_in(std::string_view text, size_t offset, const DataPlace& start) {
  const std::string_view before = text.substr(0, offset);
  const int64_t lines = std::count(before.begin(), before.end(), '\n');
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  const int64_t column = static_cast<int64_t>(offset - line_start) + (lines == 0 ? start.column : 1);
  return {.file = start.file, .line = start.line + lines, .column = column};
}

void require_utf8(std::string_view text, const DataPlace& start) {
  if (const std::optional<size_t> fault = find_invalid_utf8(text)) {
    throw errors::invalid_utf8(text, *fault, place_in(text, *fault, start));
  }
}

}  // namespace runnel
