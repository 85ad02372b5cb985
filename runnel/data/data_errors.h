#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/data/table.h"

/// The sentences of data/, each made in one place.
namespace runnel::errors {

/// Tables.
DataError no_such_column(const std::string& file, std::string_view asked,
                         std::span<const std::string> columns);
/// `first` and `second` are the numbers of the two columns, from 1.
DataError column_name_twice(const std::string& file, std::string_view name, int64_t first, int64_t second);
DataError no_text(const DataPlace& place, const std::string& key, TableCell::Content content);
DataError empty_file(const std::string& file);
DataError header_only(const std::string& file);
OptionError unknown_table_format(std::string_view name);
OptionError format_not_told(const std::string& path);

/// CSV.
DataError unclosed_quote(const DataPlace& opened);
DataError stray_quote(const DataPlace& place, bool only_blanks_before);
DataError text_after_quote(const DataPlace& place, const DataPlace& opened);
DataError too_few_fields(const DataPlace& row_end, size_t got, std::span<const std::string> columns);
DataError too_many_fields(const std::string& file, std::span<const TableCell> row,
                          std::span<const std::string> columns, char delimiter);

/// JSON Lines.
/// `line` is the whole line, `reason` what nlohmann-json says about it.
DataError not_json(const DataPlace& place, std::string_view line, std::string_view reason);
DataError no_json_object(const DataPlace& place);
DataError key_twice(const DataPlace& place, std::string_view key);

/// Splits. `what` is "rows" or "groups".
OptionError bad_fraction(double fraction);
OptionError fractions_do_not_sum(std::span<const double> fractions, double sum);
OptionError too_few_to_split(const std::string& what, int64_t count, size_t parts);

/// Datasets and batches.
DataError empty_label(const DataPlace& place);
DataError unknown_label(const DataPlace& place, std::string_view label, std::span<const std::string> labels);
OptionError bad_batch_option(std::string_view option, int64_t value, int64_t least);
OptionError no_examples(std::string_view what);

}  // namespace runnel::errors
