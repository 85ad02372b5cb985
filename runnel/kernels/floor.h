#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runnel/kernels/limits.h"

namespace runnel::kernels {

/// Weights that a call reads again and again, a step at a time, in a loop that touches no others.
struct RepeatedReads {
  int64_t bytes = 0;
  int64_t times = 0;  ///< the first reading not counted
};

/// What a call cannot do without.
struct NeededWork {
  int64_t operations = 0;                    ///< two for each multiply-add
  int64_t weight_bytes = 0;                  ///< all weights, each read at least once
  std::vector<RepeatedReads> repeated = {};  ///< and these more often
};

/// The least time that the machine allows, and why.
struct Floor {
  double seconds = 0;  ///< the larger of the two below
  double seconds_to_compute = 0;
  double seconds_to_read = 0;
  std::string limit;            ///< "arithmetic", or the level that most of the reading time goes to: "L2"
  double limit_per_second = 0;  ///< the limit's speed: operations, or bytes
};

/// The floor of a call that is made again and again, so that the weights lie where they have room:
///
///     to compute  operations / peak
///     to read     Σ part of weight_bytes in level / bandwidth(level)
///                 + Σ times · part of bytes in level / bandwidth(level), over `repeated`
///
/// A level holds as much as fits, the nearest first; the farther ones the rest. That is the best that an order of reading
/// can make of the caches: see docs/decisions/006.
///
/// What every real call does besides is left out: activations, latency, the threads' waiting for each other.
Floor floor_of(const NeededWork& work, const MachineLimits& limits);

}  // namespace runnel::kernels
