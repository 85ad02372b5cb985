#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text on a page of 80 columns.
namespace runnel {

inline constexpr size_t kPageWidth = 80;

/// The columns that a text takes: one a character, none for the escapes that colour it.
size_t columns(std::string_view text);

/// The text with blanks up to a number of columns, behind it or, `right`, in front of it.
std::string padded(const std::string& text, size_t width);
std::string padded_left(const std::string& text, size_t width);

/// The text with each `from` replaced.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

/// A blank at which no line is broken. It is printed as a blank.
inline constexpr std::string_view kNoBreak = "\u00A0";

/// Lines of at most `width` columns, broken at blanks. A word that is wider stands on a line of its own.
/// An empty text is one empty line.
std::vector<std::string> wrapped(const std::string& text, size_t width);

/// A text as lines, `first` in front of the first and `rest` in front of the others.
std::string hanging(const std::string& first, const std::string& rest, const std::string& text);

/// A line of two columns, each of which may take several lines.
struct Row {
  std::string head;        ///< in front of the first line; in front of the others `rest`, as wide
  std::string rest;        ///< blanks, or the bar of a drawing
  std::string left = {};   ///< kept on one line, unless `breakable`
  std::string right = {};  ///< what is said about it; where there is nothing, `left` may take the whole line
  bool breakable = false;
};

/// Rows under each other, all right parts in one column. Where that column would be narrow, the right parts
/// stand below the left ones instead.
std::string aligned_rows(const std::vector<Row>& rows);

}  // namespace runnel
