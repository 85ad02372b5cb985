#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// A text out of a file as an error shows it: in double quotes, with `\n`, `\"`, `\\` and `\x1b` for what
/// would not print or is not UTF-8, and cut after about 60 bytes. So a hostile name cannot garble a terminal.
std::string quote(std::string_view text);

/// What errors call the file at `path`: "standard input" for "-".
std::string display_name(const std::string& path);

}  // namespace runnel
