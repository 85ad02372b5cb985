#pragma once

#include "runnel/autograd/variable.h"

/// Losses: how far a prediction is from its target. Targets and weights are plain tensors; only the
/// prediction gets a gradient. Sums are taken in double, in an order that depends on the shape alone.
namespace runnel {

/// What becomes of the losses lᵢ of the single places.
enum class Reduction {
  none,  ///< they stay, one for each place
  mean,  ///< their mean, a rank-0 result
  sum    ///< their sum, a rank-0 result
};

/// How classes and places count.
struct NLLLossOptions {
  /// [class], the weight of each class. Absent: all 1.
  Variable weight = {};
  /// A place whose target is this number does not count: loss and gradient are 0.
  int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;
};

struct CrossEntropyOptions {
  Variable weight = {};
  int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;
  /// 0 … 1: so much of the target is spread over all classes evenly.
  double label_smoothing = 0;
};

/// Cross entropy between scores and the right class: with log p = log_softmax(logits), target class t,
/// weights w, C classes and label_smoothing ε,
///
///     l = (1 − ε) · (−w_t log p_t) + (ε / C) · Σ_c −w_c log p_c
///
/// mean divides Σ l by Σ w_t over the places that count; when none counts it is NaN, as in PyTorch.
///
/// Input   logits  [batch, class], [batch, seq, class], [class], … : the classes lie along the axis
///                 called class, or along the last one when none is called so
///         target  the axes of the logits without the classes: [batch], [batch, seq], []
/// Output  [] for mean and sum, else the shape of the target
/// Throws  ShapeError when shapes do not fit, or for the first target that is no class:
///         place, value and the number of classes;
///         OptionError for label_smoothing outside 0 … 1
/// Source  torch.nn.functional.cross_entropy 2.13
Variable cross_entropy(const Variable& logits, const Ids& target, const CrossEntropyOptions& options = {});

/// Negative log-likelihood: l = −w_t · x_t for log-probabilities x, as log_softmax gives them.
/// Everything else as in cross_entropy.
Variable nll_loss(const Variable& log_probabilities, const Ids& target, const NLLLossOptions& options = {});

struct BCEWithLogitsOptions {
  /// The weight of each place; its axes are all in the logits, see ops/elementwise.h. Absent: all 1.
  Variable weight = {};
  /// What a target of 1 weighs against one of 0; likewise.
  Variable pos_weight = {};
  Reduction reduction = Reduction::mean;
};

/// Binary cross entropy between scores x and targets y in 0 … 1:
///
///     l = w · ((1 − y) x + (1 + (p − 1) y) · log(1 + e⁻ˣ))        p = pos_weight
///
/// computed so that neither end overflows. mean divides by the number of places.
///
/// Input   logits  any axes; target has the same
/// Throws  ShapeError when they differ or a weight does not fit
Variable binary_cross_entropy_with_logits(const Variable& logits, const Tensor& target,
                                          const BCEWithLogitsOptions& options = {});

/// l = (x − y)². Throws  ShapeError unless prediction and target have one shape.
Variable mse_loss(const Variable& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// l = |x − y|; the gradient is 0 where x = y. Throws  ShapeError unless both have one shape.
Variable l1_loss(const Variable& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

struct HuberLossOptions {
  /// The difference from which the loss grows in proportion to it; more than 0.
  double delta = 1;
  Reduction reduction = Reduction::mean;
};

/// l = (x − y)² / 2 where |x − y| ≤ delta, else delta · (|x − y| − delta / 2).
///
/// Throws  ShapeError unless prediction and target have one shape; OptionError unless delta is more than 0
Variable huber_loss(const Variable& prediction, const Tensor& target, const HuberLossOptions& options = {});

}  // namespace runnel
