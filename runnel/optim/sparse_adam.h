#pragma once

#include <array>

#include "runnel/optim/adam.h"

namespace runnel {

/// PyTorch's names and defaults.
struct SparseAdamOptions {
  double lr = 1e-3;
  std::array<double, 2> betas = {0.9, 0.999};
  double eps = 1e-8;
  bool maximize = false;
};

/// Adam that moves only the rows that a sparse gradient has (an Embedding with `sparse`): a word that does not occur
/// keeps its vector, and what is remembered of it does not fade. That is not what Adam does, which goes on moving
/// such a word by its remembered mean; it learns as well, and a step costs what the batch has words.
///
///     g = gradient (−gradient if maximize), for each row that there is
///     m ← beta1 · m + (1 − beta1) · g
///     v ← beta2 · v + (1 − beta2) · g²
///     p ← p − lr · √(1 − beta2ᵗ) / (1 − beta1ᵗ) · m / (√v + eps)        at step t = 1, 2, … of the parameter
///
/// A dense gradient (the recurrent and linear layers') counts as having every row, where PyTorch's throws: so one
/// optimizer takes a whole network.
///
/// Source  torch.optim.SparseAdam, 2.13
/// State   "exp_avg" (m), "exp_avg_sq" (v)
/// Throws  OptionError for a negative lr or eps, and unless 0 ≤ beta < 1
class SparseAdam : public Adam {
 public:
  explicit SparseAdam(ParameterList parameters, const SparseAdamOptions& options = {});

  bool takes_sparse() const override { return true; }

 private:
  /// eps stands beside √v itself here, in Adam beside √v / √(1 − beta2ᵗ).
  double eps_beside_root(double bias_correction2_sqrt) const override;
};

}  // namespace runnel
