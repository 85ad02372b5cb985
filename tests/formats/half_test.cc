#include "runnel/formats/half.h"

#include <cmath>
#include <gtest/gtest.h>

namespace runnel {
namespace {

/// The definition, in double: (−1)^s · 2^(e−15) · (1 + m/1024), and m · 2⁻²⁴ for e = 0.
double float16_by_definition(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1 + mantissa / 1024.0, exponent - 15);
}

TEST(Half, float16_agrees_with_its_definition_for_every_finite_number) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    if (((half >> 10) & 31) == 31) continue;
    const float value = float16_to_float32(half);
    ASSERT_EQ(value, float16_by_definition(half)) << bits;
    ASSERT_EQ(std::signbit(value), (half & 0x8000) != 0) << bits;
  }
}

TEST(Half, float16_keeps_infinity_and_nan) {
  EXPECT_EQ(float16_to_float32(0x7c00), INFINITY);
  EXPECT_EQ(float16_to_float32(0xfc00), -INFINITY);
  EXPECT_TRUE(std::isnan(float16_to_float32(0x7e00)));
  EXPECT_TRUE(std::isnan(float16_to_float32(0x7c01)));
}

TEST(Half, bfloat16_is_the_upper_half_of_a_float32) {
  EXPECT_EQ(bfloat16_to_float32(0x3f80), 1.0f);
  EXPECT_EQ(bfloat16_to_float32(0xc010), -2.25f);
  EXPECT_EQ(bfloat16_to_float32(0x7f80), INFINITY);
  EXPECT_TRUE(std::isnan(bfloat16_to_float32(0x7fc0)));
}

}  // namespace
}  // namespace runnel
