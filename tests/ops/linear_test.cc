#include "runnel/ops/linear.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

const Tensor kX({{"batch", 2}, {"feature", 3}}, {1, 2, 3, 4, 5, 6});
const Tensor kWeight({{"out", 2}, {"in", 3}}, {1, 0, -1, 2, 1, 0});
const Tensor kBias({{"out", 2}}, {10, 20});

TEST(Linear, multiplies_along_the_last_axis) {
  const Variable y = linear(kX, kWeight, kBias, "class");
  EXPECT_EQ(y.shape(), (Shape{{"batch", 2}, {"class", 2}}));
  EXPECT_THAT(numbers(y), ElementsAre(8, 24, 8, 33));
  EXPECT_THAT(numbers(linear(kX, kWeight, {}, "class")), ElementsAre(-2, 4, -2, 13));
}

TEST(Linear, takes_any_axes_before_the_last_one) {
  const Tensor x = random({{"batch", 2}, {"seq", 4}, {"feature", 3}});
  EXPECT_EQ(linear(x, kWeight, kBias, "feature").shape(), (Shape{{"batch", 2}, {"seq", 4}, {"feature", 2}}));
  EXPECT_EQ(linear(Tensor({{"feature", 3}}), kWeight, kBias, "class").shape(), (Shape{{"class", 2}}));
  EXPECT_EQ(linear(Tensor({{"batch", 0}, {"feature", 3}}), kWeight, kBias, "class").shape(),
            (Shape{{"batch", 0}, {"class", 2}}));
}

/// Σ_k a[m, k]·b[n, k] (b transposed) or Σ_k a[m, k]·b[k, n].
Doubles product(const Doubles& a, const Doubles& b, size_t inner, bool transposed) {
  const size_t rows = a.size() / inner, cols = b.size() / inner;
  Doubles c(rows * cols);
  for (size_t m = 0; m < rows; ++m) {
    for (size_t n = 0; n < cols; ++n) {
      for (size_t k = 0; k < inner; ++k) {
        c[m * cols + n] += a[m * inner + k] * (transposed ? b[n * inner + k] : b[k * cols + n]);
      }
    }
  }
  return c;
}

TEST(Linear, has_the_gradients_of_its_differences) {
  const auto function = [](std::span<const Variable> in) { return linear(in[0], in[1], in[2], "class"); };
  const auto twin = [](std::span<const Doubles> in) {
    Doubles y = product(in[0], in[1], 3, true);
    for (size_t i = 0; i < y.size(); ++i) y[i] += in[2][i % in[2].size()];
    return y;
  };
  const Tensor weight = random({{"out", 4}, {"in", 3}}, 2), bias = random({{"out", 4}}, 3);
  expect_gradients(function, {random({{"batch", 2}, {"seq", 3}, {"feature", 3}}), weight, bias}, twin);
  expect_gradients(function, {random({{"feature", 3}}), weight, bias}, twin);
}

TEST(Linear, gives_gradients_of_zero_for_no_rows) {
  const auto of_weight = [](const Variable& weight) {
    return linear(Tensor({{"batch", 0}, {"feature", 3}}), weight, kBias, "class");
  };
  EXPECT_THAT(numbers(gradient_of(of_weight, kWeight)), testing::Each(0));
}

TEST(Linear, refuses_another_number_of_features) {
  EXPECT_EQ(error_of([] { linear(Tensor({{"batch", 2}, {"feature", 4}}), kWeight, kBias, "class"); }),
            "ShapeError: linear: the last axis of the input is feature=4, expected in=3\n"
            "  expected  [batch, in=3]\n"
            "  got       [batch=2, feature=4]\n"
            "  why       it multiplies along this axis, which must be the same in both operands");
  EXPECT_EQ(error_of([] { linear(Tensor({}, {1}), kWeight, kBias, "class"); }),
            "ShapeError: linear: the input has no axis to multiply along\n"
            "  expected  [batch, in=3]\n"
            "  got       []\n"
            "  why       it multiplies along this axis, which must be the same in both operands");
}

TEST(Matmul, multiplies_with_a_matrix) {
  const Tensor b({{"feature", 3}, {"class", 2}}, {1, 2, 0, 1, -1, 0});
  const Variable c = matmul(kX, b);
  EXPECT_EQ(c.shape(), (Shape{{"batch", 2}, {"class", 2}}));
  EXPECT_THAT(numbers(c), ElementsAre(-2, 4, -2, 13));
}

TEST(Matmul, has_the_gradients_of_its_differences) {
  expect_gradients([](std::span<const Variable> in) { return matmul(in[0], in[1]); },
                   {random({{"batch", 2}, {"seq", 2}, {"k", 3}}), random({{"k", 3}, {"n", 5}}, 2)},
                   [](std::span<const Doubles> in) { return product(in[0], in[1], 3, false); });
}

TEST(Matmul, refuses_axes_that_do_not_meet) {
  EXPECT_EQ(error_of([] { matmul(kX, kWeight); }),
            "ShapeError: matmul: the last axis of the input is feature=3, expected out=2\n"
            "  expected  [batch, out=2]\n"
            "  got       [batch=2, feature=3]\n"
            "  why       it multiplies along this axis, which must be the same in both operands");
  EXPECT_EQ(error_of([] { matmul(kX, kBias); }),
            "ShapeError: matmul: the second operand has 1 axis, expected 2\n"
            "  got  [out=2]\n"
            "  why  its rows are multiplied with the last axis of the first operand\n"
            "  fix  one matrix of them: select(x, \"out\", 0)");
}

}  // namespace
}  // namespace runnel
