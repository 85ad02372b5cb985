#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runnel/data/table.h"

namespace runnel {

struct CsvOptions {
  bool header = true;  ///< the first row names the columns; without it they are named "1", "2", …
};

/// Comma-separated values, as RFC 4180 has them:
///
///     file     = row { line_end row } [ line_end ]
///     row      = field { "," field }
///     field    = bare | quoted
///     bare     = { any byte but , " and line ends }
///     quoted   = '"' { any byte but " | '""' } '"'        line ends and commas are text in here
///     line_end = "\n" | "\r\n"
///
/// Lines with nothing on them are passed over, a row of one empty field is written `""`. A byte order mark at
/// the start is skipped. `name` is what errors call the text.
///
/// Throws  DataError with line and byte: invalid UTF-8; a quote that is never closed (where it opened);
///         a quote inside a bare field, or text after a closing quote; a row with more or fewer fields
///         than the header (or, without one, than the first row); no rows.
Table parse_csv(std::string_view content, const std::string& name, const CsvOptions& options = {});

/// Tab-separated values, as IANA registered them (text/tab-separated-values): a tab always ends a field and a
/// line end always ends a row; quotes are text like any other. Lines with nothing on them are passed over.
/// Throws  DataError as above, for the faults that are possible here.
Table parse_tsv(std::string_view content, const std::string& name, const CsvOptions& options = {});

/// The fields as one row of CSV, without the line end; quoted where they must be.
/// `parse_csv` reads them back.
std::string to_csv_line(std::span<const std::string> fields);

}  // namespace runnel
