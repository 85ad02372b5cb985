#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/kernels/pointwise.h"
#include "runnel/ops/loss.h"
#include "runnel/ops/loss_reduction.h"
#include "runnel/ops/op_error.h"
#include "runnel/ops/shaping.h"
#include "runnel/ops/softmax.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// The right class of every row of scores, and what it weighs.
class Targets {
 public:
  /// `scores` have the classes along the last axis.
  Targets(std::string_view where, const Shape& scores, const Ids& target, const NLLLossOptions& options)
      : target_(target), options_(options), classes_(scores[scores.rank() - 1].size) {
    const Axis& axis = scores[scores.rank() - 1];
    if (!(scores.without(axis.name) == target.shape())) {
      throw errors::target_does_not_fit(where, scores, axis, target);
    }
    if (options.weight.defined() && !(options.weight.shape() == Shape{axis})) {
      throw errors::shapes_differ("weight of " + std::string(where), Shape{axis}, options.weight.shape());
    }
    for (int64_t row = 0; row < rows(); ++row) {
      const bool known = of(row) >= 0 && of(row) < classes_;
      if (!known && !ignored(row)) throw errors::class_out_of_range(where, target, row, axis);
    }
    total_weight_ = ordered_sum(classes_, [&](int64_t c) { return weight(c); });
    divisor_ = ordered_sum(rows(), [&](int64_t row) { return ignored(row) ? 0 : weight(of(row)); });
  }

  int64_t rows() const { return target_.count(); }
  int64_t classes() const { return classes_; }
  const Shape& shape() const { return target_.shape(); }
  Reduction reduction() const { return options_.reduction; }
  int64_t of(int64_t row) const { return target_.data()[row]; }
  bool ignored(int64_t row) const { return of(row) == options_.ignore_index; }
  double weight(int64_t c) const { return options_.weight.defined() ? options_.weight.value().data()[c] : 1; }
  /// Σ_c w_c
  double total_weight() const { return total_weight_; }
  /// Σ w_t over the rows that count: what mean divides by.
  double divisor() const { return divisor_; }
  /// Rows that are worth a thread of their own.
  int64_t grain() const { return thread_grain(4 * classes_); }

 private:
  Ids target_;
  NLLLossOptions options_;
  int64_t classes_;
  double total_weight_ = 0, divisor_ = 0;
};

/// The scores with their classes along the last axis: the one called class, if there is one.
Variable classes_last(std::string_view where, const Variable& scores) {
  const Shape& shape = scores.shape();
  if (shape.rank() == 0) throw errors::no_class_axis(where, shape);
  return shape.has(axes::class_) ? move_last(scores, axes::class_) : scores;
}

/// Cross entropy of each row, and what backward needs of it.
struct RowLosses {
  Tensor exponentials;       ///< e^(x_c − max x)
  std::vector<double> sums;  ///< Σ_c of these
  std::vector<double> losses;
};

RowLosses cross_entropy_rows(const Tensor& logits, const Targets& targets, double smoothing) {
  const int64_t classes = targets.classes();
  const size_t rows = static_cast<size_t>(targets.rows());
  RowLosses result{Tensor::uninitialized(logits.shape()), std::vector<double>(rows),
                   std::vector<double>(rows)};
  parallel_for(targets.rows(), targets.grain(), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      if (targets.ignored(row)) continue;
      const size_t size = static_cast<size_t>(classes);
      const std::span x(logits.data() + row * classes, size);
      const std::span e(result.exponentials.data() + row * classes, size);
      const float largest = *std::max_element(x.begin(), x.end());
      kernels::exp_shifted(x, largest, e);
      const double sum = ordered_sum(classes, [e](int64_t c) { return e[static_cast<size_t>(c)]; });
      // −log p_c
      const auto surprise = [&, log_sum = std::log(sum)](int64_t c) {
        return log_sum - (double{x[static_cast<size_t>(c)]} - largest);
      };
      const int64_t t = targets.of(row);
      double loss = (1 - smoothing) * targets.weight(t) * surprise(t);
      if (smoothing > 0) {
        const auto weighted = [&](int64_t c) { return targets.weight(c) * surprise(c); };
        loss += smoothing / static_cast<double>(classes) * ordered_sum(classes, weighted);
      }
      result.sums[static_cast<size_t>(row)] = sum;
      result.losses[static_cast<size_t>(row)] = loss;
    }
  });
  return result;
}

/// d l / d x_c = (1 − ε) w_t (p_c − [c = t]) + (ε / C) (p_c Σ w − w_c)
Tensor cross_entropy_gradient(const Tensor& d_loss, const RowLosses& forward, const Targets& targets,
                              double smoothing) {
  const int64_t classes = targets.classes();
  const LossGradient d(d_loss, targets.reduction(), targets.divisor());
  const double spread = smoothing / static_cast<double>(classes);
  Tensor d_x(forward.exponentials.shape());
  parallel_for(targets.rows(), targets.grain(), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      if (targets.ignored(row)) continue;
      const int64_t t = targets.of(row);
      const float* e = forward.exponentials.data() + row * classes;
      float* out = d_x.data() + row * classes;
      const double pull = d(row) * (1 - smoothing) * targets.weight(t);
      const double push =
          (pull + d(row) * spread * targets.total_weight()) / forward.sums[static_cast<size_t>(row)];
      for (int64_t c = 0; c < classes; ++c) {
        double value = push * e[c];
        if (smoothing > 0) value -= d(row) * spread * targets.weight(c);
        out[c] = static_cast<float>(c == t ? value - pull : value);
      }
    }
  });
  return d_x;
}

}  // namespace

Variable cross_entropy(const Variable& logits, const Ids& target, const CrossEntropyOptions& options) {
  const double smoothing = options.label_smoothing;
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw errors::not_a_probability("cross_entropy", "label_smoothing", smoothing);
  }
  const Variable x = classes_last("cross_entropy", logits);
  const Targets targets(
      "cross_entropy", x.shape(), target,
      {.weight = options.weight, .ignore_index = options.ignore_index, .reduction = options.reduction});
  const RowLosses forward = cross_entropy_rows(x.value(), targets, smoothing);
  const Tensor loss = reduce_losses(targets.shape(), targets.reduction(), targets.divisor(),
                                    [&](int64_t row) { return forward.losses[static_cast<size_t>(row)]; });
  return record("cross_entropy", {x}, loss,
                [forward, targets, smoothing](const Tensor& d_loss) -> std::vector<Gradient> {
                  return {cross_entropy_gradient(d_loss, forward, targets, smoothing)};
                });
}

Variable nll_loss(const Variable& log_probabilities, const Ids& target, const NLLLossOptions& options) {
  const Variable x = classes_last("nll_loss", log_probabilities);
  const Targets targets("nll_loss", x.shape(), target, options);
  const Tensor loss =
      reduce_losses(targets.shape(), targets.reduction(), targets.divisor(), [&](int64_t row) {
        if (targets.ignored(row)) return 0.0;
        const int64_t t = targets.of(row);
        return -targets.weight(t) * double{x.value().data()[row * targets.classes() + t]};
      });
  return record("nll_loss", {x}, loss,
                [targets, shape = x.shape()](const Tensor& d_loss) -> std::vector<Gradient> {
                  const LossGradient d(d_loss, targets.reduction(), targets.divisor());
                  Tensor d_x(shape);
                  for (int64_t row = 0; row < targets.rows(); ++row) {
                    if (targets.ignored(row)) continue;
                    const int64_t t = targets.of(row);
                    d_x.data()[row * targets.classes() + t] = static_cast<float>(-d(row) * targets.weight(t));
                  }
                  return {d_x};
                });
}

}  // namespace runnel
