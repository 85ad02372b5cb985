#include "runnel/base/denormals.h"

#include <atomic>

namespace runnel {
namespace {

std::atomic<bool> flush_on{true};

#if defined(__x86_64__)
// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 10.2.3: MXCSR. Results (bit 15) and operands
// (bit 6).
constexpr uint64_t kFlush = 1 << 15 | 1 << 6;
uint64_t modes() { return __builtin_ia32_stmxcsr(); }
void set_modes(uint64_t modes) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(modes)); }
#elif defined(__aarch64__)
// Arm Architecture Reference Manual: FPCR, FZ.
constexpr uint64_t kFlush = 1 << 24;
uint64_t modes() {
  uint64_t modes;
  asm volatile("mrs %0, fpcr" : "=r"(modes));
  return modes;
}
void set_modes(uint64_t modes) { asm volatile("msr fpcr, %0" ::"r"(modes)); }
#else
constexpr uint64_t kFlush = 0;
uint64_t modes() { return 0; }
void set_modes(uint64_t) {}
#endif

}  // namespace

bool flush_denormal() { return flush_on.load(std::memory_order_relaxed); }
void set_flush_denormal(bool on) { flush_on.store(on, std::memory_order_relaxed); }

FlushDenormals::FlushDenormals() noexcept : before_(modes()) {
  changed_ = (before_ & kFlush) != kFlush && flush_denormal();
  if (changed_) set_modes(before_ | kFlush);
}

FlushDenormals::~FlushDenormals() {
  if (changed_) set_modes(before_);
}

}  // namespace runnel
