#include "runnel/optim/sgd.h"

#include "tests/optim/optimizer_cases.h"

namespace runnel {
namespace {

struct SGDTwin {
  SGDOptions options;
  double buffer = 0;

  double update(double p, double gradient, double t) {
    double g = options.maximize ? -gradient : gradient;
    g += options.weight_decay * p;
    if (options.momentum == 0) return p - options.lr * g;
    buffer = t == 1 ? g : options.momentum * buffer + (1 - options.dampening) * g;
    return p - options.lr * (options.nesterov ? g + options.momentum * buffer : buffer);
  }
};

TEST(SGD, follows_its_equations) {
  const std::vector<SGDOptions> cases = {
      {},
      {.lr = 0.1},
      {.lr = 0.1, .momentum = 0.9},
      {.lr = 0.1, .momentum = 0.9, .dampening = 0.5},
      {.lr = 0.1, .momentum = 0.9, .nesterov = true},
      {.lr = 0.1, .weight_decay = 0.1},
      {.lr = 0.1, .maximize = true},
      {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.1, .nesterov = true, .maximize = true},
      {.lr = 0},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const auto parameters = two_parameters();
    SGD sgd(parameters, cases[i]);
    expect_follows_twin<SGDTwin>(parameters, sgd, cases[i]);
  }
}

TEST(SGD, takes_the_first_gradient_whole_when_momentum_comes_later) {
  Variable p(Tensor({{"hidden", 1}}, {0.0f}), true);
  SGD sgd({p}, {.lr = 1, .dampening = 0.5});
  p.accumulate_grad(Tensor({{"hidden", 1}}, {1.0f}));
  sgd.step();
  EXPECT_EQ(p.value().values()[0], -1);
  sgd.set_momentum(0.5);
  sgd.step();  // b = 1
  EXPECT_EQ(p.value().values()[0], -2);
  sgd.step();  // b = 0.5 · 1 + 0.5 · 1
  EXPECT_EQ(p.value().values()[0], -3);
  EXPECT_EQ(sgd.momentum(), 0.5);
}

TEST(SGD, refuses_options_that_cannot_be) {
  const auto make = [](SGDOptions options) { return error_of([&] { SGD(two_parameters(), options); }); };
  EXPECT_EQ(make({.lr = -1}), "SGD: lr is -1, expected 0 or more");
  EXPECT_EQ(make({.momentum = -0.5}), "SGD: momentum is -0.5, expected 0 or more");
  EXPECT_EQ(make({.dampening = std::nan("")}), "SGD: dampening is nan, expected a finite number");
  EXPECT_EQ(make({.weight_decay = -0.1}), "SGD: weight_decay is -0.1, expected 0 or more");
  EXPECT_EQ(make({.nesterov = true}),
            "SGD: nesterov needs a momentum above 0 and a dampening of 0\n"
            "  got  momentum = 0, dampening = 0\n"
            "  why  it looks ahead along the momentum, whose full length it must know\n"
            "  fix  SGDOptions{.momentum = 0.9, .nesterov = true}");
  EXPECT_EQ(make({.momentum = 0.9, .dampening = 0.5, .nesterov = true}),
            "SGD: nesterov needs a momentum above 0 and a dampening of 0\n"
            "  got  momentum = 0.9, dampening = 0.5\n"
            "  why  it looks ahead along the momentum, whose full length it must know\n"
            "  fix  SGDOptions{.momentum = 0.9, .nesterov = true}");
  SGD sgd(two_parameters());
  EXPECT_EQ(error_of([&] { sgd.set_momentum(-1); }), "SGD: momentum is -1, expected 0 or more");
}

}  // namespace
}  // namespace runnel
