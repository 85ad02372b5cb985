#include "runnel/optim/rmsprop.h"

#include "tests/optim/optimizer_cases.h"

namespace runnel {
namespace {

struct RMSpropTwin {
  RMSpropOptions options;
  double v = 0, a = 0, b = 0;

  double update(double p, double gradient, double) {
    double g = options.maximize ? -gradient : gradient;
    g += options.weight_decay * p;
    v = options.alpha * v + (1 - options.alpha) * g * g;
    a = options.alpha * a + (1 - options.alpha) * g;
    const double root = std::sqrt(options.centered ? v - a * a : v) + options.eps;
    if (options.momentum == 0) return p - options.lr * g / root;
    b = options.momentum * b + g / root;
    return p - options.lr * b;
  }
};

TEST(RMSprop, follows_its_equations) {
  const std::vector<RMSpropOptions> cases = {
      {},
      {.lr = 0.01, .alpha = 0.9},
      {.lr = 0.01, .eps = 1e-3},
      {.lr = 0.01, .weight_decay = 0.1},
      {.lr = 0.01, .momentum = 0.9},
      {.lr = 0.01, .centered = true},
      {.lr = 0.01, .maximize = true},
      {.lr = 0.01, .alpha = 0.9, .eps = 1e-3, .weight_decay = 0.1, .momentum = 0.9, .centered = true},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const auto parameters = two_parameters();
    RMSprop rmsprop(parameters, cases[i]);
    expect_follows_twin<RMSpropTwin>(parameters, rmsprop, cases[i]);
  }
}

TEST(RMSprop, takes_up_a_momentum_that_comes_later) {
  Variable p(Tensor({{"hidden", 1}}, {0.0f}), true);
  RMSprop rmsprop({p}, {.lr = 1, .alpha = 0});
  p.accumulate_grad(Tensor({{"hidden", 1}}, {2.0f}));
  rmsprop.step();  // g / r = 1
  EXPECT_FLOAT_EQ(p.value().values()[0], -1);
  rmsprop.set_momentum(0.5);
  rmsprop.step();
  EXPECT_FLOAT_EQ(p.value().values()[0], -2);
  rmsprop.step();
  EXPECT_FLOAT_EQ(p.value().values()[0], -3.5);
}

TEST(RMSprop, refuses_options_that_cannot_be) {
  const auto make = [](RMSpropOptions options) {
    return error_of([&] { RMSprop(two_parameters(), options); });
  };
  EXPECT_EQ(make({.lr = INFINITY}), "RMSprop: lr is inf, expected 0 or more");
  EXPECT_EQ(make({.alpha = 1.5}), "RMSprop: alpha is 1.5, expected 0 to 1");
  EXPECT_EQ(make({.eps = -1}), "RMSprop: eps is -1, expected 0 or more");
  EXPECT_EQ(make({.weight_decay = -1}), "RMSprop: weight_decay is -1, expected 0 or more");
  EXPECT_EQ(make({.momentum = -1}), "RMSprop: momentum is -1, expected 0 or more");
}

}  // namespace
}  // namespace runnel
