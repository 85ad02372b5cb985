#include "runnel/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runnel/optim/option_check.h"

// The recursions are PyTorch's, operation by operation: their rounding is, too.

namespace runnel {

using std::numbers::pi;

void LRScheduler::step() {
  ++state_.last_epoch;
  update();
}

StepLR::StepLR(Optimizer& optimizer, StepLROptions options) : LRScheduler(optimizer), options_(options) {
  const OptionCheck check("StepLR");
  check.at_least_one("step_size", static_cast<double>(options.step_size));
  check.not_negative("gamma", options.gamma);
}

void StepLR::update() {
  if (last_epoch() % options_.step_size == 0) optimizer().set_lr(lr() * options_.gamma);
}

LinearLR::LinearLR(Optimizer& optimizer, LinearLROptions options)
    : LRScheduler(optimizer), options_(options) {
  const OptionCheck check("LinearLR");
  check.positive_fraction("start_factor", options.start_factor);
  check.fraction("end_factor", options.end_factor);
  check.at_least_one("total_iters", static_cast<double>(options.total_iters));
  optimizer.set_lr(lr() * options.start_factor);
}

void LinearLR::update() {
  if (last_epoch() > options_.total_iters) return;
  const double rise = options_.end_factor - options_.start_factor;
  const double before = static_cast<double>(options_.total_iters) * options_.start_factor +
                        static_cast<double>(last_epoch() - 1) * rise;
  optimizer().set_lr(std::max(0.0, lr() * (1 + rise / before)));
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, CosineAnnealingLROptions options)
    : LRScheduler(optimizer), options_(options) {
  const OptionCheck check("CosineAnnealingLR");
  check.at_least_one("T_max", static_cast<double>(options.T_max));
  check.not_negative("eta_min", options.eta_min);
}

void CosineAnnealingLR::update() {
  const double T_max = static_cast<double>(options_.T_max), eta_min = options_.eta_min;
  if ((last_epoch() - 1 - options_.T_max) % (2 * options_.T_max) ==
      0) {  // leaving the bottom, where 1 + cos is 0
    optimizer().set_lr(lr() + (base_lr() - eta_min) * (1 - std::cos(pi / T_max)) / 2);
    return;
  }
  const auto height = [&](int64_t t) { return 1 + std::cos(pi * static_cast<double>(t) / T_max); };
  optimizer().set_lr(
      std::max(0.0, height(last_epoch()) / height(last_epoch() - 1) * (lr() - eta_min) + eta_min));
}

OneCycleLR::OneCycleLR(Optimizer& optimizer, OneCycleLROptions options)
    : LRScheduler(optimizer), options_(options) {
  const OptionCheck check("OneCycleLR");
  check.positive("max_lr", options.max_lr);
  check.at_least_one("total_steps", static_cast<double>(options.total_steps));
  check.fraction("pct_start", options.pct_start);
  check.positive("div_factor", options.div_factor);
  check.positive("final_div_factor", options.final_div_factor);
  check.not_negative("base_momentum", options.base_momentum);
  check.not_negative("max_momentum", options.max_momentum);
  OneCycleLR::update();
}

void OneCycleLR::update() {
  if (last_epoch() > options_.total_steps) throw errors::schedule_is_over("OneCycleLR", options_.total_steps);
  const double t = static_cast<double>(last_epoch()), total = static_cast<double>(options_.total_steps);
  const double peak = options_.pct_start * total - 1;
  const bool rising = t <= peak;
  const double begin = rising ? 0 : peak, end = rising ? peak : total - 1;
  const double done = end == begin ? 1 : (t - begin) / (end - begin);
  const auto anneal = [&](double from, double to) {
    if (options_.anneal_strategy == AnnealStrategy::linear) return (to - from) * done + from;
    return to + (from - to) / 2 * (std::cos(pi * done) + 1);
  };
  const double initial_lr = options_.max_lr / options_.div_factor;
  optimizer().set_lr(std::max(0.0, rising ? anneal(initial_lr, options_.max_lr)
                                          : anneal(options_.max_lr, initial_lr / options_.final_div_factor)));
  if (!options_.cycle_momentum) return;
  optimizer().set_momentum(rising ? anneal(options_.max_momentum, options_.base_momentum)
                                  : anneal(options_.base_momentum, options_.max_momentum));
}

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, ReduceLROnPlateauOptions options)
    : optimizer_(optimizer), options_(options) {
  const OptionCheck check("ReduceLROnPlateau");
  check.below_one("factor", options.factor);
  check.not_negative("patience", static_cast<double>(options.patience));
  check.not_negative("threshold", options.threshold);
  check.not_negative("cooldown", static_cast<double>(options.cooldown));
  check.not_negative("min_lr", options.min_lr);
  check.not_negative("eps", options.eps);
  if (options.mode == PlateauMode::max) state_.best = -state_.best;
}

bool ReduceLROnPlateau::is_better(double metric) const {
  const bool relative = options_.threshold_mode == ThresholdMode::rel;
  const double best = state_.best, threshold = options_.threshold;
  if (options_.mode == PlateauMode::min) {
    return metric < (relative ? best * (1 - threshold) : best - threshold);
  }
  return metric > (relative ? best * (threshold + 1) : best + threshold);
}

bool ReduceLROnPlateau::step(double metric) {
  if (is_better(metric)) {
    state_.best = metric;
    state_.num_bad_epochs = 0;
  } else {
    ++state_.num_bad_epochs;
  }
  if (state_.cooldown_counter > 0) {
    --state_.cooldown_counter;
    state_.num_bad_epochs = 0;
  }
  if (state_.num_bad_epochs <= options_.patience) return false;
  state_.cooldown_counter = options_.cooldown;
  state_.num_bad_epochs = 0;
  return reduce_lr();
}

bool ReduceLROnPlateau::reduce_lr() {
  const double reduced = std::max(lr() * options_.factor, options_.min_lr);
  if (!(lr() - reduced > options_.eps)) return false;
  optimizer_.set_lr(reduced);
  return true;
}

}  // namespace runnel
