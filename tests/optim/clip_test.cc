#include "runnel/optim/clip.h"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

#include "runnel/base/thread_pool.h"

#include "tests/optim/optimizer_cases.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Variable with_gradient(std::vector<float> gradient) {
  const Shape shape{{"hidden", static_cast<int64_t>(gradient.size())}};
  Variable variable(Tensor(shape), true);
  variable.accumulate_grad(Tensor(shape, gradient));
  return variable;
}

TEST(ClipGradNorm, scales_a_long_gradient) {
  const Variable a = with_gradient({3, 0}), b = with_gradient({-4});
  EXPECT_DOUBLE_EQ(clip_grad_norm({a, b}, 1), 5);
  expect_close({0.6, 0}, a.grad());
  expect_close({-0.8}, b.grad());
}

TEST(ClipGradNorm, leaves_a_short_gradient_as_it_is) {
  const Variable a = with_gradient({0.3f, 0.4f});
  EXPECT_NEAR(clip_grad_norm({a}, 1), 0.5, 1e-7);
  EXPECT_THAT(a.grad().values(), ElementsAre(0.3f, 0.4f));
}

TEST(ClipGradNorm, knows_other_norms) {
  const auto norm = [](double p) {
    return clip_grad_norm({with_gradient({1, -2}), with_gradient({2})}, 1, {.norm_type = p});
  };
  EXPECT_DOUBLE_EQ(norm(1), 5);
  EXPECT_DOUBLE_EQ(norm(2), 3);
  EXPECT_DOUBLE_EQ(norm(3), std::cbrt(17.0));
  EXPECT_DOUBLE_EQ(norm(0.5), std::pow(1 + 2 * std::sqrt(2.0), 2));
  EXPECT_DOUBLE_EQ(norm(kInfinity), 2);
}

TEST(ClipGradNorm, adds_a_millionth_to_the_norm) {
  const Variable a = with_gradient({1e-6f});
  clip_grad_norm({a}, 1e-6);
  expect_close({0.5e-6}, a.grad(), 1e-12);
}

TEST(ClipGradNorm, only_measures_with_an_infinite_limit) {
  const Variable a = with_gradient({3, 4});
  EXPECT_DOUBLE_EQ(clip_grad_norm({a}, kInfinity), 5);
  EXPECT_THAT(a.grad().values(), ElementsAre(3, 4));
}

TEST(ClipGradNorm, does_not_overflow) {
  const Variable a = with_gradient({3e30f, 4e30f});
  EXPECT_NEAR(clip_grad_norm({a}, 1), 5e30, 1e24);
  expect_close({0.6, 0.8}, a.grad());
}

TEST(ClipGradNorm, passes_over_parameters_without_gradient) {
  const Variable a = with_gradient({3, 4}), none(Tensor({{"hidden", 2}}), true);
  EXPECT_DOUBLE_EQ(clip_grad_norm({none, a}, 100), 5);
  EXPECT_EQ(clip_grad_norm({none}, 1), 0);
  EXPECT_FALSE(none.has_grad());
  EXPECT_EQ(clip_grad_norm(std::vector<Variable>{}, 1), 0);
}

TEST(ClipGradNorm, changes_no_tensor_that_shares_the_gradient) {
  const Tensor gradient({{"hidden", 2}}, {3, 4});
  Variable a(Tensor(gradient.shape()), true), b(Tensor(gradient.shape()), true);
  a.accumulate_grad(gradient);
  b.accumulate_grad(gradient);
  clip_grad_norm({a}, 1);
  EXPECT_THAT(b.grad().values(), ElementsAre(3, 4));
}

TEST(ClipGradNorm, treats_what_is_not_finite_as_pytorch_does) {
  const Variable nan = with_gradient({NAN, 1}), infinite = with_gradient({kInfinity, 1});
  EXPECT_TRUE(std::isnan(clip_grad_norm({nan}, 1)));
  EXPECT_TRUE(std::isnan(nan.grad().values()[1]));
  EXPECT_EQ(clip_grad_norm({infinite}, 1), kInfinity);
  EXPECT_TRUE(std::isnan(infinite.grad().values()[0]));
  EXPECT_EQ(infinite.grad().values()[1], 0);
  for (const auto& values : std::vector<std::vector<float>>{{NAN, 1}, {1, NAN, 2}}) {
    EXPECT_TRUE(std::isnan(clip_grad_norm({with_gradient(values)}, 1, {.norm_type = kInfinity})));
  }
}

TEST(ClipGradNorm, can_refuse_what_is_not_finite) {
  const Variable a = with_gradient({kInfinity, 1});
  EXPECT_EQ(error_of([&] { clip_grad_norm({a}, 1, {.error_if_nonfinite = true}); }),
            "clip_grad_norm: the norm of the gradients is inf\n"
            "  norm_type  2\n"
            "  why        a gradient is NaN or infinite; scaling by such a norm would make all of them so, "
            "or zero\n"
            "  fix        a smaller learning rate, or .error_if_nonfinite = false to scale all the same");
  EXPECT_THROW(clip_grad_norm({a}, 1, {.error_if_nonfinite = true}), NumericError);
  EXPECT_THAT(a.grad().values(), ElementsAre(kInfinity, 1));
}

TEST(ClipGradNorm, gives_the_same_bits_for_any_number_of_threads) {
  struct Result {
    double norm;
    std::vector<float> gradient;
  };
  const int threads_before = thread_count();
  const auto run = [](int threads, double norm_type) {
    set_thread_count(threads);
    Variable a(Tensor({{"hidden", 100003}}), true), b(Tensor({{"hidden", 17}}), true);
    a.accumulate_grad(golden_values(a.shape(), 1));
    b.accumulate_grad(golden_values(b.shape(), 2));
    const double norm = clip_grad_norm({a, b}, 0.25, {.norm_type = norm_type});
    const auto values = a.grad().values();
    return Result{norm, {values.begin(), values.end()}};
  };
  for (const double norm_type : {1.0, 2.0, 2.5, static_cast<double>(kInfinity)}) {
    const Result alone = run(1, norm_type);
    for (const int threads : {2, 3, 7}) {
      const Result result = run(threads, norm_type);
      EXPECT_EQ(result.norm, alone.norm) << norm_type << ", " << threads << " threads";
      EXPECT_TRUE(result.gradient == alone.gradient) << norm_type << ", " << threads << " threads";
    }
  }
  set_thread_count(threads_before);
}

TEST(ClipGradNorm, refuses_options_that_cannot_be) {
  const Variable a = with_gradient({1});
  EXPECT_EQ(error_of([&] { clip_grad_norm({a}, -1); }), "clip_grad_norm: max_norm is -1, expected 0 or more");
  EXPECT_EQ(error_of([&] { clip_grad_norm({a}, NAN); }),
            "clip_grad_norm: max_norm is nan, expected 0 or more");
  EXPECT_EQ(error_of([&] { clip_grad_norm({a}, 1, {.norm_type = 0}); }),
            "clip_grad_norm: norm_type is 0, expected more than 0");
  EXPECT_EQ(error_of([&] { clip_grad_norm({Variable()}, 1); }),
            "clip_grad_norm: parameter \"0\" is an undefined variable\n"
            "  why  it was declared and never given a value\n"
            "  fix  Variable(value, /*requires_grad=*/true)");
}

TEST(ClipGradValue, limits_each_number) {
  const Variable a = with_gradient({-2, -0.5f, 0, 0.25f, kInfinity}), b = with_gradient({NAN}),
                 none(Tensor({{"hidden", 2}}), true);
  clip_grad_value({a, none, b}, 0.5);
  EXPECT_THAT(a.grad().values(), ElementsAre(-0.5f, -0.5f, 0, 0.25f, 0.5f));
  EXPECT_TRUE(std::isnan(b.grad().values()[0]));
}

TEST(ClipGradValue, refuses_a_negative_limit) {
  EXPECT_EQ(error_of([&] { clip_grad_value({with_gradient({1})}, -0.5); }),
            "clip_grad_value: clip_value is -0.5, expected 0 or more");
}

}  // namespace
}  // namespace runnel
