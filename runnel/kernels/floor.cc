#include "runnel/kernels/floor.h"

#include <algorithm>
#include <map>

namespace runnel::kernels {

Floor floor_of(const NeededWork& work, const MachineLimits& limits) {
  std::map<const MemoryLevel*, double> seconds_of;
  const auto read = [&](int64_t bytes, int64_t times) {
    for (const MemoryLevel& level : limits.levels) {
      const bool last = &level == &limits.levels.back();
      const int64_t here = last ? bytes : std::min(bytes, limits.room_of(level));
      seconds_of[&level] += static_cast<double>(here) * static_cast<double>(times) / level.bytes_per_second;
      bytes -= here;
    }
  };
  read(work.weight_bytes, 1);
  for (const RepeatedReads& reads : work.repeated) read(reads.bytes, reads.times);
  Floor floor;
  floor.seconds_to_compute = static_cast<double>(work.operations) / limits.flops_per_second;
  for (const auto& [level, seconds] : seconds_of) floor.seconds_to_read += seconds;
  floor.seconds = std::max(floor.seconds_to_compute, floor.seconds_to_read);
  if (floor.seconds_to_compute >= floor.seconds_to_read) {
    floor.limit = "arithmetic";
    floor.limit_per_second = limits.flops_per_second;
    return floor;
  }
  const auto by_seconds = [](const auto& a, const auto& b) { return a.second < b.second; };
  const MemoryLevel& slowest = *std::max_element(seconds_of.begin(), seconds_of.end(), by_seconds)->first;
  floor.limit = slowest.name;
  floor.limit_per_second = slowest.bytes_per_second;
  return floor;
}

}  // namespace runnel::kernels
