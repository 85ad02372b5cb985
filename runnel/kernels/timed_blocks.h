#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "runnel/base/thread_pool.h"
#include "runnel/kernels/kernel_error.h"

/// Timing work that several threads do at the same time.
namespace runnel::kernels {

/// Seconds of a steady clock.
inline double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// How often `work(n)` repeats what it does in a block: so that the block lasts about a millisecond on one
/// thread, which no clock or barrier disturbs much.
template <class Work>
int64_t repeats_of_a_block(const Work& work) {
  constexpr double kBlockSeconds = 1e-3;
  work(1);  // the first pass brings the data near
  for (int64_t n = 1;; n *= 2) {
    const double start = now_seconds();
    work(n);
    if (now_seconds() - start > 0.7 * kBlockSeconds || n > int64_t{1} << 40) return n;
  }
}

/// Calls `body(thread)` on all threads at the same time. It must not throw.
/// Throws  Error where the system, or another caller, leaves fewer threads
template <class Body>
void on_threads(int threads, const Body& body) {
  if (threads == 1) {
    body(int64_t{0});
  } else if (!try_team(threads, body)) {
    throw errors::no_threads_to_measure(threads);
  }
}

/// The median time of `block(thread)`, which all threads begin together and which ends with the last of them.
template <class Block>
double median_block_seconds(int threads, const Block& block) {
  constexpr double kSeconds = 0.05;
  constexpr size_t kLeast = 5, kMost = 100;
  std::array<double, kMost> seconds{};
  size_t blocks = 0;
  std::atomic<bool> more = true;
  SpinBarrier barrier(threads);
  on_threads(threads, [&](int64_t thread) {
    block(thread);
    const double begin = now_seconds();
    while (more) {
      barrier.wait();
      const double start = now_seconds();
      block(thread);
      barrier.wait();
      if (thread == 0) {
        const double end = now_seconds();
        seconds[blocks++] = end - start;
        more = blocks < kLeast || (blocks < kMost && end - begin < kSeconds);
      }
      barrier.wait();
    }
  });
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(blocks / 2);
  std::nth_element(seconds.begin(), middle, seconds.begin() + static_cast<std::ptrdiff_t>(blocks));
  return *middle;
}

}  // namespace runnel::kernels
