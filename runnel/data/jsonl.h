#pragma once

#include <string>
#include <string_view>

#include "runnel/data/table.h"

namespace runnel {

/// JSON Lines: one object a line, whose keys are the columns. The keys of the first object are the table's
/// columns, in their order; a later object may lack some, which is an error only where such a cell is used,
/// and other keys in it are left alone. Text is taken as it is, a number as it is spelled, true and false as
/// "true" and "false". Empty lines are passed over. A cell's place is its line.
/// `name` is what errors call the text.
///
/// Throws  DataError with line and byte: invalid UTF-8, what is not JSON, what is no object,
///         a key that occurs twice, no rows.
Table parse_jsonl(std::string_view content, const std::string& name);

}  // namespace runnel
