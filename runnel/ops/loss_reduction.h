#pragma once

#include "runnel/autograd/tape.h"
#include "runnel/ops/loss.h"
#include "runnel/ops/map.h"
#include "runnel/ops/sums.h"

namespace runnel {

/// The losses of the single places, reduced; `divisor` is what mean divides by.
template <class LossAt>
Tensor reduce_losses(const Shape& shape, Reduction reduction, double divisor, LossAt loss_at) {
  if (reduction == Reduction::none) {
    return generate(shape, [&](int64_t i) { return static_cast<float>(loss_at(i)); });
  }
  const double sum = parallel_sum(shape.count(), loss_at);
  return Tensor::full({}, static_cast<float>(reduction == Reduction::mean ? sum / divisor : sum));
}

/// d loss / d (the loss of a single place), from the gradient of the reduced loss.
class LossGradient {
 public:
  LossGradient(const Tensor& d_loss, Reduction reduction, double divisor)
      : d_(d_loss.data()),
        each_(reduction == Reduction::none),
        factor_(reduction == Reduction::mean ? 1 / divisor : 1) {}
  double operator()(int64_t i) const { return each_ ? d_[i] : d_[0] * factor_; }

 private:
  const float* d_;
  bool each_;
  double factor_;
};

/// A loss whose places have nothing to do with each other: loss(i) and its derivative slope(i), both in
/// double. The functions must keep alive what they read.
template <class Loss, class Slope>
Variable elementwise_loss(std::string_view name, const Variable& x, Reduction reduction, Loss loss,
                          Slope slope) {
  const double count = static_cast<double>(x.value().count());
  return record(name, {x}, reduce_losses(x.shape(), reduction, count, loss),
                [shape = x.shape(), reduction, count, slope](const Tensor& d_loss) -> std::vector<Gradient> {
                  const LossGradient d(d_loss, reduction, count);
                  return {generate(shape, [&](int64_t i) { return static_cast<float>(d(i) * slope(i)); })};
                });
}

}  // namespace runnel
