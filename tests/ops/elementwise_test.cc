#include "runnel/ops/elementwise.h"

#include <cmath>
#include <limits>

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

const Shape kShape{{"batch", 2}, {"seq", 3}, {"feature", 4}};

/// Where a number of kShape finds its partner in an operand of a smaller shape.
size_t partner(const Shape& smaller, size_t place) {
  const size_t batch = place / 12, seq = place / 4 % 3, feature = place % 4;
  size_t found = 0;
  for (const Axis& axis : smaller) {
    const size_t index = axis.name == AxisName("batch") ? batch
                         : axis.name == AxisName("seq") ? seq
                                                        : feature;
    found = found * static_cast<size_t>(axis.size) + index;
  }
  return found;
}

struct BinaryOp {
  const char* name;
  Variable (*op)(const Variable&, const Variable&);
  double (*twin)(double, double);
};

class BinaryOps : public testing::TestWithParam<BinaryOp> {
 protected:
  /// Gradients of both operands, the smaller one on either side.
  void check(const Shape& smaller) {
    const auto [name, op, twin] = GetParam();
    const Tensor large = random(kShape, 1, 0.5f, 2), small = random(smaller, 2, 0.5f, 2);
    const auto run = [f = op](std::span<const Variable> x) { return f(x[0], x[1]); };
    expect_gradients(run, {large, small}, [f = twin, smaller](std::span<const Doubles> x) {
      Doubles y;
      for (size_t i = 0; i < x[0].size(); ++i) y.push_back(f(x[0][i], x[1][partner(smaller, i)]));
      return y;
    });
    expect_gradients(run, {small, large}, [f = twin, smaller](std::span<const Doubles> x) {
      Doubles y;
      for (size_t i = 0; i < x[1].size(); ++i) y.push_back(f(x[0][partner(smaller, i)], x[1][i]));
      return y;
    });
  }
};

TEST_P(BinaryOps, work_on_equal_shapes) { check(kShape); }
TEST_P(BinaryOps, broadcast_over_the_leading_axes) { check({{"feature", 4}}); }
TEST_P(BinaryOps, broadcast_over_the_trailing_axes) { check({{"batch", 2}}); }
TEST_P(BinaryOps, broadcast_over_the_middle_axis) { check({{"batch", 2}, {"feature", 4}}); }
TEST_P(BinaryOps, broadcast_over_the_outer_axes) { check({{"seq", 3}}); }
TEST_P(BinaryOps, broadcast_one_number) { check({}); }

TEST_P(BinaryOps, keep_the_order_of_the_operands) {
  const auto [name, op, twin] = GetParam();
  EXPECT_FLOAT_EQ(op(Tensor({}, {3}), Tensor({}, {4})).item(), static_cast<float>(twin(3, 4)));
}

INSTANTIATE_TEST_SUITE_P(, BinaryOps,
                         testing::Values(BinaryOp{"add", add, [](double a, double b) { return a + b; }},
                                         BinaryOp{"sub", sub, [](double a, double b) { return a - b; }},
                                         BinaryOp{"mul", mul, [](double a, double b) { return a * b; }},
                                         BinaryOp{"div", div, [](double a, double b) { return a / b; }}),
                         [](const auto& each) { return each.param.name; });

struct UnaryOp {
  const char* name;
  Variable (*op)(const Variable&);
  double (*twin)(double);
};

class UnaryOps : public testing::TestWithParam<UnaryOp> {};

TEST_P(UnaryOps, have_the_values_and_gradients_of_their_twin) {
  const auto [name, op, twin] = GetParam();
  const auto twin_of_all = [f = twin](const Doubles& x) {
    Doubles y;
    for (double value : x) y.push_back(f(value));
    return y;
  };
  expect_gradients(of_one(op), {random(kShape, 3, 0.1f, 3)}, twin_of_one(twin_of_all));
}

INSTANTIATE_TEST_SUITE_P(
    , UnaryOps,
    testing::Values(
        UnaryOp{"neg", neg, [](double x) { return -x; }},
        UnaryOp{"scale", [](const Variable& x) { return 2.5f * x; }, [](double x) { return 2.5 * x; }},
        UnaryOp{"add_a_float", [](const Variable& x) { return x + 1.5f; }, [](double x) { return x + 1.5; }},
        UnaryOp{"sub_from_a_float", [](const Variable& x) { return 2 - x; }, [](double x) { return 2 - x; }},
        UnaryOp{"div_by_a_float", [](const Variable& x) { return x / 3; }, [](double x) { return x / 3; }},
        UnaryOp{"tanh", tanh, [](double x) { return std::tanh(x); }},
        UnaryOp{"sigmoid", sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
        UnaryOp{"relu", [](const Variable& x) { return relu(x - 1.0f); },
                [](double x) { return std::max(x - 1, 0.0); }},
        UnaryOp{"exp", exp, [](double x) { return std::exp(x); }},
        UnaryOp{"log", log, [](double x) { return std::log(x); }}),
    [](const auto& each) { return each.param.name; });

TEST(Elementwise, activations_hold_at_the_ends) {
  const Tensor x({{"feature", 5}}, {-kInf, -200, 0, 200, kInf});
  EXPECT_THAT(numbers(tanh(x)), testing::ElementsAre(-1, -1, 0, 1, 1));
  EXPECT_THAT(numbers(sigmoid(x)), testing::ElementsAre(0, 0, 0.5, 1, 1));
  EXPECT_THAT(numbers(relu(x)), testing::ElementsAre(0, 0, 0, 200, kInf));
  EXPECT_THAT(numbers(exp(x)), testing::ElementsAre(0, 0, 1, kInf, kInf));
  EXPECT_THAT(numbers(log(x)), NumbersNear({kNaN, kNaN, -kInf, std::log(200.0f), kInf}));
  for (const auto op : {tanh, sigmoid, relu, exp, log}) {
    EXPECT_TRUE(std::isnan(op(Tensor({}, {kNaN})).item()));
  }
}

TEST(Elementwise, the_gradient_of_relu_is_zero_at_zero) {
  EXPECT_THAT(numbers(gradient_of(relu, Tensor({{"feature", 3}}, {-1, 0, 1}))),
              testing::ElementsAre(0, 0, 1));
}

TEST(Elementwise, operators_are_the_functions) {
  const Variable a = Tensor({{"feature", 2}}, {6, 8}), b = Tensor({{"feature", 2}}, {2, 4});
  EXPECT_THAT(numbers(a + b), testing::ElementsAre(8, 12));
  EXPECT_THAT(numbers(a - b), testing::ElementsAre(4, 4));
  EXPECT_THAT(numbers(a * b), testing::ElementsAre(12, 32));
  EXPECT_THAT(numbers(a / b), testing::ElementsAre(3, 2));
  EXPECT_THAT(numbers(-a), testing::ElementsAre(-6, -8));
  EXPECT_THAT(numbers(1 + a - 2), testing::ElementsAre(5, 7));
  EXPECT_THAT(numbers(1 - a), testing::ElementsAre(-5, -7));
  EXPECT_THAT(numbers(a * 2 / 4), testing::ElementsAre(3, 4));
}

TEST(Elementwise, works_on_nothing) {
  const Tensor nothing({{"batch", 0}, {"feature", 3}});
  EXPECT_EQ((Variable(nothing) * nothing).shape(), nothing.shape());
  EXPECT_THAT(numbers(gradient_of([&](const Variable& x) { return nothing * x; }, random({{"feature", 3}}))),
              testing::ElementsAre(0, 0, 0));
}

TEST(Elementwise, gives_no_gradient_to_what_needs_none) {
  const Variable x(Tensor({{"feature", 2}}, {1, 2}), true);
  const Variable mask = Tensor({{"feature", 2}}, {0, 1});
  Recording recording;
  (x * mask).backward(Tensor({{"feature", 2}}, {5, 7}));
  EXPECT_THAT(numbers(x.grad()), testing::ElementsAre(0, 7));
  EXPECT_FALSE(mask.has_grad());
}

TEST(Broadcasting, explains_an_axis_of_another_size) {
  EXPECT_EQ(error_of([] { add(Tensor(kShape), Tensor({{"feature", 5}})); }),
            "ShapeError: add: axis feature has size 4 in one operand and 5 in the other\n"
            "  expected  [batch=2, seq=3, feature=4]    the first operand\n"
            "  got       [feature=5]                    the second operand\n"
            "  why       operands meet by the names of their axes: those of the smaller one must all be in "
            "the larger "
            "one, with the same sizes and in the same order");
}

TEST(Broadcasting, explains_an_axis_that_only_one_operand_has) {
  EXPECT_THAT(error_of([] { mul(Tensor({{"hidden", 4}}), Tensor(kShape)); }),
              testing::StartsWith("ShapeError: mul: axis hidden occurs in one operand only\n"
                                  "  expected  [hidden=4]                     the first operand\n"
                                  "  got       [batch=2, seq=3, feature=4]    the second operand\n"));
}

TEST(Broadcasting, explains_axes_in_another_order) {
  EXPECT_THAT(error_of([] { div(Tensor(kShape), Tensor({{"feature", 4}, {"batch", 2}})); }),
              testing::StartsWith("ShapeError: div: the axes stand in another order\n"));
  EXPECT_THAT(error_of([] { sub(Tensor({{"a", 2}, {"b", 2}}), Tensor({{"b", 2}, {"a", 2}})); }),
              testing::StartsWith("ShapeError: sub: the axes stand in another order\n"));
}

TEST(Broadcasting, does_not_stretch_an_axis_of_size_one) {
  EXPECT_THAT(
      error_of([] { add(Tensor({{"feature", 4}}), Tensor({{"feature", 1}})); }),
      testing::StartsWith("ShapeError: add: axis feature has size 4 in one operand and 1 in the other\n"));
}

}  // namespace
}  // namespace runnel
