#include "runnel/kernels/pointwise.h"

#include <bit>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "runnel/base/thread_pool.h"

#include "tests/kernels/every_target.h"

namespace runnel::kernels {
namespace {

using Floats = std::vector<float>;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Function {
  const char* name;
  void (*kernel)(std::span<const float>, std::span<float>);
  double (*exact)(double);
  double most_ulp;  // as math-inl.h states it
};

double exact_sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

const Function kFunctions[] = {{"exp", exp_forward, std::exp, 1.06},
                               {"sigmoid", sigmoid_forward, exact_sigmoid, 2.45},
                               {"tanh", tanh_forward, std::tanh, 1.91}};

Floats run(const Function& function, const Floats& x) {
  Floats y(x.size());
  function.kernel(x, y);
  return y;
}

/// Every float whose bits are a multiple of a prime: of every size and sign.
Floats floats_of_all_sizes() {
  Floats x;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 15'485'863) {
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  }
  for (int i = -110'000; i < 110'000; ++i) x.push_back(static_cast<float>(i) * 1e-3f);
  return x;
}

void expect_exact(const Function& function, const Floats& x) {
  const Floats y = run(function, x);
  for (size_t i = 0; i < x.size(); ++i) {
    const double exact = function.exact(double{x[i]});
    if (std::isnan(exact)) {
      ASSERT_TRUE(std::isnan(y[i])) << function.name;
      continue;
    }
    if (y[i] == 0 && std::abs(exact) < 0x1p-126) continue;  // σ flushes denormals
    const double border = std::min(exact, 0x1p128);         // beyond it, infinity is the nearest float
    const double got = y[i] == kInf ? 0x1p128 : double{y[i]};
    const double ulp = border == 0 ? 0x1p-149 : std::max(0x1p-149, std::ldexp(1, std::ilogb(border) - 23));
    ASSERT_LE(std::abs(got - border) / ulp, function.most_ulp) << function.name << " at " << x[i];
  }
}

TEST(Pointwise, is_as_exact_as_it_says_on_every_target) {
  const Floats x = floats_of_all_sizes();
  on_every_target([&] {
    for (const Function& function : kFunctions) expect_exact(function, x);
  });
}

TEST(Pointwise, holds_at_the_ends) {
  const Floats x{-kInf, -0.0f, 0, kInf};
  EXPECT_THAT(run(kFunctions[0], x), testing::ElementsAre(0, 1, 1, kInf));
  EXPECT_THAT(run(kFunctions[1], x), testing::ElementsAre(0, 0.5, 0.5, 1));
  EXPECT_THAT(run(kFunctions[2], x), testing::ElementsAre(-1, -0.0f, 0, 1));
  EXPECT_TRUE(std::signbit(run(kFunctions[2], x)[1]));
  EXPECT_THAT(run(kFunctions[0], {88.72283f, 88.72284f, -103.97f, -104.0f}),
              testing::ElementsAre(testing::Lt(kInf), kInf, testing::Gt(0), 0));
}

TEST(Pointwise, gives_a_number_the_same_bits_wherever_it_stands) {
  const Floats x{0.1f, -3, 2.5f, 7, -0.02f, 1, 5, -9, 0.3f, 0.7f, -6, 4, 3, -1.5f, 8, 0.9f, -0.4f};
  for (const Function& function : kFunctions) {
    const Floats together = run(function, x);
    for (size_t begin = 0; begin < x.size(); ++begin) {
      for (size_t end = begin; end <= x.size(); ++end) {
        const Floats part =
            run(function, Floats(x.begin() + static_cast<long>(begin), x.begin() + static_cast<long>(end)));
        for (size_t i = begin; i < end; ++i) ASSERT_EQ(part[i - begin], together[i]);
      }
    }
  }
}

TEST(Pointwise, has_the_derivatives) {
  const Floats y{0, 0.5f, -0.25f, 1, 2, -1, 0.125f, 0.75f, -0.5f, kNaN}, d(10, 2);
  Floats d_x(10);
  const auto expect = [&](auto slope) {
    for (size_t i = 0; i < 9; ++i) EXPECT_FLOAT_EQ(d_x[i], 2 * slope(y[i]));
  };
  tanh_backward(y, d, d_x);
  expect([](float v) { return 1 - v * v; });
  EXPECT_TRUE(std::isnan(d_x[9]));
  sigmoid_backward(y, d, d_x);
  expect([](float v) { return v * (1 - v); });
  exp_backward(y, d, d_x);
  expect([](float v) { return v; });
  relu_backward(y, d, d_x);
  expect([](float v) { return v > 0 ? 1.0f : 0.0f; });
  EXPECT_EQ(d_x[9], 2) << "as PyTorch does";
}

TEST(Pointwise, may_work_in_place) {
  Floats x{-1, 0, 1, 2};
  relu_forward(x, x);
  EXPECT_THAT(x, testing::ElementsAre(0, 0, 1, 2));
  Floats d{5, 6, 7, 8};
  relu_backward(x, d, d);
  EXPECT_THAT(d, testing::ElementsAre(0, 0, 7, 8));
}

TEST(Pointwise, keeps_nan_in_relu) {
  Floats y(2);
  relu_forward(Floats{kNaN, -kInf}, y);
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[1], 0);
}

TEST(Pointwise, exponentiates_a_shifted_row) {
  Floats y(3);
  exp_shifted(Floats{1000, 999, -kInf}, 1000, y);
  EXPECT_THAT(y, testing::ElementsAre(1, testing::FloatEq(std::exp(-1.0f)), 0));
}

TEST(Pointwise, gives_the_same_bits_on_any_number_of_threads) {
  Floats x(200'003);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) * 1e-4f - 10;
  const int before = thread_count();
  for (const Function& function : kFunctions) {
    set_thread_count(1);
    const Floats one = run(function, x);
    set_thread_count(3);
    EXPECT_EQ(run(function, x), one);
  }
  set_thread_count(before);
}

}  // namespace
}  // namespace runnel::kernels
