#include "runnel/base/denormals.h"

#include <gtest/gtest.h>
#include <limits>

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

}  // namespace
}  // namespace runnel
