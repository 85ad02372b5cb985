#include "runnel/data/read_table.h"

#include <algorithm>

#include "runnel/base/files.h"
#include "runnel/data/csv.h"
#include "runnel/data/data_errors.h"
#include "runnel/data/jsonl.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

struct NamedFormat {
  TableFormat format;
  const char* name;
};
constexpr NamedFormat kFormats[] = {{TableFormat::automatic, "automatic"},
                                    {TableFormat::csv, "csv"},
                                    {TableFormat::tsv, "tsv"},
                                    {TableFormat::jsonl, "jsonl"},
                                    {TableFormat::text, "text"}};

constexpr NamedFormat kEndings[] = {{TableFormat::csv, ".csv"},      {TableFormat::tsv, ".tsv"},
                                    {TableFormat::tsv, ".tab"},      {TableFormat::jsonl, ".jsonl"},
                                    {TableFormat::jsonl, ".ndjson"}, {TableFormat::text, ".txt"}};

bool ends_with(std::string_view path, std::string_view ending) {
  if (path.size() < ending.size()) return false;
  const std::string_view last = path.substr(path.size() - ending.size());
  return std::equal(last.begin(), last.end(), ending.begin(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

std::string to_string(TableFormat format) {
  for (const NamedFormat& named : kFormats) {
    if (named.format == format) return named.name;
  }
  return "automatic";
}

TableFormat parse_table_format(std::string_view name) {
  for (const NamedFormat& named : kFormats) {
    if (named.name == name) return named.format;
  }
  throw errors::unknown_table_format(name);
}

TableFormat table_format_of(const std::string& path) {
  for (const NamedFormat& named : kEndings) {
    if (ends_with(path, named.name)) return named.format;
  }
  throw errors::format_not_told(path);
}

Table parse_lines(std::string_view content, const std::string& name) {
  require_utf8(content, {.file = name, .line = 1, .column = 1});
  if (content.empty()) throw errors::empty_file(name);
  Table table(name, {"text"});
  const size_t begin = starts_with_byte_order_mark(content) ? 3 : 0;
  int64_t number = 0;
  for (size_t start = begin, end = 0; start < content.size(); start = end + 1) {
    end = std::min(content.find('\n', start), content.size());
    std::string_view line = content.substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const int64_t column = ++number == 1 ? static_cast<int64_t>(begin) + 1 : 1;
    table.add_row({TableCell{.text = std::string(line), .line = number, .column = column}});
  }
  if (table.row_count() == 0) throw errors::empty_file(name);
  return table;
}

Table parse_table(std::string_view content, const std::string& name, const TableOptions& options) {
  const bool told = options.format != TableFormat::automatic;
  switch (told ? options.format : table_format_of(name)) {
    case TableFormat::tsv:
      return parse_tsv(content, name, {.header = options.header});
    case TableFormat::jsonl:
      return parse_jsonl(content, name);
    case TableFormat::text:
      return parse_lines(content, name);
    default:
      return parse_csv(content, name, {.header = options.header});
  }
}

Table read_table(const std::string& path, const TableOptions& options) {
  require_readable(path);
  TableOptions told = options;
  if (told.format == TableFormat::automatic) told.format = table_format_of(path);
  const std::string content = read_file(path);
  return parse_table(content, path == "-" ? "standard input" : path, told);
}

}  // namespace runnel
