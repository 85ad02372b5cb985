#include "runnel/kernels/target.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "runnel/kernels/kernel_error.h"

namespace runnel::kernels {
namespace {

std::string name_of(int64_t target) {
  switch (target) {
    case HWY_AVX3:
      return "avx512";
    case HWY_AVX2:
      return "avx2";
    case HWY_SSE4:
      return "sse4";
    case HWY_NEON:
      return "neon";
    default:
      return "portable";
  }
}

/// All that can run here, whatever was chosen before.
std::vector<int64_t> available() {
  static const std::vector<int64_t> all =
      hwy::SupportedAndGeneratedTargets();  // a lower number is a better one
  return all;
}

bool try_target(std::string_view name) {
  for (const int64_t target : available()) {
    if (name_of(target) != name) continue;
    hwy::DisableTargets(0);
    hwy::DisableTargets(~target);
    return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> targets() {
  std::vector<std::string> names;
  for (const int64_t target : available()) names.push_back(name_of(target));
  return names;
}

std::string target_name() {
  const int64_t usable = hwy::SupportedTargets() & HWY_TARGETS;
  return name_of(usable & -usable);
}

void use_target(std::string_view name) {
  if (!try_target(name)) {
    throw errors::no_such_target(name, targets());
  }
}

bool detail::use_target_of_environment() {
  const char* name = std::getenv("RUNNEL_TARGET");
  return name && try_target(name);
}

}  // namespace runnel::kernels
