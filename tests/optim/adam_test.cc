#include "runnel/optim/adam.h"

#include <algorithm>

#include "tests/optim/optimizer_cases.h"

namespace runnel {
namespace {

struct AdamTwin {
  AdamOptions options;
  double m = 0, v = 0, largest = 0;

  double update(double p, double gradient, double t) {
    const auto [beta1, beta2] = options.betas;
    double g = options.maximize ? -gradient : gradient;
    if (options.decoupled_weight_decay) {
      p *= 1 - options.lr * options.weight_decay;
    } else {
      g += options.weight_decay * p;
    }
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    largest = std::max(largest, v);
    const double s = options.amsgrad ? largest : v;
    const double denominator = std::sqrt(s) / std::sqrt(1 - std::pow(beta2, t)) + options.eps;
    return p - options.lr / (1 - std::pow(beta1, t)) * m / denominator;
  }
};

TEST(Adam, follows_its_equations) {
  const std::vector<AdamOptions> cases = {
      {},
      {.lr = 0.01},
      {.lr = 0.01, .betas = {0.8, 0.95}},
      {.lr = 0.01, .betas = {0.25, 0.5}},
      {.lr = 0.01, .betas = {0, 0.999}},
      {.lr = 0.01, .eps = 1e-3},
      {.lr = 0.01, .weight_decay = 0.1},
      {.lr = 0.01, .betas = {0.8, 0.5}, .amsgrad = true},
      {.lr = 0.01, .maximize = true},
      {.lr = 0.01, .weight_decay = 0.1, .decoupled_weight_decay = true},
      {.lr = 0.01, .betas = {0.8, 0.5}, .eps = 1e-3, .weight_decay = 0.1, .amsgrad = true, .maximize = true},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const auto parameters = two_parameters();
    Adam adam(parameters, cases[i]);
    expect_follows_twin<AdamTwin>(parameters, adam, cases[i]);
  }
}

TEST(Adam, first_moves_by_lr_whatever_the_gradient) {
  Variable p(Tensor({{"hidden", 3}}, {1, 1, 1}), true);
  p.accumulate_grad(Tensor({{"hidden", 3}}, {1e-3f, 5, -100}));
  Adam({p}, {.lr = 0.25}).step();
  expect_close({0.75, 0.75, 1.25}, p.value(), 1e-5);
}

TEST(Adam, counts_the_steps_of_each_parameter_alone) {
  const auto parameters = two_parameters();
  Adam adam(parameters, {.lr = 0.25});
  set_gradients(parameters, 1);
  Variable late = parameters[1].variable;
  late.zero_grad();
  for (int i = 0; i < 10; ++i) adam.step();
  const std::vector<double> before = doubles(late.value());
  late.accumulate_grad(Tensor::full(late.shape(), 3));
  adam.step();
  std::vector<double> expected = before;
  for (double& value : expected) value -= 0.25;  // a first step
  expect_close(expected, late.value(), 1e-5);
}

TEST(Adam, refuses_options_that_cannot_be) {
  const auto make = [](AdamOptions options) { return error_of([&] { Adam(two_parameters(), options); }); };
  EXPECT_EQ(make({.lr = -1e-3}), "Adam: lr is -0.001, expected 0 or more");
  EXPECT_EQ(make({.betas = {1, 0.999}}), "Adam: betas[0] is 1, expected 0 or more and less than 1");
  EXPECT_EQ(make({.betas = {0.9, -0.5}}), "Adam: betas[1] is -0.5, expected 0 or more and less than 1");
  EXPECT_EQ(make({.eps = -1}), "Adam: eps is -1, expected 0 or more");
  EXPECT_EQ(make({.weight_decay = -1}), "Adam: weight_decay is -1, expected 0 or more");
  Adam adam(two_parameters());
  EXPECT_EQ(error_of([&] { adam.set_momentum(1); }),
            "Adam: betas[0] is 1, expected 0 or more and less than 1");
}

TEST(AdamW, is_adam_that_shrinks_the_parameters) {
  AdamOptions options{.lr = 0.01, .betas = {0.8, 0.5}, .eps = 1e-3, .weight_decay = 0.1, .amsgrad = true};
  options.decoupled_weight_decay = true;
  const auto parameters = two_parameters();
  AdamW adamw(parameters,
              {.lr = 0.01, .betas = {0.8, 0.5}, .eps = 1e-3, .weight_decay = 0.1, .amsgrad = true});
  expect_follows_twin<AdamTwin>(parameters, adamw, options);
}

TEST(AdamW, decays_by_default) {
  const auto parameters = two_parameters();
  AdamW adamw(parameters);
  expect_follows_twin<AdamTwin>(parameters, adamw,
                                AdamOptions{.weight_decay = 0.01, .decoupled_weight_decay = true});
  EXPECT_EQ(adamw.name(), "AdamW");
}

TEST(AdamW, is_named_in_its_errors) {
  EXPECT_EQ(error_of([&] { AdamW(two_parameters(), {.eps = -1}); }), "AdamW: eps is -1, expected 0 or more");
}

}  // namespace
}  // namespace runnel
