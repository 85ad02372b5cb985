#include "runnel/data/table.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <optional>

#include "runnel/data/data_errors.h"

namespace runnel {

namespace {

/// The number of a column, from 1, if the text is one.
std::optional<int64_t> column_number(std::string_view text, size_t columns) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  const bool fits =
      error == std::errc() && parsed == end && number >= 1 && number <= static_cast<int64_t>(columns);
  return fits ? std::optional(number) : std::nullopt;
}

}  // namespace

Table::Table(std::string name, std::vector<std::string> columns)
    : name_(std::move(name)), columns_(std::move(columns)) {}

void Table::add_row(std::vector<TableCell> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

bool Table::has_column(std::string_view name_or_number) const {
  return std::find(columns_.begin(), columns_.end(), name_or_number) != columns_.end() ||
         column_number(name_or_number, columns_.size()).has_value();
}

int64_t Table::column(std::string_view name_or_number) const {
  const auto first = std::find(columns_.begin(), columns_.end(), name_or_number);
  if (first != columns_.end()) {
    const auto second = std::find(first + 1, columns_.end(), name_or_number);
    if (second != columns_.end()) {
      throw errors::column_name_twice(name_, name_or_number, first - columns_.begin() + 1,
                                      second - columns_.begin() + 1);
    }
    return first - columns_.begin();
  }
  if (const auto number = column_number(name_or_number, columns_.size())) return *number - 1;
  throw errors::no_such_column(name_, name_or_number, columns_);
}

const std::string& Table::text(int64_t row, int64_t column) const {
  const TableCell& cell = rows_.at(static_cast<size_t>(row)).at(static_cast<size_t>(column));
  if (cell.content != TableCell::Content::text) {
    throw errors::no_text(place(row, column), columns_[static_cast<size_t>(column)], cell.content);
  }
  return cell.text;
}

std::vector<std::string> Table::texts(int64_t column) const {
  std::vector<std::string> list;
  list.reserve(rows_.size());
  for (int64_t row = 0; row < row_count(); ++row) list.push_back(text(row, column));
  return list;
}

DataPlace Table::place(int64_t row, int64_t column) const {
  const TableCell& cell = rows_.at(static_cast<size_t>(row)).at(static_cast<size_t>(column));
  return {.file = name_, .line = cell.line, .column = cell.column};
}

}  // namespace runnel
