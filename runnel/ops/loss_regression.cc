#include <algorithm>
#include <cmath>

#include "runnel/ops/loss.h"
#include "runnel/ops/loss_reduction.h"
#include "runnel/ops/op_error.h"

namespace runnel {
namespace {

/// prediction − target at each place.
class Differences {
 public:
  Differences(const char* where, const Variable& prediction, const Tensor& target)
      : prediction_(prediction.value()), target_(target) {
    if (!(prediction.shape() == target.shape())) {
      throw errors::shapes_differ(where, prediction.shape(), target.shape());
    }
  }
  double operator()(int64_t i) const { return double{prediction_.data()[i]} - double{target_.data()[i]}; }

 private:
  Tensor prediction_, target_;
};

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

}  // namespace

Variable mse_loss(const Variable& prediction, const Tensor& target, Reduction reduction) {
  const Differences difference("mse_loss", prediction, target);
  return elementwise_loss(
      "mse_loss", prediction, reduction, [=](int64_t i) { return difference(i) * difference(i); },
      [=](int64_t i) { return 2 * difference(i); });
}

Variable l1_loss(const Variable& prediction, const Tensor& target, Reduction reduction) {
  const Differences difference("l1_loss", prediction, target);
  return elementwise_loss(
      "l1_loss", prediction, reduction, [=](int64_t i) { return std::abs(difference(i)); },
      [=](int64_t i) { return sign(difference(i)); });
}

Variable huber_loss(const Variable& prediction, const Tensor& target, const HuberLossOptions& options) {
  const double delta = options.delta;
  if (!(delta > 0)) throw errors::not_positive("huber_loss", "delta", delta);
  const Differences difference("huber_loss", prediction, target);
  return elementwise_loss(
      "huber_loss", prediction, options.reduction,
      [=](int64_t i) {
        const double size = std::abs(difference(i));
        return size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
      },
      [=](int64_t i) { return std::clamp(difference(i), -delta, delta); });
}

}  // namespace runnel
