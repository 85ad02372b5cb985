#include "runnel/kernels/limits.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "runnel/kernels/cache_sizes.h"
#include "runnel/kernels/timed_blocks.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/limits.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again for each target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Floats>;

// Enough chains for two units with a latency of 4, or four where there are registers for it; two registers are left
// for the factors.
#if (HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3) || HWY_TARGET == HWY_SCALAR
constexpr size_t kChains = 12;
#else
constexpr size_t kChains = 16;
#endif

/// `rounds` multiply-adds in each lane of each chain. Returns the operations that it did; `sink` keeps the compiler
/// from leaving them out.
double multiply_adds(int64_t rounds, float* sink) {
  const Floats d;
  const Vector factor = hn::Set(d, 0.75f), addend = hn::Set(d, 0.5f);  // towards 2: no denormals, no infinity
  Vector chains[kChains];
  for (size_t i = 0; i < kChains; ++i) chains[i] = hn::Set(d, static_cast<float>(i));
  for (int64_t round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < kChains; ++i) chains[i] = hn::MulAdd(chains[i], factor, addend);
  }
  for (size_t i = 1; i < kChains; ++i) chains[0] = hn::Add(chains[0], chains[i]);
  *sink = hn::GetLane(chains[0]);
  return 2.0 * static_cast<double>(rounds) * static_cast<double>(kChains * hn::Lanes(d));
}

/// Reads `count` floats `passes` times; `count` is a multiple of 128, `from` aligned to 64 bytes.
void read_floats(const float* from, size_t count, int64_t passes, float* sink) {
  const Floats d;
  constexpr size_t kSums = 8;
  const size_t lanes = hn::Lanes(d);
  Vector sums[kSums];
  for (size_t i = 0; i < kSums; ++i) sums[i] = hn::Zero(d);
  for (int64_t pass = 0; pass < passes; ++pass) {
    for (size_t at = 0; at < count; at += kSums * lanes) {
      for (size_t i = 0; i < kSums; ++i) sums[i] = hn::Add(sums[i], hn::Load(d, from + at + i * lanes));
    }
  }
  for (size_t i = 1; i < kSums; ++i) sums[0] = hn::Add(sums[0], sums[i]);
  *sink = hn::GetLane(sums[0]);
}

}  // namespace
}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {
namespace {

HWY_EXPORT(multiply_adds);
HWY_EXPORT(read_floats);

constexpr int64_t kMiB = 1024 * 1024;

/// Floats in huge pages, where the system has them: what is measured is the memory, not the look-up of its pages.
constexpr std::align_val_t kHugePage{size_t{2} << 20};
struct FreePages {
  void operator()(float* values) const { ::operator delete[](values, kHugePage); }
};
using PagedFloats = std::unique_ptr<float[], FreePages>;

PagedFloats paged_floats(int64_t count) {
  const size_t bytes = static_cast<size_t>(count) * sizeof(float);
  PagedFloats values(static_cast<float*>(::operator new[](bytes, kHugePage)));
#ifdef MADV_HUGEPAGE
  madvise(values.get(), bytes, MADV_HUGEPAGE);  // only advice: nothing is lost where it is refused
#endif
  return values;
}

/// A number of each thread's own, a cache line apart.
struct alignas(64) Sink {
  float value = 0;
};

double measure_multiply_adds(int threads) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(multiply_adds);
  std::vector<Sink> sinks(static_cast<size_t>(threads));
  const int64_t rounds = repeats_of_a_block([&](int64_t n) { kernel(n * 100, &sinks[0].value); }) * 100;
  double operations = 0;
  const double seconds = median_block_seconds(threads, [&](int64_t thread) {
    const double done = kernel(rounds, &sinks[static_cast<size_t>(thread)].value);
    if (thread == 0) operations = done;
  });
  return operations * threads / seconds;
}

/// The speed at which each thread reads `bytes` of its own again and again, all threads together.
double measure_reading(int threads, int64_t bytes) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(read_floats);
  const int64_t count = std::max<int64_t>(bytes / 512, 1) * 128;
  std::vector<PagedFloats> data;
  for (int i = 0; i < threads; ++i) data.push_back(paged_floats(count));
  std::vector<Sink> sinks(static_cast<size_t>(threads));
  // Written first by the thread that reads them, so that they are in memory near it, and no page is a common zero.
  on_threads(threads,
             [&](int64_t thread) { std::fill_n(data[static_cast<size_t>(thread)].get(), count, 1.0f); });
  const auto read = [&](int64_t thread, int64_t passes) {
    const auto i = static_cast<size_t>(thread);
    kernel(data[i].get(), static_cast<size_t>(count), passes, &sinks[i].value);
  };
  const int64_t passes = repeats_of_a_block([&](int64_t n) { read(0, n); });
  const double seconds = median_block_seconds(threads, [&](int64_t thread) { read(thread, passes); });
  return static_cast<double>(count) * sizeof(float) * static_cast<double>(passes) * threads / seconds;
}

/// A level before it is measured, and the bytes that a thread reads to measure it.
struct Plan {
  MemoryLevel level;
  int64_t bytes_a_thread;
};

std::vector<Plan> plans(int threads) {
  const CacheSizes caches = cache_sizes();
  std::vector<Plan> plans;
  const auto add = [&](const char* name, int64_t capacity, bool shared, int64_t bytes_a_thread) {
    if (capacity > 0)
      plans.push_back({{.name = name, .capacity = capacity, .shared = shared}, bytes_a_thread});
  };
  add("L1", caches.l1, false, caches.l1 / 2);
  add("L2", caches.l2, false, caches.l2 / 2);
  // Well out of L2, and no more of L3 than a neighbour leaves.
  add("L3", caches.l3, true,
      std::clamp(caches.l3 / 2 / threads, 2 * caches.l2, std::max(2 * caches.l2, 8 * kMiB)));
  const int64_t beyond = std::clamp(4 * std::max(caches.l2, caches.l3), 64 * kMiB, 256 * kMiB);
  add("DRAM", std::numeric_limits<int64_t>::max(), true, beyond / threads);
  return plans;
}

}  // namespace

MachineLimits measure_limits(int threads, int64_t most_bytes) {
  if (threads < 1 || threads > thread_count()) throw errors::too_many_threads(threads, thread_count());
  MachineLimits limits{.threads = threads, .flops_per_second = measure_multiply_adds(threads), .levels = {}};
  for (const Plan& plan : plans(threads)) {
    limits.levels.push_back(plan.level);
    limits.levels.back().bytes_per_second = measure_reading(threads, plan.bytes_a_thread);
    if (limits.room_of(plan.level) > most_bytes) break;
  }
  return limits;
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
