#include "runnel/autograd/gradcheck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

#include "tests/autograd/small_ops.h"

namespace runnel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Shape kShape{{"batch", 2}, {"feature", 3}};
const std::vector<Tensor> kInputs{Tensor(kShape, {1, -2, 3, 0.5f, -0.25f, 4})};

Variable square(std::span<const Variable> x) { return small_ops::square(x[0]); }

std::vector<double> square_in_double(std::span<const std::vector<double>> x) {
  std::vector<double> y = x[0];
  for (double& value : y) value *= value;
  return y;
}

/// x ⊙ x with a derivative that is 1 % too large at one place.
Variable wrong_square(std::span<const Variable> inputs) {
  const Tensor x = inputs[0].value();
  return record("wrong", {inputs[0]}, small_ops::square(inputs[0].detach()).value(),
                [x](const Tensor& d_y) -> std::vector<Gradient> {
                  Tensor d_x = d_y.clone();
                  for (size_t i = 0; i < 6; ++i) d_x.values()[i] *= (i == 4 ? 2.02f : 2.0f) * x.values()[i];
                  return {d_x};
                });
}

TEST(Gradcheck, agrees_with_a_right_derivative) {
  const GradcheckResult result = gradcheck(square, kInputs, {.twin = square_in_double});
  EXPECT_TRUE(result.ok) << result.to_string();
  EXPECT_EQ(result.compared, 6);
  EXPECT_LT(result.worst.error, 1e-6);
  EXPECT_THAT(result.to_string(),
              StartsWith("gradcheck: 6 gradients agree; the worst is that of input 0, element "));
}

TEST(Gradcheck, works_without_a_twin) {
  const GradcheckResult result = gradcheck(square, kInputs);
  EXPECT_TRUE(result.ok) << result.to_string();
  EXPECT_GT(result.worst.error, 0);
}

TEST(Gradcheck, names_the_element_that_is_wrong) {
  for (const DoubleTwin& twin : {DoubleTwin(square_in_double), DoubleTwin()}) {
    // The value there is small, so a derivative that is 1 % off shows at a tighter tolerance than the usual
    // one.
    const GradcheckResult result = gradcheck(wrong_square, kInputs, {.twin = twin, .tolerance = 1e-3});
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.worst.input, 0);
    EXPECT_EQ(result.worst.element, 4);
    EXPECT_NEAR(result.worst.analytic / result.worst.numeric, 1.01, 1e-3);
    EXPECT_THAT(result.to_string(),
                StartsWith("gradcheck: 6 gradients compared, not all agree; the worst is that of "
                           "input 0, element 4 of [batch=2, feature=3]: analytic "));
  }
}

TEST(Gradcheck, compares_the_values_with_those_of_the_twin) {
  const auto twin = [](std::span<const std::vector<double>> x) {
    std::vector<double> y = square_in_double(x);
    y[1] += 0.5;
    return y;
  };
  const GradcheckResult result = gradcheck(square, kInputs, {.twin = twin});
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.to_string(), "gradcheck: value 1 is 4, that of the twin 4.5");
  const auto short_twin = [](std::span<const std::vector<double>>) { return std::vector<double>{1}; };
  EXPECT_EQ(gradcheck(square, kInputs, {.twin = short_twin}).failure,
            "the function gives 6 values, its twin 1");
}

TEST(Gradcheck, counts_a_missing_gradient_as_zero) {
  const auto first = [](std::span<const Variable> x) { return small_ops::square(x[0]); };
  const auto twin = [](std::span<const std::vector<double>> x) { return square_in_double(x); };
  const GradcheckResult result = gradcheck(first, {kInputs[0], kInputs[0]}, {.twin = twin});
  EXPECT_TRUE(result.ok) << result.to_string();
  EXPECT_EQ(result.compared, 12);
  const auto detached = [](std::span<const Variable> x) { return small_ops::square(x[0]).detach(); };
  EXPECT_FALSE(gradcheck(detached, kInputs, {.twin = twin}).ok);
}

TEST(Gradcheck, throws_nothing) {
  const auto thrower = [](std::span<const Variable>) -> Variable {
    throw std::runtime_error("no such luck");
  };
  EXPECT_EQ(gradcheck(thrower, kInputs).to_string(), "gradcheck: the function threw: no such luck");
  EXPECT_EQ(gradcheck(square, {Tensor({{"feature", 0}})}).to_string(),
            "gradcheck: there was nothing to compare");
}

TEST(Gradcheck, does_not_take_a_nan_for_agreement) {
  const auto nan = [](std::span<const Variable> x) {
    return record("nan", {x[0]}, x[0].value(), [](const Tensor& d_y) -> std::vector<Gradient> {
      return {Tensor::full(d_y.shape(), std::numeric_limits<float>::quiet_NaN())};
    });
  };
  EXPECT_FALSE(gradcheck(nan, kInputs).ok);
}

TEST(Gradcheck, leaves_recording_as_it_was) {
  gradcheck(square, kInputs);
  EXPECT_FALSE(Recording::enabled());
}

}  // namespace
}  // namespace runnel
