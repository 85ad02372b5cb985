#pragma once

#include <array>

#include "runnel/optim/optimizer.h"

namespace runnel {

/// PyTorch's names and defaults.
struct AdamOptions {
  double lr = 1e-3;
  std::array<double, 2> betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0;
  bool amsgrad = false;
  bool maximize = false;
  /// Whether weight_decay shrinks the parameter itself (AdamW) instead of adding to the gradient.
  bool decoupled_weight_decay = false;
};

/// Adam: steps of about lr, whatever the size of the gradient.
///
///     g = gradient (−gradient if maximize) + weight_decay · p
///     m ← beta1 · m + (1 − beta1) · g
///     v ← beta2 · v + (1 − beta2) · g²
///     s = v, with amsgrad the largest v so far
///     p ← p − lr / (1 − beta1ᵗ) · m / (√s / √(1 − beta2ᵗ) + eps)          at step t = 1, 2, …
///
/// with decoupled_weight_decay instead: p ← (1 − lr · weight_decay) · p, before the rest.
///
/// Source  torch.optim.Adam, 2.13; Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015
/// State   "exp_avg" (m), "exp_avg_sq" (v), "max_exp_avg_sq" with amsgrad
/// Throws  OptionError for a negative lr, eps or weight_decay, and unless 0 ≤ beta < 1
class Adam : public Optimizer {
 public:
  explicit Adam(ParameterList parameters, AdamOptions options = {});

  const AdamOptions& options() const { return options_; }
  double momentum() const override { return options_.betas[0]; }
  void set_momentum(double momentum) override;

 protected:
  Adam(std::string_view name, ParameterList parameters, const AdamOptions& options);

 private:
  RangeUpdate next_update(size_t parameter) override;
  /// The eps of the formula above, at a step whose √(1 − beta2ᵗ) is given.
  virtual double eps_beside_root(double /*bias_correction2_sqrt*/) const { return options_.eps; }

  AdamOptions options_;
};

/// PyTorch's names and defaults.
struct AdamWOptions {
  double lr = 1e-3;
  std::array<double, 2> betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
  bool maximize = false;
};

/// Adam with decoupled_weight_decay.
///
/// Source  torch.optim.AdamW, 2.13; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019
class AdamW : public Adam {
 public:
  explicit AdamW(ParameterList parameters, const AdamWOptions& options = {});
};

}  // namespace runnel
