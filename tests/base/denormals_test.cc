#include "runnel/base/denormals.h"

#include <gtest/gtest.h>
#include <limits>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace runnel {
namespace {

/// A product that is a denormal number, computed now.
float tiny_product() {
  const volatile float least = std::numeric_limits<float>::min(), half = 0.5f;
  return least * half;
}

TEST(FlushDenormals, makes_them_0_and_restores_what_was_before) {
  ASSERT_GT(tiny_product(), 0.0f) << "this thread flushes already";
  {
    const FlushDenormals outer;
    EXPECT_EQ(tiny_product(), 0.0f);
    {
      const FlushDenormals inner;
      EXPECT_EQ(tiny_product(), 0.0f);
    }
    EXPECT_EQ(tiny_product(), 0.0f) << "the inner one has changed nothing, so it restores nothing";
  }
  EXPECT_GT(tiny_product(), 0.0f);
}

TEST(FlushDenormals, does_nothing_when_it_is_switched_off) {
  set_flush_denormal(false);
  {
    const FlushDenormals scope;
    EXPECT_GT(tiny_product(), 0.0f);
  }
  set_flush_denormal(true);
  EXPECT_TRUE(flush_denormal());
}

#if defined(__x86_64__)
/// Whether a denormal operand counts as 0, looked at now.
bool takes_operands_for_0() {
  const volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal == 0;
}

TEST(FlushDenormals, does_the_other_half_for_a_thread_that_flushes_only_operands_or_only_results) {
  constexpr unsigned kOperands = 1 << 6, kResults = 1 << 15;
  const unsigned before = _mm_getcsr();
  for (const unsigned half : {kOperands, kResults}) {
    const unsigned modes = (before & ~(kOperands | kResults)) | half;
    _mm_setcsr(modes);
    {
      const FlushDenormals scope;
      EXPECT_TRUE(takes_operands_for_0());
      EXPECT_EQ(_mm_getcsr() & (kOperands | kResults), kOperands | kResults);
    }
    EXPECT_EQ(_mm_getcsr() & (kOperands | kResults), half);
    _mm_setcsr(before);
  }
}
#endif

}  // namespace
}  // namespace runnel
