#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

/// What this machine can do at most, measured: what the time of a kernel is held against.
namespace runnel::kernels {

/// A place that weights are read from.
struct MemoryLevel {
  std::string name;             ///< "L1", "L2", "L3" or "DRAM"
  int64_t capacity = 0;         ///< bytes; of L1 and L2, those of one core
  bool shared = false;          ///< whether all cores share the capacity
  double bytes_per_second = 0;  ///< read by all threads together, each its own part
};

/// What `threads` threads reach together.
struct MachineLimits {
  int threads = 1;
  double flops_per_second = 0;      ///< float32, in independent multiply-adds; one of them is two operations
  std::vector<MemoryLevel> levels;  ///< from the nearest to the farthest; the last has room for anything

  /// Bytes that a level holds for all threads together, each of which reads a part of its own.
  int64_t room_of(const MemoryLevel& level) const { return level.capacity * (level.shared ? 1 : threads); }
};

/// Measures the limits, each as the median of short blocks that last about 50 ms together. Levels behind the
/// first with room for `most_bytes` are left out. The machine should be idle otherwise.
/// Throws  OptionError unless 1 ≤ threads ≤ thread_count(); Error where the system gives fewer threads
MachineLimits measure_limits(int threads, int64_t most_bytes = std::numeric_limits<int64_t>::max());

}  // namespace runnel::kernels
