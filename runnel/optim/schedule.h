#pragma once

#include <cstdint>
#include <limits>

#include "runnel/optim/optimizer.h"

/// Learning rates that change while training: the schedules of torch.optim.lr_scheduler 2.13, with its names
/// and defaults. lr_t is the rate after t calls of step(); lr_0 is set when the schedule is made.
///
///     runnel::CosineAnnealingLR schedule(optimizer, {.T_max = epochs});
///     for (…) { train_one_epoch(); schedule.step(); }
///
/// A step may stand for an epoch or a batch. The optimizer must live as long as its schedule. StepLR,
/// LinearLR and CosineAnnealingLR change the rate that they find, so several of them can work on one
/// optimizer (PyTorch's ChainedScheduler): make the ones first that are to start from the optimizer's
/// own rate.
namespace runnel {

/// What a schedule remembers, for a checkpoint; the optimizer's lr() belongs to it.
struct ScheduleState {
  int64_t last_epoch = 0;
  double base_lr = 0;
};

/// The base of the schedules that need nothing but the number of steps.
class LRScheduler {
 public:
  virtual ~LRScheduler() = default;
  LRScheduler(const LRScheduler&) = delete;
  LRScheduler& operator=(const LRScheduler&) = delete;

  /// Sets the optimizer's rate for the next step.
  /// Throws  OptionError when the schedule has an end and is past it.
  void step();
  /// The optimizer's rate.
  double lr() const { return optimizer_.lr(); }
  /// How often step() was called.
  int64_t last_epoch() const { return state_.last_epoch; }
  /// The optimizer's rate when the schedule was made.
  double base_lr() const { return state_.base_lr; }

  ScheduleState state() const { return state_; }
  /// Continues from a state(); sets no rate: give the optimizer its own back with set_lr().
  void load_state(const ScheduleState& state) { state_ = state; }

 protected:
  explicit LRScheduler(Optimizer& optimizer) : optimizer_(optimizer), state_{0, optimizer.lr()} {}
  Optimizer& optimizer() { return optimizer_; }
  /// Goes from last_epoch() − 1 to last_epoch().
  virtual void update() = 0;

 private:
  Optimizer& optimizer_;
  ScheduleState state_;
};

struct StepLROptions {
  int64_t step_size = 0;  ///< required
  double gamma = 0.1;
};

/// lr_t = lr_{t−1} · gamma when t is a multiple of step_size, else lr_{t−1}.
/// Throws  OptionError for step_size < 1 or a negative gamma
class StepLR : public LRScheduler {
 public:
  StepLR(Optimizer& optimizer, StepLROptions options);

 private:
  void update() override;
  StepLROptions options_;
};

struct LinearLROptions {
  double start_factor = 1.0 / 3;
  double end_factor = 1;
  int64_t total_iters = 5;
};

/// Warm-up: lr_t = base_lr · factor, which goes in a straight line from start_factor at t = 0 to end_factor
/// at t = total_iters and stays there.
/// Throws  OptionError unless 0 < start_factor ≤ 1, 0 ≤ end_factor ≤ 1 and total_iters ≥ 1
class LinearLR : public LRScheduler {
 public:
  explicit LinearLR(Optimizer& optimizer, LinearLROptions options = {});

 private:
  void update() override;
  LinearLROptions options_;
};

struct CosineAnnealingLROptions {
  int64_t T_max = 0;  ///< required
  double eta_min = 0;
};

/// lr_t = eta_min + (base_lr − eta_min) (1 + cos(π t / T_max)) / 2:
/// down to eta_min at t = T_max, then up again.
/// Throws  OptionError for T_max < 1 or a negative eta_min
class CosineAnnealingLR : public LRScheduler {
 public:
  CosineAnnealingLR(Optimizer& optimizer, CosineAnnealingLROptions options);

 private:
  void update() override;
  CosineAnnealingLROptions options_;
};

enum class AnnealStrategy { cos, linear };

struct OneCycleLROptions {
  double max_lr = 0;        ///< required
  int64_t total_steps = 0;  ///< required
  double pct_start = 0.3;   ///< the part of the steps in which the rate rises
  AnnealStrategy anneal_strategy = AnnealStrategy::cos;
  bool cycle_momentum = true;  ///< whether the momentum (Adam: beta1) falls while the rate rises, and back
  double base_momentum = 0.85;
  double max_momentum = 0.95;
  double div_factor = 25;
  double final_div_factor = 1e4;
};

/// Up from max_lr / div_factor to max_lr at t = pct_start · total_steps − 1, then down to
/// max_lr / div_factor / final_div_factor at t = total_steps − 1 (PyTorch's three_phase = False). The
/// optimizer's own rate and, with cycle_momentum, its momentum are overwritten.
///
/// Throws  OptionError unless max_lr > 0, total_steps ≥ 1, 0 ≤ pct_start ≤ 1, both factors > 0;
///         in step(), as PyTorch, for t > total_steps
/// Source  Smith and Topin, "Super-Convergence", 2018
class OneCycleLR : public LRScheduler {
 public:
  OneCycleLR(Optimizer& optimizer, OneCycleLROptions options);

 private:
  void update() override;
  OneCycleLROptions options_;
};

enum class PlateauMode { min, max };
enum class ThresholdMode { rel, abs };

struct ReduceLROnPlateauOptions {
  PlateauMode mode = PlateauMode::min;  ///< whether a smaller or a larger metric is better
  double factor = 0.1;
  int64_t patience = 10;
  double threshold = 1e-4;
  ThresholdMode threshold_mode = ThresholdMode::rel;
  int64_t cooldown = 0;
  double min_lr = 0;
  double eps = 1e-8;
};

/// What ReduceLROnPlateau remembers, for a checkpoint; the optimizer's lr() belongs to it.
struct PlateauState {
  double best = std::numeric_limits<double>::infinity();
  int64_t num_bad_epochs = 0;
  int64_t cooldown_counter = 0;
};

/// lr ← max(factor · lr, min_lr) when the metric has not got better for more than `patience` steps. Better is
///
///     min  metric < best · (1 − threshold)  (rel)
///          metric < best − threshold        (abs)
///     max  metric > best · (1 + threshold)  (rel)
///          metric > best + threshold        (abs)
///
/// For `cooldown` steps after that, bad ones are not counted. A change of eps or less is not made. A metric
/// that is NaN is a bad one.
///
/// Throws  OptionError unless 0 ≤ factor < 1 and the other numbers are 0 or more
class ReduceLROnPlateau {
 public:
  explicit ReduceLROnPlateau(Optimizer& optimizer, ReduceLROnPlateauOptions options = {});
  ReduceLROnPlateau(const ReduceLROnPlateau&) = delete;
  ReduceLROnPlateau& operator=(const ReduceLROnPlateau&) = delete;

  /// Output  whether the rate was lowered
  bool step(double metric);
  /// The optimizer's rate.
  double lr() const { return optimizer_.lr(); }

  PlateauState state() const { return state_; }
  void load_state(const PlateauState& state) { state_ = state; }

 private:
  bool is_better(double metric) const;
  bool reduce_lr();

  Optimizer& optimizer_;
  ReduceLROnPlateauOptions options_;
  PlateauState state_;
};

}  // namespace runnel
