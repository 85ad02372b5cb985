// Exponential functions on SIMD vectors of float32. Included once per CPU target, by the .cc files that use
// Highway's dynamic dispatch; the guard is Highway's pattern for that.
#if defined(RUNNEL_KERNELS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_MATH_INL_H_
#undef RUNNEL_KERNELS_MATH_INL_H_
#else
#define RUNNEL_KERNELS_MATH_INL_H_
#endif

#include <hwy/highway.h>

/// What all of them keep to:
/// - every float is a legal argument; NaN stays NaN;
/// - no lane sees another one, so the bits do not depend on how many lanes a vector has. They do depend on
///   whether the CPU multiplies and adds in one rounding;
/// - the largest errors below are over all 2³² arguments against libm's double precision, measured by
///   bench/math_ulp.cc on AVX2 (one rounding) and SSE4 (two). One ULP is the distance of the floats around
///   the true value.
///
/// Where the CPU flushes denormals, results below 2⁻¹²⁶ become 0; those of σ do anywhere.
HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

namespace math {

/// x = n·ln 2 + r with a whole number n and |r| ≤ ln 2 / 2.
template <class V>
struct Reduced {
  V shifted_n;  ///< n + 1.5·2²³: its lowest bits are those of n
  V r;
};

/// The same for Times·x, |Times·x| ≤ 2²¹. Adding 1.5·2²³ rounds to a whole number. ln 2 comes in two parts, of which the
/// first has nine significant bits, so that n times it is exact with and without a fused multiply-add (Cody and Waite).
template <int Times, class D, class V>
HWY_INLINE Reduced<V> Reduce(D d, V x) {
  static_assert(Times == 1 || Times == -1 || Times == 2);
  const V shift = hn::Set(d, 12582912.0f), high = hn::Set(d, 0.693359375f);
  const V shifted_n = hn::MulAdd(x, hn::Set(d, Times * 1.44269504f), shift);
  const V n = hn::Sub(shifted_n, shift);
  const V r =
      Times == -1 ? hn::NegMulSub(n, high, x) : hn::NegMulAdd(n, high, Times == 2 ? hn::Add(x, x) : x);
  return {shifted_n, hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r)};
}

/// eʳ − 1 = r + r²·c(r) for |r| ≤ ln 2 / 2. c is the polynomial of degree 4 whose largest relative error
/// in the result is smallest (0.23·2⁻²⁴; fitted by reweighted least squares, the coefficients rounded
/// one by one).
template <class D, class V>
HWY_INLINE V Expm1Reduced(D d, V r) {
  const V r2 = hn::Mul(r, r);
  const V low = hn::MulAdd(hn::Set(d, 0x1.5554b4p-3f), r, hn::Set(d, 0x1.fffffep-2f));
  const V high = hn::MulAdd(hn::Set(d, 0x1.12254ap-7f), r, hn::Set(d, 0x1.5556f2p-5f));
  const V c = hn::MulAdd(hn::MulAdd(hn::Set(d, 0x1.6b9c68p-10f), r2, high), r2, low);
  return hn::MulAdd(c, r2, r);
}

/// 2^(n + exponent), which must lie in the range of normal floats.
template <class D, class V>
HWY_INLINE V PowerOfTwo(D d, V shifted_n, hn::Vec<hn::RebindToSigned<D>> exponent) {
  const hn::RebindToSigned<D> di;
  const auto bias = hn::ShiftLeft<23>(hn::Add(exponent, hn::Set(di, 127)));
  return hn::BitCast(d, hn::Add(hn::ShiftLeft<23>(hn::BitCast(di, shifted_n)), bias));
}
template <class D, class V>
HWY_INLINE V PowerOfTwo(D d, V shifted_n) {
  return PowerOfTwo(d, shifted_n, hn::Zero(hn::RebindToSigned<D>()));
}

/// The larger of both; NaN where x is NaN. Cheaper than a comparison where Max gives its second operand for NaN.
template <class D, class V>
HWY_INLINE V AtLeast(D, V lowest, V x) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Max(lowest, x);
#else
  return hn::IfThenElse(hn::Lt(x, lowest), lowest, x);
#endif
}

/// The smaller of both, likewise.
template <class D, class V>
HWY_INLINE V AtMost(D, V highest, V x) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Min(highest, x);
#else
  return hn::IfThenElse(hn::Gt(x, highest), highest, x);
#endif
}

}  // namespace math

/// eˣ; +∞ above 88.7228, 0 below −103.97.
/// Max Error: ULP = 1.06
template <class D, class V>
HWY_INLINE V Exp(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V lowest = hn::Set(d, -104.0f), highest = hn::Set(d, 89.0f);  // e⁻¹⁰⁴ < 2⁻¹⁵⁰ rounds to 0
  x = math::AtMost(d, highest, math::AtLeast(d, lowest, x));
  const math::Reduced<V> reduced = math::Reduce<1>(d, x);
  const V power = hn::Add(math::Expm1Reduced(d, reduced.r), hn::Set(d, 1.0f));
  // 2ⁿ in two steps, n being as low as −150 and as high as 128.
  const auto negative = hn::Lt(x, hn::Zero(d));
  const auto bias = hn::IfThenElse(hn::RebindMask(di, negative), hn::Set(di, 64), hn::Set(di, -64));
  const V scale = math::PowerOfTwo(d, reduced.shifted_n, bias);
  const V rest = hn::IfThenElse(negative, hn::Set(d, 0x1p-64f), hn::Set(d, 0x1p64f));
  return hn::Mul(hn::Mul(power, scale), rest);
}

// σ and tanh are what a small layer waits for: in each, one operation hangs on the one before, and nothing else is on
// that chain. 2ⁿ·(1 + (eʳ − 1)) ± 1 is one multiply-add on 2ⁿ ± 1, which is ready by then.

/// σ(x) = 1 / (1 + e⁻ˣ); 0 below −88.03, where it is less than 2⁻¹²⁶.
/// Max Error: ULP = 2.45
template <class D, class V>
HWY_INLINE V Sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0f), lowest = hn::Set(d, -88.03f), highest = hn::Set(d, 87.0f);
  const auto vanishes = hn::Lt(x, lowest);
  const math::Reduced<V> reduced = math::Reduce<-1>(d, math::AtMost(d, highest, math::AtLeast(d, lowest, x)));
  const V scale = math::PowerOfTwo(d, reduced.shifted_n);
  const V rest = math::Expm1Reduced(d, reduced.r);
  return hn::IfThenZeroElse(vanishes, hn::Div(one, hn::MulAdd(scale, rest, hn::Add(scale, one))));
}

/// tanh(x) = (1 − E) / (1 + E), E = e^(−2|x|), with the sign of x. E − 1 is computed as 2ⁿ·(eʳ − 1) + (2ⁿ − 1), which
/// keeps the digits of a small x.
/// Max Error: ULP = 1.99
template <class D, class V>
HWY_INLINE V Tanh(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V minus_x = math::AtLeast(d, hn::Set(d, -20.0f), hn::Or(x, hn::SignBit(d)));  // −|x|
  const math::Reduced<V> reduced = math::Reduce<2>(d, minus_x);
  const V scale = math::PowerOfTwo(d, reduced.shifted_n);
  const V rest = math::Expm1Reduced(d, reduced.r);
  const V minus = hn::MulAdd(scale, rest, hn::Sub(scale, one));
  const V plus = hn::MulAdd(scale, rest, hn::Add(scale, one));
  return hn::CopySign(hn::Div(minus, plus), x);
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_MATH_INL_H_
