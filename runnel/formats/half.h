#pragma once

#include <bit>
#include <cstdint>

namespace runnel {

/// The value of an IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. Exact.
inline float float16_to_float32(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000u) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1fu;
  const uint32_t mantissa = bits & 0x3ffu;
  if (exponent == 0) {  // zero and the subnormal numbers: mantissa · 2⁻²⁴
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
  }
  const uint32_t wide_exponent = exponent == 31 ? 255 : exponent + (127 - 15);  // 31: infinity and NaN
  return std::bit_cast<float>(sign | (wide_exponent << 23) | (mantissa << 13));
}

/// The value of a bfloat16, the upper half of a float32. Exact.
inline float bfloat16_to_float32(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

}  // namespace runnel
