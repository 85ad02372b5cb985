#pragma once

#include "runnel/optim/optimizer.h"

namespace runnel {

/// PyTorch's names and defaults.
struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;
};

/// Stochastic gradient descent, with momentum if wanted.
///
///     g = gradient (−gradient if maximize) + weight_decay · p
///     b = g at the first step, then momentum · b + (1 − dampening) · g
///     p ← p − lr · g                      without momentum
///     p ← p − lr · b                      with it
///     p ← p − lr · (g + momentum · b)     with nesterov
///
/// Source  torch.optim.SGD, 2.13: the first b is g whole, whatever the dampening.
/// State   "momentum_buffer", once there is a momentum
/// Throws  OptionError for a negative lr, momentum or weight_decay;
///         for nesterov without momentum or with dampening
class SGD : public Optimizer {
 public:
  explicit SGD(ParameterList parameters, SGDOptions options = {});

  const SGDOptions& options() const { return options_; }
  double momentum() const override { return options_.momentum; }
  void set_momentum(double momentum) override;
  /// Without momentum and weight_decay: a row without a gradient would not move anyway.
  bool takes_sparse() const override { return options_.momentum == 0 && options_.weight_decay == 0; }

 private:
  RangeUpdate next_update(size_t parameter) override;

  SGDOptions options_;
};

}  // namespace runnel
