#include "runnel/tensor/axis.h"

#include <fmt/format.h>
#include <mutex>
#include <set>

namespace runnel {
namespace {

const std::string* intern(std::string_view text) {
  static std::mutex mutex;
  static auto* names =
      new std::set<std::string, std::less<>>;  // outlives every static object that holds a name
  std::lock_guard lock(mutex);
  const auto found = names->find(text);
  return found != names->end() ? &*found : &*names->emplace(text).first;
}

}  // namespace

AxisName::AxisName(std::string_view text) : text_(intern(text)) {}

AxisName join(AxisName outer, AxisName inner) { return fmt::format("{}·{}", outer.text(), inner.text()); }

std::string Axis::to_string() const {
  return symbolic() ? name.text() : fmt::format("{}={}", name.text(), size);
}

}  // namespace runnel
