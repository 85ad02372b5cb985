#include "runnel/data/data_errors.h"

#include <fmt/format.h>

#include "runnel/text/show.h"
#include "runnel/text/spelling.h"

namespace runnel::errors {
namespace {

void suggest(std::vector<ErrorDetail>& details, std::string_view asked, std::span<const std::string> names) {
  if (const auto nearest = nearest_spelling(asked, names)) {
    details.push_back({"fix", fmt::format("did you mean {}?", in_quotes(*nearest))});
  }
}

std::string name_of(TableCell::Content content) {
  switch (content) {
    case TableCell::Content::null:
      return "null";
    case TableCell::Content::list:
      return "a list";
    case TableCell::Content::object:
      return "an object";
    default:
      return "missing";
  }
}

}  // namespace

DataError no_such_column(const std::string& file, std::string_view asked,
                         std::span<const std::string> columns) {
  std::vector<ErrorDetail> details = {{"columns", listed(columns)}};
  suggest(details, asked, columns);
  return DataError({.file = file}, fmt::format("there is no column {}", in_quotes(asked)), details);
}

DataError column_name_twice(const std::string& file, std::string_view name, int64_t first, int64_t second) {
  return DataError({.file = file},
                   fmt::format("columns {} and {} are both named {}", first, second, in_quotes(name)),
                   {{"fix", fmt::format("take the column by its number, {} or {}", first, second)}});
}

DataError no_text(const DataPlace& place, const std::string& key, TableCell::Content content) {
  return DataError(place, fmt::format("key {} is {}", in_quotes(key), name_of(content)),
                   {{"expected", "text, a number, true or false"}});
}

DataError empty_file(const std::string& file) { return DataError({.file = file}, "is empty, expected rows"); }

DataError header_only(const std::string& file) {
  return DataError({.file = file}, "has a header and no rows",
                   {{"why", "the first row was taken for the names of the columns"}});
}

OptionError unknown_table_format(std::string_view name) {
  return OptionError(fmt::format("there is no format {}", in_quotes(name)),
                     {{"expected", "csv, tsv, jsonl, text or automatic"}});
}

OptionError format_not_told(const std::string& path) {
  return OptionError(fmt::format("the name {} does not tell the format of the file", in_quotes(path)),
                     {{"expected", "a name that ends in .csv, .tsv, .jsonl or .txt"},
                      {"fix", "give the format: csv, tsv, jsonl or text"}});
}

DataError unclosed_quote(const DataPlace& opened) {
  return DataError(opened, "this quote is never closed",
                   {{"fix", "close it; a quote that is part of the text is written twice: \"\""}});
}

DataError stray_quote(const DataPlace& place, bool only_blanks_before) {
  if (only_blanks_before) {
    return DataError(place, "a blank stands before this quote", {{"fix", "begin the field with the quote"}});
  }
  return DataError(place, "a quote inside a field that does not begin with one",
                   {{"fix", "put the field in quotes and write this quote twice: \"5\"\" disk\""}});
}

DataError text_after_quote(const DataPlace& place, const DataPlace& opened) {
  return DataError(
      place, "text after the quote that closes the field",
      {{"why", fmt::format("the field began with the quote in line {}, byte {}", opened.line, opened.column)},
       {"fix", "a quote that is part of the text is written twice: \"\""}});
}

DataError too_few_fields(const DataPlace& row_end, size_t got, std::span<const std::string> columns) {
  return DataError(row_end, fmt::format("the row ends after field {}, expected {}", got, columns.size()),
                   {{"columns", listed(columns)}});
}

DataError too_many_fields(const std::string& file, std::span<const TableCell> row,
                          std::span<const std::string> columns, char delimiter) {
  const TableCell& surplus = row[columns.size()];
  return DataError({file, surplus.line, surplus.column},
                   fmt::format("the row has {} fields, expected {}", row.size(), columns.size()),
                   {{"columns", listed(columns)},
                    {"got", fmt::format("{} after the last column", in_quotes(surplus.text))},
                    {"fix", delimiter == ',' ? "put a text that holds commas in quotes"
                                             : "a text in TSV holds no tabs; in CSV it may, in quotes"}});
}

DataError not_json(const DataPlace& place, std::string_view line, std::string_view reason) {
  // "[json.exception.parse_error.101] parse error at line 1, column 5: what; last read: 'text'; expected …"
  const size_t column = reason.find("column ");
  const size_t colon = reason.find(": ", column == std::string_view::npos ? 0 : column);
  std::string why(colon == std::string_view::npos ? reason : reason.substr(colon + 2));
  const size_t last_read = why.find("; last read: '");
  const size_t quote = why.rfind('\'');
  if (last_read != std::string::npos) why.erase(last_read, quote + 1 - last_read);
  const size_t here = static_cast<size_t>(place.column - 1);
  const std::string at = here < line.size() ? in_quotes(line.substr(here)) : "the end of the line";
  return DataError(place, fmt::format("not JSON, at {}", at), {{"why", why}});
}

DataError no_json_object(const DataPlace& place) {
  return DataError(place, "not a JSON object",
                   {{"expected", "one object a line: {\"text\": \"…\", \"label\": \"…\"}"}});
}

DataError key_twice(const DataPlace& place, std::string_view key) {
  return DataError(place, fmt::format("key {} occurs twice", in_quotes(key)));
}

OptionError bad_fraction(double fraction) {
  return OptionError(fmt::format("split: a fraction is {}, expected more than 0 and at most 1", fraction));
}

OptionError fractions_do_not_sum(std::span<const double> fractions, double sum) {
  return OptionError(
      fmt::format("split: the fractions {} sum to {:.6g}, expected 1", fmt::join(fractions, ", "), sum));
}

OptionError too_few_to_split(const std::string& what, int64_t count, size_t parts) {
  return OptionError(fmt::format("split: {} {} cannot fill {} parts", count, what, parts));
}

DataError empty_label(const DataPlace& place) { return DataError(place, "the label is empty"); }

DataError unknown_label(const DataPlace& place, std::string_view label, std::span<const std::string> labels) {
  std::vector<ErrorDetail> details = {{"known", listed(labels)}};
  suggest(details, label, labels);
  return DataError(place, fmt::format("unknown label {}", in_quotes(label)), details);
}

OptionError bad_batch_option(std::string_view option, int64_t value, int64_t least) {
  return OptionError(fmt::format("batches: {} is {}, expected {} or more", option, value, least));
}

OptionError no_examples(std::string_view what) {
  return OptionError(fmt::format("{}: there are no examples", what));
}

}  // namespace runnel::errors
