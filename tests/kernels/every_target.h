#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace runnel {

/// Calls `body` once for each instruction set that this machine has, with the kernels held to it.
template <class Body>
void on_every_target(const Body& body) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    body();
    hwy::SetSupportedTargetsForTest(0);
  }
}

/// Whether the kernels of the instruction set that is in use fuse a product with its sum. Those that do are meant to
/// give the same bits as one another.
inline bool target_fuses() {
  const int64_t target = hwy::SupportedTargets() & -hwy::SupportedTargets();  // the best that is left
  return target < HWY_SSE4 && target != HWY_EMU128;
}

}  // namespace runnel
