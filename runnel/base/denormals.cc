#include "runnel/base/denormals.h"

#include <atomic>
#include <bit>
#include <limits>

namespace runnel {
namespace {

std::atomic<bool> flush_on{true};

#if defined(__x86_64__)
// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 10.2.3: MXCSR. Results (bit 15) and operands
// (bit 6).
constexpr uint64_t kFlush = 1 << 15 | 1 << 6;
uint64_t modes() { return __builtin_ia32_stmxcsr(); }
void set_modes(uint64_t modes) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(modes)); }

/// Asked by computing: MXCSR holds the exceptions of all arithmetic before too, so that who reads it may have to wait for
/// what is under way (a step of LSTM(8) took 40 or 92 ns so).
bool flushes() {
  float denormal = std::numeric_limits<float>::denorm_min(), least = std::numeric_limits<float>::min();
  asm volatile("" : "+x"(denormal), "+x"(least));  // computed now, not by the compiler
  if (denormal != 0) return false;                 // operands
  float half = least * 0.5f;
  asm volatile("" : "+x"(half));
  return std::bit_cast<uint32_t>(half) == 0;  // results
}
#elif defined(__aarch64__)
// Arm Architecture Reference Manual: FPCR, FZ.
constexpr uint64_t kFlush = 1 << 24;
uint64_t modes() {
  uint64_t modes;
  asm volatile("mrs %0, fpcr" : "=r"(modes));
  return modes;
}
void set_modes(uint64_t modes) { asm volatile("msr fpcr, %0" ::"r"(modes)); }
bool flushes() { return (modes() & kFlush) == kFlush; }
#else
constexpr uint64_t kFlush = 0;
uint64_t modes() { return 0; }
void set_modes(uint64_t) {}
bool flushes() { return true; }
#endif

}  // namespace

bool flush_denormal() { return flush_on.load(std::memory_order_relaxed); }
void set_flush_denormal(bool on) { flush_on.store(on, std::memory_order_relaxed); }

FlushDenormals::FlushDenormals() noexcept : changed_(flush_denormal() && !flushes()) {
  if (!changed_) return;
  before_ = modes();
  set_modes(before_ | kFlush);
}

FlushDenormals::~FlushDenormals() {
  if (changed_) set_modes(before_);
}

}  // namespace runnel
