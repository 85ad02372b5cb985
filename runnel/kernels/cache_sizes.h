#pragma once

#include <cstdint>

namespace runnel::kernels {

/// Bytes of the caches that one core sees: L1 (for data) and L2 of its own, L3 shared. 0: there is none.
struct CacheSizes {
  int64_t l1 = 0, l2 = 0, l3 = 0;
};

/// What the system tells of the first processor; 32 KiB, 512 KiB and 8 MiB where it tells nothing.
CacheSizes cache_sizes();

}  // namespace runnel::kernels
