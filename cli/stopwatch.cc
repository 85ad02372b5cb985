#include "cli/stopwatch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace runnel::cli {
namespace {

constexpr double kShort = 20e-6;  // seconds: calls below it are timed together
constexpr double kBlock = 50e-6;  // about so long
constexpr size_t kLeastSamples = 10;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The mean time of a call, after the caches, the clock of the processor and its memory have settled.
double warm_up(const std::function<void()>& body, double seconds) {
  body();
  const double start = now();
  double spent = 0;
  int64_t calls = 0;
  while (calls < 2 || spent < seconds) {
    body();
    ++calls;
    spent = now() - start;
  }
  return spent / static_cast<double>(calls);
}

}  // namespace

Timing time_calls(const std::function<void()>& body, double seconds) {
  const double call = warm_up(body, seconds / 5);
  const int64_t together = call < kShort ? static_cast<int64_t>(std::ceil(kBlock / call)) : 1;
  std::vector<double> samples;
  const double start = now();
  for (double before = start; samples.size() < kLeastSamples || before - start < seconds;) {
    for (int64_t i = 0; i < together; ++i) body();
    const double after = now();
    samples.push_back((after - before) / static_cast<double>(together));
    before = after;
  }
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return {.median = *middle,
          .least = *std::min_element(samples.begin(), samples.end()),
          .calls = static_cast<int64_t>(samples.size()) * together};
}

}  // namespace runnel::cli
