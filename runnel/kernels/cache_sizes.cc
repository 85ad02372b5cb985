#include "runnel/kernels/cache_sizes.h"

#include <fstream>
#include <string>

#ifdef __linux__
#include <unistd.h>
#endif

namespace runnel::kernels {
namespace {

constexpr int64_t kKiB = 1024, kMiB = 1024 * kKiB;
constexpr CacheSizes kTypical{.l1 = 32 * kKiB, .l2 = 512 * kKiB, .l3 = 8 * kMiB};

/// "48K", "32M" → bytes; 0 where there is no number.
int64_t bytes_of(const std::string& text) {
  int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > kMiB * kMiB) break;
    number = number * 10 + (c - '0');
  }
  const char unit = text.empty() ? ' ' : text.back();
  return number * (unit == 'K' ? kKiB : unit == 'M' ? kMiB : 1);
}

/// Linux tells each cache of a processor in a folder of its own. Virtual machines get these right more often than
/// what sysconf says, which may be the L3 of a whole package.
CacheSizes from_sysfs() {
  CacheSizes sizes;
  for (int i = 0; i < 16; ++i) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(i) + "/";
    std::string level, type, size;
    std::ifstream(folder + "level") >> level;
    std::ifstream(folder + "type") >> type;
    std::ifstream(folder + "size") >> size;
    if (level.empty()) break;
    if (type == "Instruction") continue;
    (level == "1" ? sizes.l1 : level == "2" ? sizes.l2 : sizes.l3) = bytes_of(size);
  }
  return sizes;
}

CacheSizes from_sysconf() {
  CacheSizes sizes;
#ifdef _SC_LEVEL1_DCACHE_SIZE
  sizes.l1 = sysconf(_SC_LEVEL1_DCACHE_SIZE);
  sizes.l2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
  sizes.l3 = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
  return sizes;
}

bool tells_something(const CacheSizes& sizes) { return sizes.l1 > 0 && sizes.l2 > sizes.l1 && sizes.l3 >= 0; }

}  // namespace

CacheSizes cache_sizes() {
  for (const CacheSizes& sizes : {from_sysfs(), from_sysconf()}) {
    if (tells_something(sizes)) return sizes;
  }
  return kTypical;
}

}  // namespace runnel::kernels
