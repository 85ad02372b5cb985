#include "runnel/optim/schedule.h"

#include <functional>
#include <gmock/gmock.h>
#include <numbers>

#include "runnel/optim/adam.h"
#include "runnel/optim/sgd.h"

#include "tests/optim/optimizer_cases.h"

namespace runnel {
namespace {

using std::numbers::pi;
using testing::ElementsAre;

constexpr int64_t kSteps = 30;

/// The rates of steps 0 … 29.
template <class Schedule>
std::vector<double> rates(Schedule& schedule) {
  std::vector<double> rates = {schedule.lr()};
  while (static_cast<int64_t>(rates.size()) < kSteps) {
    schedule.step();
    rates.push_back(schedule.lr());
  }
  return rates;
}

void expect_rates(const std::vector<double>& rates, const std::function<double(double t)>& expected) {
  for (size_t t = 0; t < rates.size(); ++t) {
    const double rate = expected(static_cast<double>(t));
    EXPECT_NEAR(rates[t], rate, 1e-12 * rate + 1e-17) << "step " << t;
  }
}

/// Against torch 2.13's rates of steps 0, 1, 5, 9, 14, 22 and 29.
void expect_torch(const std::vector<double>& rates, const std::vector<double>& expected) {
  const std::vector<size_t> steps = {0, 1, 5, 9, 14, 22, 29};
  for (size_t i = 0; i < steps.size(); ++i) {
    EXPECT_NEAR(rates[steps[i]], expected[i], 1e-12 * expected[i]) << "step " << steps[i];
  }
}

SGD sgd() { return SGD(two_parameters(), {.lr = 0.1}); }

TEST(StepLR, falls_every_step_size_steps) {
  SGD optimizer = sgd();
  StepLR schedule(optimizer, {.step_size = 7, .gamma = 0.5});
  const auto got = rates(schedule);
  expect_rates(got, [](double t) { return 0.1 * std::pow(0.5, std::floor(t / 7)); });
  // lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.5)
  expect_torch(got, {0.1, 0.1, 0.1, 0.05, 0.025, 0.0125, 0.00625});
  EXPECT_EQ(optimizer.lr(), schedule.lr());
  EXPECT_EQ(schedule.last_epoch(), 29);
  EXPECT_EQ(schedule.base_lr(), 0.1);
}

TEST(LinearLR, warms_up) {
  SGD optimizer = sgd();
  LinearLR schedule(optimizer, {.start_factor = 0.1, .total_iters = 10});
  const auto got = rates(schedule);
  expect_rates(got, [](double t) { return 0.1 * (0.1 + 0.9 * std::min(t, 10.0) / 10); });
  // lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=10)
  expect_torch(got, {0.010000000000000002, 0.019000000000000003, 0.055000000000000014, 0.09100000000000004,
                     0.10000000000000005, 0.10000000000000005, 0.10000000000000005});
}

TEST(LinearLR, has_the_defaults_of_pytorch) {
  SGD optimizer = sgd();
  LinearLR schedule(optimizer);
  expect_rates(rates(schedule), [](double t) { return 0.1 * (1.0 / 3 + 2.0 / 3 * std::min(t, 5.0) / 5); });
}

TEST(LinearLR, can_go_down_to_nothing) {
  SGD optimizer = sgd();
  LinearLR schedule(optimizer, {.start_factor = 1, .end_factor = 0, .total_iters = 4});
  expect_rates(rates(schedule), [](double t) { return 0.1 * (1 - std::min(t, 4.0) / 4); });
}

TEST(CosineAnnealingLR, falls_along_a_cosine) {
  SGD optimizer = sgd();
  CosineAnnealingLR schedule(optimizer, {.T_max = 30, .eta_min = 0.01});
  const auto got = rates(schedule);
  expect_rates(got, [](double t) { return 0.01 + 0.09 * (1 + std::cos(pi * t / 30)) / 2; });
  // lr_scheduler.CosineAnnealingLR(optimizer, T_max=30, eta_min=0.01)
  expect_torch(got, {0.1, 0.0997534852915723, 0.09397114317029974, 0.08145033635316129, 0.05970378084704441,
                     0.024889122713851387, 0.010246514708427697});
}

TEST(CosineAnnealingLR, rises_again_after_the_bottom) {
  SGD optimizer = sgd();
  CosineAnnealingLR schedule(optimizer, {.T_max = 8});
  const auto got = rates(schedule);
  expect_rates(got, [](double t) { return 0.1 * (1 + std::cos(pi * t / 8)) / 2; });
  // lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
  expect_torch(got, {0.1, 0.09619397662556434, 0.030865828381745515, 0.0038060233744356634,
                     0.0853553390593275, 0.014644660940672688, 0.0691341716182545});
}

TEST(Schedules, can_be_chained) {
  SGD optimizer = sgd();
  CosineAnnealingLR cosine(optimizer, {.T_max = 20});
  LinearLR warm_up(optimizer, {.start_factor = 0.1, .total_iters = 10});
  std::vector<double> got = {optimizer.lr()};
  for (int t = 1; t < kSteps; ++t) {
    cosine.step();
    warm_up.step();
    got.push_back(optimizer.lr());
  }
  // both schedulers stepped after each other, the cosine first
  expect_torch(got, {0.010000000000000002, 0.018883039235653813, 0.046945436482630075, 0.05261776815933054,
                     0.02061073738537636, 0.0024471741852423123, 0.042178276747988436});
}

TEST(Schedules, go_on_from_a_saved_state) {
  SGD optimizer = sgd();
  CosineAnnealingLR schedule(optimizer, {.T_max = 8});
  for (int i = 0; i < 12; ++i) schedule.step();
  const ScheduleState state = schedule.state();
  const double lr = optimizer.lr();
  const auto expected = rates(schedule);

  SGD later_optimizer = sgd();
  CosineAnnealingLR later(later_optimizer, {.T_max = 8});
  later.load_state(state);
  later_optimizer.set_lr(lr);
  EXPECT_EQ(rates(later), expected);
}

TEST(OneCycleLR, rises_and_falls_along_cosines) {
  SGD optimizer(two_parameters(), {.lr = 7, .momentum = 0.5});
  OneCycleLR schedule(optimizer, {.max_lr = 0.1, .total_steps = kSteps});
  std::vector<double> got, momenta;
  for (int t = 0; t < kSteps; ++t) {
    if (t > 0) schedule.step();
    got.push_back(optimizer.lr());
    momenta.push_back(optimizer.momentum());
  }
  // lr_scheduler.OneCycleLR(SGD(p, lr=7, momentum=0.5), 0.1, total_steps=30)
  expect_torch(got, {0.0040000000000000036, 0.0076537824394582454, 0.0703688047535243, 0.09944154354509119,
                     0.0811745653949763, 0.025000300000000013, 4e-07});
  expect_torch(momenta, {0.95, 0.9461939766255643, 0.8808658283817454, 0.8505584586887436, 0.8688255099070633,
                         0.9249999999999999, 0.95});
}

TEST(OneCycleLR, can_go_in_straight_lines_and_moves_the_first_beta_of_adam) {
  Adam optimizer(two_parameters());
  OneCycleLR schedule(optimizer,
                      {.max_lr = 0.1, .total_steps = kSteps, .anneal_strategy = AnnealStrategy::linear});
  std::vector<double> got, betas;
  for (int t = 0; t < kSteps; ++t) {
    if (t > 0) schedule.step();
    got.push_back(optimizer.lr());
    betas.push_back(optimizer.options().betas[0]);
  }
  // lr_scheduler.OneCycleLR(Adam(p), 0.1, total_steps=30, anneal_strategy="linear")
  expect_torch(got, {0.004, 0.016, 0.064, 0.0952381142857143, 0.07142868571428572, 0.033333600000000005,
                     3.999999999976245e-07});
  expect_torch(betas,
               {0.95, 0.9375, 0.8875, 0.8547619047619047, 0.8785714285714286, 0.9166666666666666, 0.95});
}

TEST(OneCycleLR, leaves_the_momentum_alone_when_told_to) {
  SGD optimizer(two_parameters(), {.momentum = 0.5});
  OneCycleLR schedule(optimizer, {.max_lr = 0.1, .total_steps = kSteps, .cycle_momentum = false});
  schedule.step();
  EXPECT_EQ(optimizer.momentum(), 0.5);
}

TEST(OneCycleLR, may_start_at_the_top) {
  SGD optimizer = sgd();
  EXPECT_DOUBLE_EQ(OneCycleLR(optimizer, {.max_lr = 0.5, .total_steps = 10, .pct_start = 0.1}).lr(), 0.5);
}

TEST(OneCycleLR, ends) {
  SGD optimizer = sgd();
  OneCycleLR schedule(optimizer, {.max_lr = 0.1, .total_steps = 2});
  schedule.step();
  schedule.step();
  EXPECT_EQ(error_of([&] { schedule.step(); }),
            "OneCycleLR: a step past total_steps = 2\n"
            "  why  the rate is planned for so many steps, and ends near zero\n"
            "  fix  total_steps = epochs · batches an epoch");
}

TEST(Schedules, refuse_options_that_cannot_be) {
  SGD o = sgd();
  EXPECT_EQ(error_of([&] { StepLR(o, {}); }), "StepLR: step_size is 0, expected 1 or more");
  EXPECT_EQ(error_of([&] { StepLR(o, {.step_size = 1, .gamma = -1}); }),
            "StepLR: gamma is -1, expected 0 or more");
  EXPECT_EQ(error_of([&] { LinearLR(o, {.start_factor = 0}); }),
            "LinearLR: start_factor is 0, expected more than 0 and at most 1");
  EXPECT_EQ(error_of([&] { LinearLR(o, {.end_factor = 1.5}); }),
            "LinearLR: end_factor is 1.5, expected 0 to 1");
  EXPECT_EQ(error_of([&] { LinearLR(o, {.total_iters = 0}); }),
            "LinearLR: total_iters is 0, expected 1 or more");
  EXPECT_EQ(error_of([&] { CosineAnnealingLR(o, {}); }), "CosineAnnealingLR: T_max is 0, expected 1 or more");
  EXPECT_EQ(error_of([&] { CosineAnnealingLR(o, {.T_max = 3, .eta_min = -1}); }),
            "CosineAnnealingLR: eta_min is -1, expected 0 or more");
  EXPECT_EQ(error_of([&] { OneCycleLR(o, {.total_steps = 3}); }),
            "OneCycleLR: max_lr is 0, expected more than 0");
  EXPECT_EQ(error_of([&] { OneCycleLR(o, {.max_lr = 1}); }),
            "OneCycleLR: total_steps is 0, expected 1 or more");
  EXPECT_EQ(error_of([&] { OneCycleLR(o, {.max_lr = 1, .total_steps = 3, .pct_start = 2}); }),
            "OneCycleLR: pct_start is 2, expected 0 to 1");
  EXPECT_EQ(error_of([&] { ReduceLROnPlateau(o, {.factor = 1}); }),
            "ReduceLROnPlateau: factor is 1, expected 0 or more and less than 1");
  EXPECT_EQ(error_of([&] { ReduceLROnPlateau(o, {.patience = -1}); }),
            "ReduceLROnPlateau: patience is -1, expected 0 or more");
  EXPECT_EQ(o.lr(), 0.1);
}

/// The steps, from 1, whose metric lowered the rate.
std::vector<int> reductions(ReduceLROnPlateau& schedule, const std::vector<double>& metrics) {
  std::vector<int> steps;
  for (size_t i = 0; i < metrics.size(); ++i) {
    const double before = schedule.lr();
    const bool reduced = schedule.step(metrics[i]);
    EXPECT_EQ(reduced, schedule.lr() < before);
    if (reduced) steps.push_back(static_cast<int>(i) + 1);
  }
  return steps;
}

TEST(ReduceLROnPlateau, waits_for_more_than_patience_bad_steps) {
  SGD optimizer = sgd();
  ReduceLROnPlateau schedule(optimizer, {.factor = 0.5, .patience = 2});
  EXPECT_THAT(reductions(schedule, {4, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 1, 2}), ElementsAre(5, 8));
  EXPECT_EQ(optimizer.lr(), 0.025);
}

TEST(ReduceLROnPlateau, counts_no_bad_steps_while_it_cools_down) {
  SGD optimizer = sgd();
  ReduceLROnPlateau schedule(optimizer, {.patience = 0, .cooldown = 2});
  EXPECT_THAT(reductions(schedule, {1, 1, 1, 1, 1, 1, 1, 1}), ElementsAre(2, 5, 8));
}

TEST(ReduceLROnPlateau, knows_what_is_better) {
  const auto count = [](ReduceLROnPlateauOptions options, const std::vector<double>& metrics) {
    SGD optimizer = sgd();
    options.patience = 0;
    ReduceLROnPlateau schedule(optimizer, options);
    return reductions(schedule, metrics);
  };
  const auto rel = ThresholdMode::rel, abs = ThresholdMode::abs;
  const auto min = PlateauMode::min, max = PlateauMode::max;
  EXPECT_THAT(count({.mode = min, .threshold = 0.25, .threshold_mode = rel}, {8, 6, 5.5, 4}), ElementsAre(2));
  EXPECT_THAT(count({.mode = min, .threshold = 0.5, .threshold_mode = abs}, {8, 7.5, 7, 6.25}),
              ElementsAre(2));
  EXPECT_THAT(count({.mode = max, .threshold = 0.25, .threshold_mode = rel}, {8, 10, 11, 14}),
              ElementsAre(2));
  EXPECT_THAT(count({.mode = max, .threshold = 0.5, .threshold_mode = abs}, {8, 8.5, 9, 9.75}),
              ElementsAre(2));
  EXPECT_THAT(count({}, {1, NAN}), ElementsAre(2));
}

TEST(ReduceLROnPlateau, stops_at_min_lr_and_makes_no_tiny_change) {
  SGD optimizer = sgd();
  ReduceLROnPlateau schedule(optimizer, {.factor = 0.5, .patience = 0, .min_lr = 0.03});
  EXPECT_THAT(reductions(schedule, {1, 1, 1, 1}), ElementsAre(2, 3));
  EXPECT_EQ(optimizer.lr(), 0.03);
  ReduceLROnPlateau coarse(optimizer, {.factor = 0.5, .patience = 0, .eps = 0.02});
  EXPECT_THAT(reductions(coarse, {1, 1}), ElementsAre());
}

TEST(ReduceLROnPlateau, goes_on_from_a_saved_state) {
  SGD optimizer = sgd();
  ReduceLROnPlateau schedule(optimizer, {.patience = 2, .cooldown = 1});
  for (const double metric : {3, 2, 2, 2}) schedule.step(metric);
  ReduceLROnPlateau later(optimizer, {.patience = 2, .cooldown = 1});
  later.load_state(schedule.state());
  EXPECT_TRUE(later.step(2));
  EXPECT_EQ(later.state().best, 2);
  EXPECT_EQ(later.state().cooldown_counter, 1);
}

}  // namespace
}  // namespace runnel
