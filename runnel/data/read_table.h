#pragma once

#include <string>
#include <string_view>

#include "runnel/data/table.h"

namespace runnel {

/// How a file of rows is written down.
enum class TableFormat {
  automatic,  ///< by the end of the file's name: .csv, .tsv and .tab, .jsonl and .ndjson, .txt
  csv,        ///< see parse_csv
  tsv,        ///< see parse_tsv
  jsonl,      ///< see parse_jsonl
  text,       ///< see parse_lines
};

/// "automatic", "csv", "tsv", "jsonl", "text"
std::string to_string(TableFormat format);
/// Throws  OptionError for another name.
TableFormat parse_table_format(std::string_view name);
/// What the end of a file's name says, capitals or not.
/// Throws  OptionError when it says nothing, as of "-", the standard input.
TableFormat table_format_of(const std::string& path);

struct TableOptions {
  TableFormat format = TableFormat::automatic;
  bool header = true;  ///< of CSV and TSV: the first row names the columns
};

/// Plain text: each line is a row of the one column "text", an empty line a row with an empty text. A byte
/// order mark at the start is skipped.
/// Throws  DataError for invalid UTF-8 and for a text without lines.
Table parse_lines(std::string_view content, const std::string& name);

/// The rows of a file; of the standard input when `path` is "-".
/// Throws  DataError when it cannot be read, and for every fault in it;
///         OptionError when its format is not known.
Table read_table(const std::string& path, const TableOptions& options = {});

/// The rows of a text in memory, which errors call `name`; its end tells the format unless that is given.
Table parse_table(std::string_view content, const std::string& name, const TableOptions& options = {});

}  // namespace runnel
