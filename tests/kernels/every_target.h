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

}  // namespace runnel
