#pragma once

#include <cstdint>

namespace runnel {

/// Whether the recurrent layers and the matrix products take numbers nearer to 0 than 2⁻¹²⁶ (denormals) for 0. They do at
/// the start: a state that fades away ends in denormals, on which many processors work a hundred times slower.
bool flush_denormal();
/// With false, such numbers are computed with as IEEE 754 says. Named after torch.set_flush_denormal, which is off at the
/// start.
void set_flush_denormal(bool on);

/// While one lives, this thread's arithmetic flushes denormals, if flush_denormal(); then it does again what it did
/// before. Costs next to nothing on a thread that flushes anyway, as the threads of audio programs do. On x86 it finds that
/// out by computing with such numbers, which raises the flags of underflow and inexact results: a thread that wants to trap
/// on these (feenableexcept) calls set_flush_denormal(false) and takes care of denormals itself.
class FlushDenormals {
 public:
  FlushDenormals() noexcept;
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  bool changed_;
  uint64_t before_ = 0;  ///< the thread's floating-point modes, where they have been changed
};

}  // namespace runnel
