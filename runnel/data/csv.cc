#include "runnel/data/csv.h"

#include <optional>

#include "runnel/data/data_errors.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

/// Reads a row after the other.
class RowReader {
 public:
  RowReader(std::string_view content, const std::string& name, char delimiter, bool quotes)
      : content_(content), name_(name), delimiter_(delimiter), quotes_(quotes) {
    require_utf8(content, {.file = name, .line = 1, .column = 1});
    if (starts_with_byte_order_mark(content)) pos_ = 3;
  }

  std::optional<std::vector<TableCell>> next() {
    while (const size_t length = line_end_at(pos_)) end_line(length);  // lines with nothing on them
    if (pos_ == content_.size()) return std::nullopt;
    std::vector<TableCell> row;
    row.reserve(expected_fields_);
    while (true) {
      row.push_back(at(pos_) == '"' && quotes_ ? quoted_field() : bare_field());
      if (at(pos_) != delimiter_) break;
      ++pos_;
    }
    row_end_ = place(pos_);
    if (const size_t length = line_end_at(pos_)) end_line(length);
    expected_fields_ = row.size();
    return row;
  }

  char delimiter() const { return delimiter_; }
  /// Just past the last field of the last row.
  const DataPlace& row_end() const { return row_end_; }

 private:
  char at(size_t pos) const { return pos < content_.size() ? content_[pos] : '\0'; }
  DataPlace place(size_t pos) const { return {name_, line_, static_cast<int64_t>(pos - line_start_) + 1}; }

  /// The length of the line end that stands here; 0 when none does. A "\r" at the very end is half of one.
  size_t line_end_at(size_t pos) const {
    if (at(pos) == '\n') return 1;
    if (at(pos) != '\r') return 0;
    return pos + 1 == content_.size() ? 1 : at(pos + 1) == '\n' ? 2 : 0;
  }

  void end_line(size_t length) {
    pos_ += length;
    line_start_ = pos_;
    ++line_;
  }

  TableCell cell_here() const {
    return {.text = {}, .line = line_, .column = static_cast<int64_t>(pos_ - line_start_) + 1};
  }

  TableCell bare_field() {
    TableCell cell = cell_here();
    const size_t start = pos_;
    while (pos_ < content_.size() && content_[pos_] != delimiter_ && !line_end_at(pos_)) {
      if (content_[pos_] == '"' && quotes_) {
        throw errors::stray_quote(place(pos_), content_.substr(start, pos_ - start).find_first_not_of(' ') ==
                                                   std::string_view::npos);
      }
      ++pos_;
    }
    cell.text = content_.substr(start, pos_ - start);
    return cell;
  }

  TableCell quoted_field() {
    TableCell cell = cell_here();
    const DataPlace opened = place(pos_);
    ++pos_;
    while (true) {
      const size_t quote = content_.find('"', pos_);
      if (quote == std::string_view::npos) throw errors::unclosed_quote(opened);
      count_lines(quote);
      cell.text += content_.substr(pos_, quote - pos_);
      pos_ = quote + 1;
      if (at(pos_) != '"') break;
      cell.text += '"';  // "" stands for one quote
      ++pos_;
    }
    if (pos_ < content_.size() && content_[pos_] != delimiter_ && !line_end_at(pos_)) {
      throw errors::text_after_quote(place(pos_), opened);
    }
    return cell;
  }

  /// Counts the lines that end between here and `end`, inside quotes.
  void count_lines(size_t end) {
    for (size_t i = content_.find('\n', pos_); i < end; i = content_.find('\n', i + 1)) {
      ++line_;
      line_start_ = i + 1;
    }
  }

  std::string_view content_;
  const std::string& name_;
  char delimiter_;
  bool quotes_;
  size_t pos_ = 0;
  int64_t line_ = 1;
  size_t line_start_ = 0;
  size_t expected_fields_ = 0;
  DataPlace row_end_;
};

Table parse_rows(RowReader reader, const std::string& name, const CsvOptions& options) {
  std::optional<std::vector<TableCell>> row = reader.next();
  if (!row) throw errors::empty_file(name);
  std::vector<std::string> columns;
  for (size_t i = 0; i < row->size(); ++i) {
    columns.push_back(options.header ? std::move((*row)[i].text) : std::to_string(i + 1));
  }
  Table table(name, columns);
  if (options.header) row = reader.next();
  for (; row; row = reader.next()) {
    if (row->size() < columns.size()) throw errors::too_few_fields(reader.row_end(), row->size(), columns);
    if (row->size() > columns.size()) throw errors::too_many_fields(name, *row, columns, reader.delimiter());
    table.add_row(std::move(*row));
  }
  if (table.row_count() == 0) throw errors::header_only(name);
  return table;
}

bool must_be_quoted(std::string_view field) {
  return field.find_first_of(",\"\r\n") != std::string_view::npos || starts_with_byte_order_mark(field);
}

}  // namespace

Table parse_csv(std::string_view content, const std::string& name, const CsvOptions& options) {
  return parse_rows(RowReader(content, name, ',', true), name, options);
}

Table parse_tsv(std::string_view content, const std::string& name, const CsvOptions& options) {
  return parse_rows(RowReader(content, name, '\t', false), name, options);
}

std::string to_csv_line(std::span<const std::string> fields) {
  if (fields.size() == 1 && fields[0].empty()) return "\"\"";  // an empty line would be passed over
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    if (!must_be_quoted(fields[i])) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (char c : fields[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line;
}

}  // namespace runnel
