#include "runnel/explain/layout.h"

#include <algorithm>

namespace runnel {
namespace {

constexpr size_t kGap = 2;
/// The least width for a column of prose.
constexpr size_t kNarrow = 20;

bool continues_character(char byte) { return (byte & 0xC0) == 0x80; }

std::string without_blanks_at_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

size_t left_width(const Row& row) { return columns(row.head) + columns(row.left); }

/// Where the right parts begin.
size_t right_column(const std::vector<Row>& rows) {
  size_t column = 0;
  for (const Row& row : rows) {
    if (!row.breakable) column = std::max(column, left_width(row) + kGap);
  }
  if (column > 0) return column;
  for (const Row& row : rows) column = std::max(column, left_width(row) + kGap);
  return column;
}

/// Both parts side by side.
std::string side_by_side(const Row& row, size_t column) {
  if (row.breakable && row.right.empty()) return hanging(row.head, row.rest, row.left);
  const size_t head = columns(row.head);
  const std::vector<std::string> left =
      row.breakable ? wrapped(row.left, column - kGap - head) : std::vector<std::string>{row.left};
  const std::vector<std::string> right = wrapped(row.right, kPageWidth - column);
  std::string text;
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string line = (i == 0 ? row.head : row.rest) + (i < left.size() ? left[i] : "");
    text += without_blanks_at_end(padded(line, column) + (i < right.size() ? right[i] : "")) + "\n";
  }
  return text;
}

std::string one_below_the_other(const Row& row) {
  const std::string left = row.breakable ? hanging(row.head, row.rest, row.left)
                                         : without_blanks_at_end(row.head + row.left) + "\n";
  return row.right.empty() ? left : left + hanging(row.rest, row.rest, row.right);
}

}  // namespace

size_t columns(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size());
    } else if (!continues_character(text[i])) {
      ++count;
    }
  }
  return count;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (size_t at; (at = text.find(from)) != std::string_view::npos; text.remove_prefix(at + from.size())) {
    result.append(text.substr(0, at)).append(to);
  }
  return result.append(text);
}

std::string padded(const std::string& text, size_t width) {
  const size_t taken = columns(text);
  return taken < width ? text + std::string(width - taken, ' ') : text;
}

std::string padded_left(const std::string& text, size_t width) {
  const size_t taken = columns(text);
  return taken < width ? std::string(width - taken, ' ') + text : text;
}

std::vector<std::string> wrapped(const std::string& text, size_t width) {
  std::vector<std::string> lines{""};
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!lines.back().empty() && columns(lines.back()) + 1 + columns(word) > width) lines.push_back("");
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    begin = end + 1;
  }
  for (std::string& line : lines) line = replace_all(line, kNoBreak, " ");
  return lines;
}

std::string hanging(const std::string& first, const std::string& rest, const std::string& text) {
  const size_t indent = std::max(columns(first), columns(rest));
  std::string result;
  for (const std::string& line : wrapped(text, kPageWidth - std::min(indent, kPageWidth - kNarrow))) {
    result += without_blanks_at_end((result.empty() ? first : rest) + line) + "\n";
  }
  return result;
}

std::string aligned_rows(const std::vector<Row>& rows) {
  const size_t column = right_column(rows);
  const bool room = column + kNarrow <= kPageWidth;
  std::string text;
  for (const Row& row : rows) text += room ? side_by_side(row, column) : one_below_the_other(row);
  return text;
}

}  // namespace runnel
