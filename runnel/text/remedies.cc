#include "runnel/text/remedies.h"

#include <fmt/format.h>

#include "runnel/base/shell_word.h"

namespace runnel {

std::string without_line(const DataPlace& place, const std::string& first) {
  if (place.line == 0 || place.file == "standard input") return first;
  return fmt::format("{}, or leave the line out: sed {}d {} > NEW", first, place.line,
                     shell_word(place.file));
}

std::string look_at(const DataPlace& place) {
  const std::string file = shell_word(place.file);
  if (place.line == 0) return fmt::format("head -3 {} shows how it begins", file);
  return fmt::format("sed -n {}p {} shows the line", place.line, file);
}

}  // namespace runnel
