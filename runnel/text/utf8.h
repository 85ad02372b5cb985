#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runnel/base/error.h"

namespace runnel {

/// The bytes of the UTF-8 character that begins at `offset`, 1 … 4; 0 when none does.
/// Source: The Unicode Standard 15.0, table 3-7.
/// Surrogates and longer spellings than needed are no characters.
int utf8_length_at(std::string_view text, size_t offset);

/// The offset of the first byte that does not begin a UTF-8 character where one must begin.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// The place of byte `offset` of a text whose first byte stands at `start`. A line ends at '\n'.
DataPlace place_in(std::string_view text, size_t offset, const DataPlace& start);

/// Checks that a text is UTF-8. `start` is the place of its first byte.
/// Throws  DataError at the first byte at fault, naming the bytes and the cause.
void require_utf8(std::string_view text, const DataPlace& start = {.file = "text", .line = 1, .column = 1});

/// True for the byte order mark, U+FEFF, at the start: three bytes that some programs put before a text.
inline bool starts_with_byte_order_mark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF"); }

}  // namespace runnel
