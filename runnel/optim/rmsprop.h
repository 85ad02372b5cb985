#pragma once

#include "runnel/optim/optimizer.h"

namespace runnel {

/// PyTorch's names and defaults.
struct RMSpropOptions {
  double lr = 1e-2;
  double alpha = 0.99;
  double eps = 1e-8;
  double weight_decay = 0;
  double momentum = 0;
  bool centered = false;
  bool maximize = false;
};

/// RMSprop: the gradient divided by its running root mean square.
///
///     g = gradient (−gradient if maximize) + weight_decay · p
///     v ← alpha · v + (1 − alpha) · g²
///     a ← alpha · a + (1 − alpha) · g                       centered only
///     r = √v + eps, or √(v − a²) + eps when centered
///     p ← p − lr · g / r                                    without momentum
///     b ← momentum · b + g / r                              with it
///     p ← p − lr · b
///
/// Where v − a² comes out negative, r is NaN, as in PyTorch.
///
/// Source  torch.optim.RMSprop, 2.13
/// State   "square_avg" (v), "grad_avg" (a) when centered, "momentum_buffer" (b) once there is a momentum
/// Throws  OptionError for a negative lr, eps, momentum or weight_decay, and unless 0 ≤ alpha ≤ 1
class RMSprop : public Optimizer {
 public:
  explicit RMSprop(ParameterList parameters, RMSpropOptions options = {});

  const RMSpropOptions& options() const { return options_; }
  double momentum() const override { return options_.momentum; }
  void set_momentum(double momentum) override;

 private:
  RangeUpdate next_update(size_t parameter) override;

  RMSpropOptions options_;
};

}  // namespace runnel
