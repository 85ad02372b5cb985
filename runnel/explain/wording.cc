#include "runnel/explain/wording.h"

#include <fmt/format.h>

namespace runnel {

std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t place = text.size(); place > first + 3;) text.insert(place -= 3, 1, ',');
  return text;
}

std::string counted(int64_t number, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string size_text(const Axis& axis) { return axis.symbolic() ? axis.name.text() : grouped(axis.size); }

std::string enumerated(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  }
  return text;
}

}  // namespace runnel
