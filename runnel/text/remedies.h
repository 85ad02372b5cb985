#pragma once

#include <string>

#include "runnel/base/error.h"

/// What to type about a line of a text file, for the fixes of errors.
namespace runnel {

/// "write the label, or leave the line out: sed 7d rows.csv > NEW"; of standard input only what stands first.
std::string without_line(const DataPlace& place, const std::string& first);
/// "sed -n 7p vectors.txt shows the line"; of a whole file "head -3 vectors.txt shows how it begins".
std::string look_at(const DataPlace& place);

}  // namespace runnel
