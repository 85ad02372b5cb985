#pragma once

#include <span>
#include <string>
#include <string_view>

namespace runnel {

/// The whole text on one line: control characters and bytes that are not UTF-8 are escaped: `a\tb\xE9`.
std::string escaped(std::string_view text);

/// The columns of a terminal that a text takes: two a Chinese or Japanese character, none a combining one.
size_t columns_of(std::string_view text);

/// A piece of somebody's data as an error shows it: in double quotes, on one line, at most about 60 bytes.
/// Control characters and bytes that are not UTF-8 are escaped: `"a\tb\xE9"`; what is cut off becomes `…`.
std::string in_quotes(std::string_view text);

/// Names for an error: `text, label`; of more than ten the first ten and how many there are:
/// `a, b, c, d, e, f, g, h, i, j, … (58 in all)`.
std::string listed(std::span<const std::string> names);

}  // namespace runnel
