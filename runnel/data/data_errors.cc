#include "runnel/data/data_errors.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/base/shell_word.h"
#include "runnel/base/spelling.h"
#include "runnel/text/remedies.h"
#include "runnel/text/show.h"

namespace runnel::errors {
namespace {

void suggest(std::vector<ErrorDetail>& details, std::string_view asked, std::span<const std::string> names) {
  if (const auto nearest = meant_by(asked, names)) {
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

/// `.text`, or `.["the text"]`: a key as jq takes it.
std::string jq_key(const std::string& key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(),
                                                 [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return plain ? "." + key : fmt::format(".[\"{}\"]", key);
}

/// The command that makes a file of rows that have a text under the key.
std::string with_texts(const std::string& file, const std::string& key, TableCell::Content content) {
  const std::string of = jq_key(key);
  const std::string program = content == TableCell::Content::list
                                  ? of + " |= if type == \"array\" then join(\" \") else . end"
                              : content == TableCell::Content::object ? of + " |= tostring"
                                                                      : fmt::format("select({} != null)", of);
  const char* what = content == TableCell::Content::list     ? "the list as one text"
                     : content == TableCell::Content::object ? "its JSON as the text"
                                                             : "without such rows";
  return fmt::format("{}:\njq -c '{}' {} > NEW", what, program, shell_word(file));
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
                   {{"why", "a name must tell which column is meant"},
                    {"fix", fmt::format("take the column by its number, {} or {}", first, second)}});
}

DataError no_text(const DataPlace& place, const std::string& key, TableCell::Content content) {
  return DataError(
      place, fmt::format("key {} is {}", in_quotes(key), name_of(content)),
      {{"expected", "text, a number, true or false"}, {"fix", with_texts(place.file, key, content)}});
}

DataError empty_file(const std::string& file) { return DataError({.file = file}, "is empty, expected rows"); }

DataError header_only(const std::string& file) {
  return DataError({.file = file}, "has a header and no rows",
                   {{"why", "the first row was taken for the names of the columns"},
                    {"fix", "--no-header, if it is a row like others"}});
}

OptionError unknown_table_format(std::string_view name) {
  static const std::vector<std::string> formats = {"csv", "tsv", "jsonl", "text", "automatic"};
  std::vector<ErrorDetail> details = {{"expected", "csv, tsv, jsonl, text or automatic"}};
  suggest(details, name, formats);
  return OptionError(fmt::format("there is no format {}", in_quotes(name)), std::move(details));
}

OptionError format_not_told(const std::string& path) {
  const auto ends_in = [&](std::initializer_list<const char*> endings) {
    return std::any_of(endings.begin(), endings.end(),
                       [&](const char* ending) { return path.ends_with(ending); });
  };
  const bool arrays = ends_in({".npy", ".npz", ".safetensors", ".pt", ".pth"});
  const bool sheet = ends_in({".xls", ".xlsx", ".ods"});
  const std::string why = arrays  ? "such a file holds arrays of numbers; what is read here are rows of texts"
                          : sheet ? "a spreadsheet is no text"
                                  : "each format parts the columns in its own way";
  const std::string fix = arrays  ? "a table with a column of texts and one of labels"
                          : sheet ? "save it as CSV: libreoffice --convert-to csv " + shell_word(path)
                                  : "--format csv (or tsv, jsonl, text)";
  return OptionError(
      path == "-" ? "standard input has no name that tells its format"
                  : fmt::format("the name {} does not tell the format of the file", in_quotes(path)),
      {{"expected", path == "-" ? "--format" : "a name that ends in .csv, .tsv, .jsonl or .txt"},
       {"why", why},
       {"fix", fix}});
}

DataError unclosed_quote(const DataPlace& opened) {
  return DataError(opened, "this quote is never closed",
                   {{"why", "all that follows, to the end of the file, would be one field"},
                    {"fix", "close it; a quote that is part of the text is written twice: \"\""}});
}

DataError stray_quote(const DataPlace& place, bool only_blanks_before) {
  if (only_blanks_before) {
    return DataError(
        place, "a blank stands before this quote",
        {{"why", "a quote opens a field only as its first byte; behind a blank it is part of the text"},
         {"fix", "begin the field with the quote"}});
  }
  return DataError(place, "a quote inside a field that does not begin with one",
                   {{"why", "a field is either in quotes as a whole or without any"},
                    {"fix", "put the field in quotes and write this quote twice: \"5\"\" disk\""}});
}

DataError text_after_quote(const DataPlace& place, const DataPlace& opened) {
  return DataError(
      place, "text after the quote that closes the field",
      {{"why", fmt::format("the field began with the quote in line {}, byte {}", opened.line, opened.column)},
       {"fix", "a quote that is part of the text is written twice: \"\""}});
}

DataError too_few_fields(const DataPlace& row_end, size_t got, std::span<const std::string> columns) {
  return DataError(row_end, fmt::format("the row ends after field {}, expected {}", got, columns.size()),
                   {{"columns", listed(columns)},
                    {"why", "each row has a field for each column of the first row, an empty one too"},
                    {"fix", "write what is missing; a text with a line end in it needs quotes around it"}});
}

DataError too_many_fields(const std::string& file, std::span<const TableCell> row,
                          std::span<const std::string> columns, char delimiter) {
  const TableCell& surplus = row[columns.size()];
  return DataError({file, surplus.line, surplus.column},
                   fmt::format("the row has {} fields, expected {}", row.size(), columns.size()),
                   {{"columns", listed(columns)},
                    {"got", fmt::format("{} after the last column", in_quotes(surplus.text))},
                    {"why", delimiter == ',' ? "a comma outside quotes begins the next field"
                                             : "a tab begins the next field"},
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
  return DataError(place, fmt::format("not JSON, at {}", at),
                   {{"why", why}, {"fix", "in Python, a line for each row: json.dumps(row)"}});
}

DataError no_json_object(const DataPlace& place) {
  return DataError(
      place, "not a JSON object",
      {{"expected", "one object a line: {\"text\": \"…\", \"label\": \"…\"}"},
       {"why", "the keys of the objects are the names of the columns"},
       {"fix", fmt::format("of one list of objects: jq -c '.[]' {} > NEW", shell_word(place.file))}});
}

DataError key_twice(const DataPlace& place, std::string_view key) {
  return DataError(place, fmt::format("key {} occurs twice", in_quotes(key)),
                   {{"why", "a column has one value a row; which of the two is meant?"},
                    {"fix", fmt::format("keeps the last one: jq -c . {} > NEW", shell_word(place.file))}});
}

OptionError bad_fraction(double fraction) {
  return OptionError(fmt::format("split: a fraction is {}, expected more than 0 and at most 1", fraction),
                     {{"why", "it is the share of the rows that one part gets"}, {"fix", "0.8, 0.1, 0.1"}});
}

OptionError fractions_do_not_sum(std::span<const double> fractions, double sum) {
  std::vector<ErrorDetail> details{{"why", "every row goes into one part"}};
  const double rest = fractions.empty() ? 0 : 1 - (sum - fractions.back());
  if (rest > 1e-6) {
    std::string fitting;
    for (const double fraction : fractions.first(fractions.size() - 1))
      fitting += fmt::format("{}, ", fraction);
    details.push_back({"fix", fmt::format("{}{:.6g}", fitting, rest)});
  }
  return OptionError(
      fmt::format("split: the fractions {} sum to {:.6g}, expected 1", fmt::join(fractions, ", "), sum),
      std::move(details));
}

OptionError too_few_to_split(const std::string& what, int64_t count, size_t parts) {
  const bool groups = what == "groups";
  return OptionError(
      fmt::format("split: {} {} cannot fill {} parts", count, what, parts),
      {{"why", groups ? "rows of one group stay together, and no part may be empty" : "no part may be empty"},
       {"fix", groups ? "a --group of more values, or none" : "more rows"}});
}

DataError empty_label(const DataPlace& place) {
  return DataError(place, "the label is empty",
                   {{"why", "what a network learns is the label that belongs to the text"},
                    {"fix", without_line(place, "write the label")}});
}

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
