#include "runnel/base/spelling.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace runnel {
namespace {

constexpr size_t kLongest = 100;

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

int64_t edit_distance(std::string_view a, std::string_view b) {
  // Rows i - 2, i - 1 and i of a table whose place (i, j) is the distance of the first i bytes of a
  // and j of b.
  std::vector<int64_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), int64_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int64_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest_spelling(std::string_view word, std::span<const std::string> names) {
  if (word.size() > kLongest) return std::nullopt;
  const std::string lower = ascii_lower(word);
  int64_t allowed = std::max<int64_t>(1, static_cast<int64_t>(word.size()) / 3);
  std::optional<std::string> nearest;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > kLongest) continue;
    const int64_t distance = edit_distance(lower, ascii_lower(name));
    if (distance > allowed) continue;
    nearest = name;
    allowed = distance - 1;  // a later name must be nearer
  }
  return nearest;
}

std::optional<std::string> meant_by(std::string_view word, std::span<const std::string> names) {
  if (const auto nearest = nearest_spelling(word, names)) return nearest;
  const auto begins = [&](const std::string& name) { return !word.empty() && name.starts_with(word); };
  if (std::count_if(names.begin(), names.end(), begins) != 1) return std::nullopt;
  return *std::find_if(names.begin(), names.end(), begins);
}

}  // namespace runnel
