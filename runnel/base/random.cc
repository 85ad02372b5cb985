#include "runnel/base/random.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "runnel/base/thread_pool.h"

namespace runnel {
namespace {

/// ln x of a positive normal number from + − · / alone, since the C library's differs between machines:
/// x = m·2ᵉ with m in [√½, √2), ln m = 2 artanh(s) with s = (m − 1)/(m + 1).
double portable_log(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const double s = (m - 1) / (m + 1);
  const double s2 = s * s;
  double series = 0;
  for (int n = 23; n >= 1; n -= 2) series = series * s2 + 1.0 / n;
  return 2 * s * series + exponent * 0.6931471805599453;
}

template <size_t N>
double polynomial(const double (&coefficients)[N], double x) {
  double value = 0;
  for (size_t i = N; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

float uniform24(uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

}  // namespace

std::array<uint32_t, 4> philox4x32_10(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53} * counter[0];
    const uint64_t product1 = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

double normal_quantile(double p) {
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  static constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                 1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  assert(p >= std::numeric_limits<double>::min() && p < 1);
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double tail = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double value = tail <= 5 ? polynomial(c, tail - 1.6) / polynomial(d, tail - 1.6)
                                 : polynomial(e, tail - 5) / polynomial(f, tail - 5);
  return q < 0 ? -value : value;
}

void Generator::seed(uint64_t seed, uint64_t stream) {
  seed_ = seed;
  stream_ = stream;
  next_block_ = 0;
}

std::array<uint32_t, 4> Generator::block(uint64_t index) const {
  return philox4x32_10({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
                        static_cast<uint32_t>(stream_), static_cast<uint32_t>(stream_ >> 32)},
                       {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
}

template <class Transform>
void Generator::fill(std::span<float> out, Transform transform) {
  const int64_t count = static_cast<int64_t>(out.size());
  const int64_t blocks = (count + 3) / 4;
  const uint64_t first = reserve(static_cast<uint64_t>(blocks));
  parallel_for(blocks, 1024, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const std::array<uint32_t, 4> words = block(first + static_cast<uint64_t>(i));
      const int64_t in_block = std::min<int64_t>(4, count - 4 * i);
      for (int64_t j = 0; j < in_block; ++j) {
        out[static_cast<size_t>(4 * i + j)] = transform(words[static_cast<size_t>(j)]);
      }
    }
  });
}

void Generator::fill_uniform(std::span<float> out, float low, float high) {
  assert(low <= high && std::isfinite(high - low));
  // Rounding may lift the largest value to `high`, which does not belong to the range.
  const float below_high = std::nextafter(high, low);
  fill(out, [=](uint32_t word) { return std::min(low + (high - low) * uniform24(word), below_high); });
}

void Generator::fill_normal(std::span<float> out, float mean, float std) {
  fill(out, [=](uint32_t word) {
    return mean + std * static_cast<float>(normal_quantile((word + 0.5) * 0x1p-32));
  });
}

void Generator::fill_bernoulli(std::span<float> out, double p) {
  assert(p >= 0 && p <= 1);
  const double threshold = p * 0x1p32;
  fill(out, [=](uint32_t word) { return word < threshold ? 1.0f : 0.0f; });
}

int64_t Generator::below(int64_t n) {
  assert(n > 0);
  const uint64_t range = static_cast<uint64_t>(n);
  const uint64_t rejected = (0 - range) % range;  // 2⁶⁴ mod n: below it the residues are not equally likely
  while (true) {
    const std::array<uint32_t, 4> words = block(reserve(1));
    const uint64_t word = uint64_t{words[0]} << 32 | words[1];
    if (word >= rejected) return static_cast<int64_t>(word % range);
  }
}

double Generator::uniform() {
  const std::array<uint32_t, 4> words = block(reserve(1));
  return static_cast<double>((uint64_t{words[0]} << 32 | words[1]) >> 11) * 0x1p-53;
}

std::vector<int64_t> Generator::permutation(int64_t n) {
  assert(n >= 0);
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t i = n; i > 1; --i) {
    std::swap(order[static_cast<size_t>(i - 1)], order[static_cast<size_t>(below(i))]);
  }
  return order;
}

Generator& default_generator() {
  static Generator generator;
  return generator;
}

void manual_seed(uint64_t seed) { default_generator().seed(seed); }

}  // namespace runnel
