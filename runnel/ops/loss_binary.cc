#include <algorithm>
#include <cmath>

#include "runnel/ops/broadcast.h"
#include "runnel/ops/loss.h"
#include "runnel/ops/loss_reduction.h"
#include "runnel/ops/op_error.h"

namespace runnel {
namespace {

/// A weight for every place of the logits.
Tensor spread_weight(const char* where, const Variable& weight, const Shape& logits) {
  if (!weight.defined()) return Tensor::full(logits, 1.0f);
  const Broadcast broadcast(where, logits, weight.shape());
  if (broadcast.first_is_smaller()) throw errors::weight_has_more_axes(where, logits, weight.shape());
  return broadcast.spread([from = weight.value().data()](int64_t, int64_t j) { return from[j]; });
}

/// Everything that the loss of a place depends on.
struct Places {
  Tensor logits, target, weight, pos_weight;

  double x(int64_t i) const { return logits.data()[i]; }
  double y(int64_t i) const { return target.data()[i]; }
  double w(int64_t i) const { return weight.data()[i]; }
  /// 1 + (p − 1) y
  double log_weight(int64_t i) const { return 1 + (double{pos_weight.data()[i]} - 1) * y(i); }
};

/// log(1 + e⁻ˣ)
double softplus_of_negative(double x) { return std::log1p(std::exp(-std::abs(x))) + std::max(-x, 0.0); }

/// 1 / (1 + eˣ)
double sigmoid_of_negative(double x) { return 1 / (1 + std::exp(x)); }

}  // namespace

Variable binary_cross_entropy_with_logits(const Variable& logits, const Tensor& target,
                                          const BCEWithLogitsOptions& options) {
  constexpr const char* kName = "binary_cross_entropy_with_logits";
  if (!(logits.shape() == target.shape())) throw errors::shapes_differ(kName, logits.shape(), target.shape());
  const Places at{
      logits.value(), target,
      spread_weight("weight of binary_cross_entropy_with_logits", options.weight, logits.shape()),
      spread_weight("pos_weight of binary_cross_entropy_with_logits", options.pos_weight, logits.shape())};
  return elementwise_loss(
      kName, logits, options.reduction,
      [at](int64_t i) {
        return at.w(i) * ((1 - at.y(i)) * at.x(i) + at.log_weight(i) * softplus_of_negative(at.x(i)));
      },
      [at](int64_t i) {
        return at.w(i) * ((1 - at.y(i)) - at.log_weight(i) * sigmoid_of_negative(at.x(i)));
      });
}

}  // namespace runnel
