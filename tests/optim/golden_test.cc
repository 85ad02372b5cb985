#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

#include "runnel/formats/safetensors.h"
#include "runnel/optim/adam.h"
#include "runnel/optim/clip.h"
#include "runnel/optim/rmsprop.h"
#include "runnel/optim/schedule.h"
#include "runnel/optim/sgd.h"
#include "runnel/optim/sparse_adam.h"

#include "tests/optim/optimizer_cases.h"

// Held against what torch 2.13 computed in double: tests/golden/optimizers.py has the cases.

namespace runnel {
namespace {

using MakeOptimizer = std::function<std::unique_ptr<Optimizer>(const ParameterList&)>;

template <class Algorithm, class Options>
MakeOptimizer make(const Options& options) {
  return
      [options](const ParameterList& parameters) { return std::make_unique<Algorithm>(parameters, options); };
}

struct OptimizerCase {
  std::string name;
  MakeOptimizer make;
  void (*set_gradients)(const std::vector<NamedParameter>& parameters, int64_t step) = runnel::set_gradients;
};

/// The golden file; remembers what a test has looked at, so that it can tell what was forgotten.
class Golden : public testing::Test {
 protected:
  std::vector<double> numbers(const std::string& name) {
    const Array* array = tensors().find(name);
    if (!array) throw std::runtime_error("no golden tensor " + name);
    seen_.insert(name);
    return doubles(to_tensor(*array));
  }
  void expect_all_seen(const std::vector<std::string>& prefixes) const {
    for (const auto& [name, array] : tensors()) {
      for (const std::string& prefix : prefixes) {
        EXPECT_TRUE(!name.starts_with(prefix) || seen_.contains(name)) << name << " was not looked at";
      }
    }
  }

  void expect_optimizer(const OptimizerCase& test);
  void expect_gradients(const std::string& name, const std::vector<NamedParameter>& parameters);
  /// `after_step(t)` follows step t.
  void expect_rates(const std::string& name, const Optimizer& optimizer,
                    const std::function<void(size_t)>& after_step);
  template <class Schedule, class Options>
  void expect_schedule(const std::string& name, const Options& options) {
    SGD optimizer(two_parameters(), {.lr = 0.1});
    Schedule schedule(optimizer, options);
    expect_rates(name, optimizer, [&](size_t) { schedule.step(); });
  }
  void expect_plateau(const std::string& variant, const ReduceLROnPlateauOptions& options);

 private:
  static const NamedArrays& tensors() {
    static const SafetensorsFile file =
        load_safetensors(RUNNEL_SOURCE_DIR "/tests/golden/optimizers.safetensors");
    return file.tensors;
  }

  std::set<std::string> seen_;
};

std::vector<OptimizerCase> sgd_cases() {
  const auto sgd = [](SGDOptions options) { return make<SGD>(options); };
  return {
      {"sgd.default", sgd({})},
      {"sgd.plain", sgd({.lr = 0.1})},
      {"sgd.momentum", sgd({.lr = 0.1, .momentum = 0.9})},
      {"sgd.dampening", sgd({.lr = 0.1, .momentum = 0.9, .dampening = 0.5})},
      {"sgd.nesterov", sgd({.lr = 0.1, .momentum = 0.9, .nesterov = true})},
      {"sgd.weight_decay", sgd({.lr = 0.1, .weight_decay = 0.1})},
      {"sgd.maximize", sgd({.lr = 0.1, .maximize = true})},
      {"sgd.all", sgd({.lr = 0.1, .momentum = 0.9, .weight_decay = 0.1, .nesterov = true, .maximize = true})},
  };
}

/// Adam and AdamW have the same variants.
template <class Algorithm, class Options>
std::vector<OptimizerCase> adam_cases(const std::string& name) {
  const auto adam = [](Options options) { return make<Algorithm>(options); };
  return {
      {name + ".default", adam({})},
      {name + ".lr", adam({.lr = 0.01})},
      {name + ".betas", adam({.lr = 0.01, .betas = {0.8, 0.95}})},
      {name + ".eps", adam({.lr = 0.01, .eps = 1e-3})},
      {name + ".weight_decay", adam({.lr = 0.01, .weight_decay = 0.1})},
      {name + ".amsgrad", adam({.lr = 0.01, .betas = {0.8, 0.5}, .amsgrad = true})},
      {name + ".all",
       adam({.lr = 0.01, .betas = {0.8, 0.5}, .eps = 1e-3, .weight_decay = 0.1, .amsgrad = true})},
  };
}

std::vector<OptimizerCase> rmsprop_cases() {
  const auto rmsprop = [](RMSpropOptions options) { return make<RMSprop>(options); };
  RMSpropOptions all{
      .lr = 0.01, .alpha = 0.9, .eps = 1e-3, .weight_decay = 0.1, .momentum = 0.9, .centered = true};
  return {
      {"rmsprop.default", rmsprop({})},
      {"rmsprop.alpha", rmsprop({.lr = 0.01, .alpha = 0.9})},
      {"rmsprop.eps", rmsprop({.lr = 0.01, .eps = 1e-3})},
      {"rmsprop.centered", rmsprop({.lr = 0.01, .centered = true})},
      {"rmsprop.momentum", rmsprop({.lr = 0.01, .momentum = 0.9})},
      {"rmsprop.weight_decay", rmsprop({.lr = 0.01, .weight_decay = 0.1})},
      {"rmsprop.all", rmsprop(all)},
  };
}

std::vector<OptimizerCase> sparse_cases() {
  SparseAdamOptions all{.lr = 0.01, .betas = {0.8, 0.95}, .eps = 1e-3, .maximize = true};
  return {
      {"sparse_sgd.plain", make<SGD>(SGDOptions{.lr = 0.1}), set_sparse_gradients},
      {"sparse_adam.default", make<SparseAdam>(SparseAdamOptions{}), set_sparse_gradients},
      {"sparse_adam.all", make<SparseAdam>(all), set_sparse_gradients},
  };
}

void Golden::expect_optimizer(const OptimizerCase& test) {
  const auto parameters = two_parameters();
  const auto optimizer = test.make(parameters);
  for (int64_t step = 1; step <= 20; ++step) {
    test.set_gradients(parameters, step);
    optimizer->step();
    if (step != 1 && step != 2 && step != 5 && step != 20) continue;
    for (const auto& [name, variable] : parameters) {
      const std::string key = test.name + "/step" + std::to_string(step) + "." + name;
      SCOPED_TRACE(key);
      expect_close(numbers(key), variable.value());
    }
  }
}

TEST_F(Golden, optimizers_agree) {
  for (const auto& cases : {sgd_cases(), adam_cases<Adam, AdamOptions>("adam"),
                            adam_cases<AdamW, AdamWOptions>("adamw"), rmsprop_cases(), sparse_cases()}) {
    for (const OptimizerCase& test : cases) expect_optimizer(test);
  }
  expect_all_seen({"sgd", "adam", "rmsprop", "sparse"});
}

void Golden::expect_gradients(const std::string& name, const std::vector<NamedParameter>& parameters) {
  for (const auto& [parameter, variable] : parameters) {
    SCOPED_TRACE(name + "/" + parameter);
    expect_close(numbers(name + "/" + parameter), variable.grad());
  }
}

TEST_F(Golden, clipping_agrees) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [norm_name, norm_type] :
       std::map<std::string, double>{{"1", 1}, {"2", 2}, {"inf", infinity}}) {
    for (const auto& [side, max_norm] : std::map<std::string, double>{{"above", 100}, {"below", 0.25}}) {
      const std::string name = "clip_grad_norm." + norm_name + "." + side;
      const auto parameters = two_parameters();
      set_gradients(parameters, 0);
      const double norm = clip_grad_norm(parameters, max_norm, {.norm_type = norm_type});
      const double expected = numbers(name + "/total_norm").at(0);
      EXPECT_NEAR(norm, expected, 1e-6 + 1e-6 * expected) << name;
      expect_gradients(name, parameters);
    }
  }
  const auto parameters = two_parameters();
  set_gradients(parameters, 0);
  clip_grad_value(parameters, 0.25);
  expect_gradients("clip_grad_value", parameters);
  expect_all_seen({"clip"});
}

void Golden::expect_rates(const std::string& name, const Optimizer& optimizer,
                          const std::function<void(size_t)>& after_step) {
  const std::vector<double> expected = numbers(name + "/lr");
  ASSERT_EQ(expected.size(), 30u);
  for (size_t t = 0; t < expected.size(); ++t) {
    EXPECT_NEAR(optimizer.lr(), expected[t], 1e-6 * expected[t]) << name << ", step " << t;
    if (t + 1 < expected.size()) after_step(t);
  }
}

TEST_F(Golden, schedules_agree) {
  expect_schedule<StepLR>("step_lr", StepLROptions{.step_size = 7, .gamma = 0.5});
  expect_schedule<CosineAnnealingLR>("cosine_annealing_lr.whole",
                                     CosineAnnealingLROptions{.T_max = 30, .eta_min = 0.01});
  expect_schedule<CosineAnnealingLR>("cosine_annealing_lr.waves", CosineAnnealingLROptions{.T_max = 8});
  OneCycleLROptions one_cycle{.max_lr = 0.1, .total_steps = 30, .cycle_momentum = false};
  expect_schedule<OneCycleLR>("one_cycle_lr.cos", one_cycle);
  one_cycle.anneal_strategy = AnnealStrategy::linear;
  expect_schedule<OneCycleLR>("one_cycle_lr.linear", one_cycle);
  expect_schedule<LinearLR>("linear_lr.default", LinearLROptions{});
  expect_schedule<LinearLR>("linear_lr.warm_up", LinearLROptions{.start_factor = 0.1, .total_iters = 10});
  expect_all_seen({"step_lr", "cosine", "one_cycle", "linear"});
}

void Golden::expect_plateau(const std::string& variant, const ReduceLROnPlateauOptions& options) {
  const std::string name = "reduce_lr_on_plateau." + variant;
  const std::vector<double> metric = numbers(name + "/metric");
  SGD optimizer(two_parameters(), {.lr = 0.1});
  ReduceLROnPlateau schedule(optimizer, options);
  expect_rates(name, optimizer, [&](size_t t) { schedule.step(metric.at(t)); });
}

TEST_F(Golden, reduce_on_plateau_agrees) {
  expect_plateau("default", {});
  expect_plateau("patience", {.factor = 0.5, .patience = 2});
  expect_plateau("cooldown", {.factor = 0.5, .patience = 1, .cooldown = 3});
  expect_plateau("min_lr", {.factor = 0.5, .patience = 0, .min_lr = 0.02});
  expect_plateau("threshold_abs",
                 {.factor = 0.5, .patience = 1, .threshold = 0.5, .threshold_mode = ThresholdMode::abs});
  expect_all_seen({"reduce"});
}

}  // namespace
}  // namespace runnel
