#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/layers/layer_table.h"

namespace runnel::layers {

inline constexpr int kMaxLines = 400;

/// Holds the sources under `root` against the rules of docs/architecture.md: one sentence for each place that
/// breaks one, in the order of the paths. The last rule is for tests, examples and benchmarks too. The rules:
///
///   - every folder of runnel/, and cli/, stands in the table, and every folder of the table exists;
///   - a file includes only what the table lets its folder include;
///   - a header of runnel/ (but not *-inl.h) includes only the standard library and headers of runnel/;
///   - only the folders whose row says so include Highway;
///   - no file of runnel/ prints or ends the process;
///   - a file of runnel/ or cli/ makes an error only if it is called …_error or …_errors; others throw what such a
///     function gives;
///   - a file has fewer than kMaxLines lines.
std::vector<std::string> broken_rules(const std::filesystem::path& root, const LayerTable& table);

/// C++ source with the comments and the insides of literals blanked, line for line.
std::string code_only(const std::string& source);

}  // namespace runnel::layers
