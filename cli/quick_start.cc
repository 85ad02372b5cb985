#include <cstdint>

namespace hwy::platform {

// NOLINTBEGIN(readability-identifier-naming): the name is Highway's

uint64_t TimerResolution();

/// Highway's shared library (Debian's 1.0) asks this as it is loaded, for measurements that Runnel does not make, and
/// finds out in 3 ms: half of what a short command takes. The program's answer stands in for the library's. Where the
/// library is linked in or has no such function, nothing calls this one and nothing is lost.
uint64_t TimerResolution() { return 1; }

// NOLINTEND(readability-identifier-naming)

}  // namespace hwy::platform
