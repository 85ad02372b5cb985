#pragma once

#include <string>
#include <vector>

#include "runnel/check/check.h"
#include "runnel/nn/init.h"

/// Checks in one line, for tests.
namespace runnel {

inline DataCheck check_of(const std::string& network, const DataToCheck& data) {
  const ShapesOnly shapes;
  const Network made = make_network(network);
  return check_data({.network = &made}, data);
}
inline DataCheck check_of(const std::string& network, const Array& x) {
  return check_of(network, {.data = {.name = "x.npy", .array = x}});
}
inline DataCheck check_of(const std::string& network, const Array& x, const Array& lengths) {
  return check_of(network, {.data = {.name = "x.npy", .array = x},
                            .lengths = CheckedArray{.name = "l.npy", .array = lengths}});
}

/// The names of what was found: "FAULT axes", "axis_order_unknown" for a warning, "note view_mixes_sequences".
inline std::vector<std::string> found(const DataCheck& check) {
  std::vector<std::string> names;
  for (const Finding& finding : check.findings) {
    const char* before = finding.severity == Severity::fault  ? "FAULT "
                         : finding.severity == Severity::note ? "note "
                                                              : "";
    names.push_back(before + finding.mistake);
  }
  return names;
}

}  // namespace runnel
