#include "runnel/kernels/optimizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <limits>
#include <string>
#include <vector>

#include "runnel/base/random.h"

namespace runnel::kernels {
namespace {

/// The arrays of any of the updates; what an update does not use stays as it is.
struct Arrays {
  std::vector<float> parameter, gradient, first, second, third;

  friend bool operator==(const Arrays& a, const Arrays& b) {
    const auto same_bits = [](const std::vector<float>& x, const std::vector<float>& y) {
      return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](float p, float q) {
        return std::bit_cast<uint32_t>(p) == std::bit_cast<uint32_t>(q);
      });
    };
    return same_bits(a.parameter, b.parameter) && same_bits(a.gradient, b.gradient) &&
           same_bits(a.first, b.first) && same_bits(a.second, b.second) && same_bits(a.third, b.third);
  }
};

std::vector<float> numbers(size_t count, int seed, float lowest) {
  std::vector<float> x(count);
  for (size_t i = 0; i < count; ++i) {
    x[i] = std::max(lowest,
                    static_cast<float>((i * 7919 + static_cast<size_t>(seed) * 104729) % 1009) / 1009 - 0.5f);
    if (i % 5 == 0) x[i] *= 1e-3f;
    if (i % 11 == 0) x[i] = 0;
    if (i % 13 == 0) x[i] *= 1e-37f;  // falls below the normal numbers
  }
  return x;
}

/// `second` is a mean of squares, so it is not negative.
Arrays some_arrays(size_t count) {
  return {numbers(count, 1, -1), numbers(count, 2, -1), numbers(count, 3, -1), numbers(count, 4, 0),
          numbers(count, 5, 0)};
}

float flushed(float x) { return std::abs(x) < std::numeric_limits<float>::min() ? 0.0f : x; }

template <class Update>
float gradient_twin(const Update& u, const float* gradient, int64_t i) {
  const float g = u.maximize ? -gradient[i] : gradient[i];
  return u.weight_decay != 0 ? g + u.weight_decay * u.parameter[i] : g;
}

float lerp_twin(float a, float b, float weight) {
  return weight < 0.5f ? a + weight * (b - a) : b - (b - a) * (1.0f - weight);
}

void twin(const SGDUpdate& u, const float* gradient, int64_t i) {
  float g = gradient_twin(u, gradient, i);
  if (u.momentum_buffer) {
    float& b = u.momentum_buffer[i];
    b = flushed(u.keep * b + u.take * g);
    g = u.nesterov ? g + u.momentum * b : b;
  }
  u.parameter[i] -= u.lr * g;
}

void twin(const AdamUpdate& u, const float* gradient, int64_t i) {
  const float g = gradient_twin(u, gradient, i);
  u.exp_avg[i] = flushed(lerp_twin(u.exp_avg[i], g, u.one_minus_beta1));
  u.exp_avg_sq[i] = flushed(u.beta2 * u.exp_avg_sq[i] + u.one_minus_beta2 * g * g);
  float s = u.exp_avg_sq[i];
  if (u.max_exp_avg_sq) s = u.max_exp_avg_sq[i] = std::max(u.max_exp_avg_sq[i], s);
  const float denominator = std::sqrt(s) / u.bias_correction2_sqrt + u.eps;
  u.parameter[i] = u.shrink * u.parameter[i] - u.step_size * u.exp_avg[i] / denominator;
}

void twin(const RMSpropUpdate& u, const float* gradient, int64_t i) {
  const float g = gradient_twin(u, gradient, i);
  u.square_avg[i] = flushed(u.alpha * u.square_avg[i] + u.one_minus_alpha * g * g);
  float s = u.square_avg[i];
  if (u.grad_avg) {
    u.grad_avg[i] = flushed(lerp_twin(u.grad_avg[i], g, u.one_minus_alpha));
    s -= u.grad_avg[i] * u.grad_avg[i];
  }
  const float root = std::sqrt(s) + u.eps;
  if (!u.momentum_buffer) {
    u.parameter[i] -= u.lr * g / root;
    return;
  }
  u.momentum_buffer[i] = flushed(u.momentum * u.momentum_buffer[i] + g / root);
  u.parameter[i] -= u.lr * u.momentum_buffer[i];
}

void run(const SGDUpdate& u, const Arrays& a, int64_t begin, int64_t end) {
  sgd_update(u, a.gradient.data() + begin, begin, end);
}
void run(const AdamUpdate& u, const Arrays& a, int64_t begin, int64_t end) {
  adam_update(u, a.gradient.data() + begin, begin, end);
}
void run(const RMSpropUpdate& u, const Arrays& a, int64_t begin, int64_t end) {
  rmsprop_update(u, a.gradient.data() + begin, begin, end);
}

void point_at(Arrays& a, SGDUpdate& u, int options) {
  u = {.parameter = a.parameter.data(), .keep = 0.9f, .take = 0.75f, .momentum = 0.9f};
  u.lr = 0.01f;
  u.maximize = options & 1;
  u.weight_decay = options & 2 ? 0.1f : 0;
  u.momentum_buffer = options & 4 ? a.first.data() : nullptr;
  u.nesterov = options & 8;
}

void point_at(Arrays& a, AdamUpdate& u, int options) {
  u = {.parameter = a.parameter.data(), .exp_avg = a.first.data()};
  u.exp_avg_sq = a.second.data();
  u.maximize = options & 1;
  u.weight_decay = options & 2 ? 0.1f : 0;
  u.max_exp_avg_sq = options & 4 ? a.third.data() : nullptr;
  u.one_minus_beta1 = options & 8 ? 0.75f : 0.1f;
  u.shrink = options & 1 ? 0.99f : 1;
  u.beta2 = 0.999f, u.one_minus_beta2 = 0.001f, u.bias_correction2_sqrt = 0.3f, u.eps = 1e-8f,
  u.step_size = 0.01f;
}

void point_at(Arrays& a, RMSpropUpdate& u, int options) {
  u = {.parameter = a.parameter.data(), .square_avg = a.second.data()};
  u.maximize = options & 1;
  u.weight_decay = options & 2 ? 0.1f : 0;
  u.grad_avg = options & 4 ? a.first.data() : nullptr;
  u.momentum_buffer = options & 8 ? a.third.data() : nullptr;
  u.alpha = 0.99f, u.one_minus_alpha = 0.01f, u.eps = 1e-8f, u.momentum = 0.9f, u.lr = 0.01f;
  if (u.grad_avg) {  // a mean gradient that fits the mean square
    for (size_t i = 0; i < a.first.size(); ++i) {
      a.first[i] = std::copysign(std::sqrt(a.second[i]), a.first[i]) * 0.5f;
    }
  }
}

template <class Update>
class OptimizerUpdate : public testing::Test {};
using Updates = testing::Types<SGDUpdate, AdamUpdate, RMSpropUpdate>;
TYPED_TEST_SUITE(OptimizerUpdate, Updates);

TYPED_TEST(OptimizerUpdate, has_the_bits_of_its_plain_twin_on_every_instruction_set) {
  constexpr int64_t kCount = 67, kBegin = 3;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    for (int options = 0; options < 16; ++options) {
      SCOPED_TRACE(std::string(hwy::TargetName(target)) + ", options " + std::to_string(options));
      Arrays ours = some_arrays(kCount), theirs = ours;
      TypeParam our_update, their_update;
      point_at(ours, our_update, options);
      point_at(theirs, their_update, options);
      run(our_update, ours, kBegin, kCount - 1);
      for (int64_t i = kBegin; i < kCount - 1; ++i) twin(their_update, theirs.gradient.data(), i);
      EXPECT_TRUE(ours == theirs);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TYPED_TEST(OptimizerUpdate, does_not_depend_on_how_the_range_is_cut) {
  constexpr int64_t kCount = 100;
  Arrays whole = some_arrays(kCount), pieces = whole;
  TypeParam whole_update, pieces_update;
  point_at(whole, whole_update, 15);
  point_at(pieces, pieces_update, 15);
  run(whole_update, whole, 0, kCount);
  for (int64_t begin = 0; begin < kCount; begin += 7)
    run(pieces_update, pieces, begin, std::min(begin + 7, kCount));
  EXPECT_TRUE(whole == pieces);
}

TYPED_TEST(OptimizerUpdate, keeps_no_denormal_numbers) {
  Arrays arrays = some_arrays(64);
  std::fill(arrays.gradient.begin(), arrays.gradient.end(), 0.0f);
  for (std::vector<float>* kept : {&arrays.first, &arrays.second, &arrays.third}) {
    std::fill(kept->begin(), kept->end(), std::numeric_limits<float>::min());
  }
  TypeParam update;
  point_at(arrays, update, 12);
  if constexpr (!std::is_same_v<TypeParam, SGDUpdate>) std::fill_n(arrays.parameter.begin(), 64, 0.0f);
  run(update, arrays, 0, 64);
  const auto denormal = [](float x) { return std::fpclassify(x) == FP_SUBNORMAL; };
  for (const std::vector<float>* kept : {&arrays.first, &arrays.second, &arrays.third}) {
    EXPECT_TRUE(std::none_of(kept->begin(), kept->end(), denormal));
  }
}

}  // namespace
}  // namespace runnel::kernels
