#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runnel {

/// The fewest changes that turn `a` into `b`: a byte inserted, removed or replaced, or two neighbours
/// swapped, no byte changed twice (optimal string alignment).
/// Source: Damerau, "A technique for computer detection and correction of spelling errors", CACM 7 (1964).
int64_t edit_distance(std::string_view a, std::string_view b);

/// The name that somebody may have meant by `word`: the one at the smallest edit distance when capitals don't
/// count, the first of several. Nothing when even that one needs more changes than a third of the bytes of
/// `word` (one is always allowed), or when `word` is longer than 100 bytes.
std::optional<std::string> nearest_spelling(std::string_view word, std::span<const std::string> names);

/// The nearest spelling, or else the only name that begins like this: "hidden" for hidden_size.
std::optional<std::string> meant_by(std::string_view word, std::span<const std::string> names);

}  // namespace runnel
