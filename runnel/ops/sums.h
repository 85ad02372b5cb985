#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runnel/base/thread_pool.h"

/// Sums in double precision whose order depends on the number of terms alone, never on the number of threads.
namespace runnel {

/// Σ value(i), i = 0 … count − 1, in eight lanes that are added up at the end.
template <class Value>
double ordered_sum(int64_t count, Value value) {
  std::array<double, 8> lanes = {};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int64_t lane = 0; lane < 8; ++lane) lanes[static_cast<size_t>(lane)] += value(i + lane);
  }
  for (; i < count; ++i) lanes[static_cast<size_t>(i % 8)] += value(i);
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

/// The same in blocks of a fixed length, which go to several threads.
template <class Value>
double parallel_sum(int64_t count, Value value) {
  constexpr int64_t kBlock = 16384;
  const int64_t blocks = (count + kBlock - 1) / kBlock;
  if (blocks <= 1) return ordered_sum(count, value);
  std::vector<double> partial(static_cast<size_t>(blocks));
  parallel_for(blocks, 2, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * kBlock;
      const int64_t length = first + kBlock < count ? kBlock : count - first;
      partial[static_cast<size_t>(block)] = ordered_sum(length, [&](int64_t i) { return value(first + i); });
    }
  });
  return ordered_sum(blocks, [&](int64_t block) { return partial[static_cast<size_t>(block)]; });
}

}  // namespace runnel
