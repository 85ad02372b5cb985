#include "runnel/ops/elementwise.h"

#include <cmath>

#include "runnel/autograd/tape.h"
#include "runnel/kernels/pointwise.h"
#include "runnel/ops/broadcast.h"

namespace runnel {
namespace {

/// The gradients of both operands; each function gives the one of its operand from the places in the first
/// operand, in the second and in the result. An operand that needs no gradient gets none.
class OperandGradients {
 public:
  OperandGradients(const Broadcast& broadcast, const Variable& a, const Variable& b)
      : broadcast_(broadcast),
        a_shape_(a.shape()),
        b_shape_(b.shape()),
        needs_a_(a.requires_grad()),
        needs_b_(b.requires_grad()) {}

  template <class OfA, class OfB>
  std::vector<Gradient> operator()(OfA of_a, OfB of_b) const {
    return {needs_a_ ? of_operand(broadcast_.first_is_smaller(), a_shape_, of_a) : Gradient(),
            needs_b_ ? of_operand(!broadcast_.first_is_smaller(), b_shape_, of_b) : Gradient()};
  }

 private:
  template <class Value>
  Gradient of_operand(bool smaller, const Shape& shape, Value value) const {
    const auto at = [&](int64_t larger_place, int64_t smaller_place) {
      return broadcast_.first_is_smaller() ? value(smaller_place, larger_place, larger_place)
                                           : value(larger_place, smaller_place, larger_place);
    };
    return smaller ? broadcast_.gather(shape, at) : broadcast_.spread(at);
  }

  Broadcast broadcast_;
  Shape a_shape_, b_shape_;
  bool needs_a_, needs_b_;
};

using Kernel = void (*)(std::span<const float>, std::span<float>);
using BackwardKernel = void (*)(std::span<const float>, std::span<const float>, std::span<float>);

/// An activation whose derivative follows from its result.
Variable activation(std::string_view name, const Variable& x, Kernel forward, BackwardKernel backward) {
  Tensor y = Tensor::uninitialized(x.shape());
  forward(x.value().values(), y.values());
  return record(name, {x}, y, [y, backward](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x = Tensor::uninitialized(y.shape());
    backward(y.values(), d_y.values(), d_x.values());
    return {d_x};
  });
}

}  // namespace

Variable add(const Variable& a, const Variable& b) {
  const Broadcast broadcast("add", a.shape(), b.shape());
  const Tensor y = broadcast.combine(a.value(), b.value(), [](float p, float q) { return p + q; });
  if (broadcast.same_shape()) {
    return record("add", {a, b}, y, [](const Tensor& d_y) -> std::vector<Gradient> { return {d_y, d_y}; });
  }
  return record("add", {a, b}, y, [gradients = OperandGradients(broadcast, a, b)](const Tensor& d_y) {
    const auto pass = [d = d_y.data()](int64_t, int64_t, int64_t i) { return d[i]; };
    return gradients(pass, pass);
  });
}

Variable sub(const Variable& a, const Variable& b) {
  const Broadcast broadcast("sub", a.shape(), b.shape());
  const Tensor y = broadcast.combine(a.value(), b.value(), [](float p, float q) { return p - q; });
  return record("sub", {a, b}, y, [gradients = OperandGradients(broadcast, a, b)](const Tensor& d_y) {
    const float* d = d_y.data();
    return gradients([d](int64_t, int64_t, int64_t i) { return d[i]; },
                     [d](int64_t, int64_t, int64_t i) { return -d[i]; });
  });
}

Variable mul(const Variable& a, const Variable& b) {
  const Broadcast broadcast("mul", a.shape(), b.shape());
  const Tensor y = broadcast.combine(a.value(), b.value(), [](float p, float q) { return p * q; });
  return record(
      "mul", {a, b}, y,
      [gradients = OperandGradients(broadcast, a, b), a = a.value(), b = b.value()](const Tensor& d_y) {
        const float *d = d_y.data(), *p = a.data(), *q = b.data();
        return gradients([=](int64_t, int64_t j, int64_t i) { return d[i] * q[j]; },
                         [=](int64_t j, int64_t, int64_t i) { return d[i] * p[j]; });
      });
}

Variable div(const Variable& a, const Variable& b) {
  const Broadcast broadcast("div", a.shape(), b.shape());
  const Tensor y = broadcast.combine(a.value(), b.value(), [](float p, float q) { return p / q; });
  return record("div", {a, b}, y,
                [gradients = OperandGradients(broadcast, a, b), y, b = b.value()](const Tensor& d_y) {
                  const float *d = d_y.data(), *quotient = y.data(), *q = b.data();
                  return gradients([=](int64_t, int64_t j, int64_t i) { return d[i] / q[j]; },
                                   [=](int64_t, int64_t j, int64_t i) { return -d[i] * quotient[i] / q[j]; });
                });
}

Variable neg(const Variable& x) { return scale(x, -1.0f); }

Variable scale(const Variable& x, float factor) {
  const Tensor y = map(x.value(), [factor](float v) { return v * factor; });
  return record("scale", {x}, y, [factor](const Tensor& d_y) -> std::vector<Gradient> {
    return {map(d_y, [factor](float d) { return d * factor; })};
  });
}

Variable operator/(const Variable& x, float divisor) {
  const Tensor y = map(x.value(), [divisor](float v) { return v / divisor; });
  return record("div", {x}, y, [divisor](const Tensor& d_y) -> std::vector<Gradient> {
    return {map(d_y, [divisor](float d) { return d / divisor; })};
  });
}

Variable add(const Variable& x, float number) {
  const Tensor y = map(x.value(), [number](float v) { return v + number; });
  return record("add", {x}, y, [](const Tensor& d_y) -> std::vector<Gradient> { return {d_y}; });
}

Variable tanh(const Variable& x) {
  return activation("tanh", x, kernels::tanh_forward, kernels::tanh_backward);
}

Variable sigmoid(const Variable& x) {
  return activation("sigmoid", x, kernels::sigmoid_forward, kernels::sigmoid_backward);
}

Variable relu(const Variable& x) {
  return activation("relu", x, kernels::relu_forward, kernels::relu_backward);
}

Variable exp(const Variable& x) { return activation("exp", x, kernels::exp_forward, kernels::exp_backward); }

Variable log(const Variable& x) {
  const Tensor y = map(x.value(), [](float v) { return std::log(v); });
  return record("log", {x}, y, [x = x.value()](const Tensor& d_y) -> std::vector<Gradient> {
    return {generate(x.shape(), [d = d_y.data(), v = x.data()](int64_t i) { return d[i] / v[i]; })};
  });
}

}  // namespace runnel
