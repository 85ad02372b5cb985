#include "runnel/ops/softmax.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;

const Shape kShape{{"batch", 2}, {"class", 3}, {"seq", 4}};

/// Along the axis with `size` places `stride` apart.
Doubles softmax_in_double(const Doubles& x, size_t size, size_t stride, bool logarithm) {
  Doubles y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t first = i / (size * stride) * size * stride + i % stride;
    double sum = 0;
    for (size_t k = 0; k < size; ++k) sum += std::exp(x[first + k * stride]);
    y[i] = logarithm ? x[i] - std::log(sum) : std::exp(x[i]) / sum;
  }
  return y;
}

TEST(Softmax, has_the_values_and_gradients_of_its_twin_along_every_axis) {
  const struct {
    const char* axis;
    size_t size, stride;
  } axes[] = {{"batch", 2, 12}, {"class", 3, 4}, {"seq", 4, 1}};
  for (const auto& [axis, size, stride] : axes) {
    for (const bool logarithm : {false, true}) {
      expect_gradients(of_one([=, name = AxisName(axis)](const Variable& x) {
                         return logarithm ? log_softmax(x, name) : softmax(x, name);
                       }),
                       {random(kShape)}, twin_of_one([=, s = size, t = stride](const Doubles& x) {
                         return softmax_in_double(x, s, t, logarithm);
                       }));
    }
  }
}

TEST(Softmax, keeps_the_shape) {
  EXPECT_EQ(softmax(random(kShape), "class").shape(), kShape);
  EXPECT_EQ(log_softmax(random(kShape), "batch").shape(), kShape);
}

TEST(Softmax, does_not_overflow) {
  const Tensor x({{"class", 3}}, {1000, 1000, -1000});
  EXPECT_THAT(numbers(softmax(x, "class")), testing::ElementsAre(0.5, 0.5, 0));
  EXPECT_THAT(numbers(log_softmax(x, "class")),
              NumbersNear({-std::log(2.0f), -std::log(2.0f), -2000 - std::log(2.0f)}));
}

TEST(Softmax, treats_infinity_and_nan_as_pytorch_does) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(numbers(softmax(Tensor({{"class", 3}}, {-kInf, 0, 0}), "class")),
              testing::ElementsAre(0, 0.5, 0.5));
  EXPECT_THAT(numbers(softmax(Tensor({{"class", 2}}, {-kInf, -kInf}), "class")), NumbersNear({kNaN, kNaN}));
  EXPECT_THAT(numbers(softmax(Tensor({{"class", 2}}, {kNaN, 1}), "class")), NumbersNear({kNaN, kNaN}));
  EXPECT_THAT(numbers(log_softmax(Tensor({{"class", 2}}, {1, kNaN}), "class")), NumbersNear({kNaN, kNaN}));
}

TEST(Softmax, works_on_nothing) {
  EXPECT_EQ(softmax(Tensor({{"batch", 3}, {"class", 0}}), "class").value().count(), 0);
  EXPECT_EQ(softmax(Tensor({{"batch", 0}, {"class", 3}}), "class").value().count(), 0);
}

TEST(Softmax, names_a_missing_axis) {
  EXPECT_EQ(error_of([] { softmax(Tensor(kShape), "feature"); }),
            "ShapeError: there is no axis feature; the axes are: batch, class, seq\n"
            "  got  [batch=2, class=3, seq=4]\n"
            "  why  operations address an axis by its name");
}

RC_GTEST_PROP(Softmax, sums_to_one, ()) {
  const int64_t batch = *rc::gen::inRange<int64_t>(1, 5), classes = *rc::gen::inRange<int64_t>(1, 200);
  const Tensor x = random({{"batch", batch}, {"class", classes}}, *rc::gen::arbitrary<uint64_t>(), -50, 50);
  const Tensor p = softmax(x, "class").value();
  for (int64_t row = 0; row < batch; ++row) {
    double sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += p.at({row, c});
    RC_ASSERT(std::abs(sum - 1) < 1e-6);
  }
}

RC_GTEST_PROP(Softmax, does_not_see_a_shift, ()) {
  const Tensor x = random({{"class", *rc::gen::inRange<int64_t>(1, 40)}}, *rc::gen::arbitrary<uint64_t>());
  Tensor shifted = x.clone();
  for (float& value : shifted.values()) value += 8;
  const Tensor a = log_softmax(x, "class").value(), b = log_softmax(shifted, "class").value();
  for (int64_t c = 0; c < x.count(); ++c) RC_ASSERT(std::abs(a.at({c}) - b.at({c})) < 4e-6);
}

}  // namespace
}  // namespace runnel
