#pragma once

#include <cmath>
#include <cstdint>
#include <span>

/// A reduction over rows of numbers, a row at a time.
namespace runnel {

/// sums += row
inline void add_row(const float* row, std::span<double> sums) {
  for (size_t k = 0; k < sums.size(); ++k) sums[k] += row[k];
}

/// Where row `place` has a larger number than any row before, keeps that number and the place. A NaN is
/// larger than all else.
inline void keep_larger(const float* row, int64_t place, std::span<float> largest, int32_t* places) {
  for (size_t k = 0; k < largest.size(); ++k) {
    if (row[k] > largest[k] || (std::isnan(row[k]) && !std::isnan(largest[k]))) {
      largest[k] = row[k];
      places[k] = static_cast<int32_t>(place);
    }
  }
}

}  // namespace runnel
