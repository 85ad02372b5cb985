#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/base/error.h"

namespace runnel {

/// One value of a row: its text, or why it has none, and where it stands.
struct TableCell {
  enum class Content { text, missing, null, list, object };

  std::string text;
  int64_t line = 0;    ///< from 1
  int64_t column = 0;  ///< the byte in the line, from 1; 0 when not known
  Content content = Content::text;
};

/// Rows of text under named columns, as read from a file: [row, column]. Every cell remembers its place, so
/// that an error about it can say where it stands.
class Table {
 public:
  /// `name` is what errors call the file.
  Table(std::string name, std::vector<std::string> columns);
  void add_row(std::vector<TableCell> cells);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& columns() const { return columns_; }
  int64_t row_count() const { return static_cast<int64_t>(rows_.size()); }

  /// Whether a column has this name or this number, from 1.
  bool has_column(std::string_view name_or_number) const;
  /// The index, from 0, of the column with this name;
  /// where none has it, of the column with this number, from 1.
  /// Throws  DataError when there is none, listing the columns and the nearest spelling;
  ///         also when two columns have the name.
  int64_t column(std::string_view name_or_number) const;
  /// Throws  DataError when a row of JSON lacks the key, or holds something else there than text,
  ///         a number, true or false.
  const std::string& text(int64_t row, int64_t column) const;
  /// The texts of a column, row by row. Throws like text().
  std::vector<std::string> texts(int64_t column) const;
  /// Where a cell stands: `data.csv:7:12`; the row alone, `data.jsonl:7`, when no more is known.
  DataPlace place(int64_t row, int64_t column) const;

 private:
  std::string name_;
  std::vector<std::string> columns_;
  std::vector<std::vector<TableCell>> rows_;
};

}  // namespace runnel
