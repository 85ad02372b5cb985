#pragma once

#include <string>

#include "runnel/base/error.h"

namespace runnel {

/// The fields of an error as JSON text on one line: kind, summary, and details by label; the place of a DataError or
/// FormatError; of a ShapeError also each field by itself, the shapes with their axes. Absent fields are left out.
///
///     {"kind": "ShapeError", "summary": "GRU: axis feature has size 64, expected 100",
///      "details": {"expected": "[batch, seq, feature=100]  100 = input_size", …},
///      "where": "GRU", "what": "axis feature has size 64, expected 100",
///      "expected": {"axes": ["batch", "seq", "feature"], "shape": [null, null, 100], "why": "100 = input_size"},
///      "got": {"axes": […], "shape": […]}, "why": "…", "fix": "…"}
std::string error_json(const Error& error);

}  // namespace runnel
