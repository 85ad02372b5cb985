#include "cli/heap.h"

#if defined(__linux__) && __has_include(<malloc.h>)
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace runnel::cli {

#if defined(__linux__) && defined(__GLIBC__)

namespace {

constexpr int kStep = 16 << 20, kNever = 1 << 30;
constexpr uintptr_t kLargePage = 2 << 20;

uintptr_t heap_end() { return reinterpret_cast<uintptr_t>(sbrk(0)); }

}  // namespace

bool memory_is_limited() {
  rlimit all{}, data{};
  const bool known = getrlimit(RLIMIT_AS, &all) == 0 && getrlimit(RLIMIT_DATA, &data) == 0;
  return !known || all.rlim_cur != RLIM_INFINITY || data.rlim_cur != RLIM_INFINITY;
}

void let_heap_grow() {
  if (memory_is_limited()) return;
  mallopt(M_TOP_PAD, kStep);
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_MMAP_THRESHOLD, kNever);
  const uintptr_t begin = (heap_end() + kLargePage - 1) / kLargePage * kLargePage;
  void* volatile grown = std::malloc(kLargePage / 2);  // volatile, or a compiler may leave both calls out
  std::free(grown);
  // Who has no large pages says so here, and small ones do as well.
  if (begin < heap_end()) madvise(reinterpret_cast<void*>(begin), heap_end() - begin, MADV_HUGEPAGE);
}

#else

bool memory_is_limited() { return false; }

void let_heap_grow() {}

#endif

}  // namespace runnel::cli
