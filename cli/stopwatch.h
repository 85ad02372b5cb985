#pragma once

#include <cstdint>
#include <functional>

namespace runnel::cli {

/// How long calls of one thing took, in seconds.
struct Timing {
  double median = 0;
  double least = 0;
  int64_t calls = 0;  ///< that were timed
};

/// Calls `body` until `seconds` are spent, at least 10 times, after a warm-up of a fifth of that. Short calls are
/// timed several together, so that the clock costs nothing: `median` and `least` are then those of the means.
Timing time_calls(const std::function<void()>& body, double seconds);

}  // namespace runnel::cli
