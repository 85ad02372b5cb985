#include "runnel/autograd/variable.h"

#include "runnel/autograd/autograd_error.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {

Variable::Variable(const Tensor& value, bool requires_grad) : state_(std::make_shared<State>()) {
  state_->value = value;
  state_->requires_grad = requires_grad;
}

Variable Variable::output_of(const std::shared_ptr<Node>& producer, int64_t output, const Tensor& value) {
  Variable variable(value, true);
  variable.state_->producer = producer;
  variable.state_->producer_output = output;
  return variable;
}

const Tensor& Variable::grad() const {
  if (!state_->has_grad) throw errors::no_gradient_yet(shape());
  return state_->gradient;
}

Tensor& Variable::mutable_grad() {
  if (!state_->has_grad) throw errors::no_gradient_yet(shape());
  if (!state_->gradient.unique()) state_->gradient = state_->gradient.clone();
  return state_->gradient;
}

void Variable::accumulate_grad(const Tensor& gradient) {
  if (!(gradient.shape() == shape()))
    throw errors::shapes_differ("accumulate_grad", shape(), gradient.shape());
  if (!state_->has_grad) {
    state_->gradient = gradient;
    state_->has_grad = true;
    return;
  }
  // A new tensor, since the old one may be shared with another variable's gradient.
  Tensor sum = Tensor::uninitialized(shape());
  for (int64_t i = 0; i < sum.count(); ++i) {
    sum.data()[i] = state_->gradient.values()[static_cast<size_t>(i)] + gradient.data()[i];
  }
  state_->gradient = sum;
}

void Variable::zero_grad() {
  state_->gradient = Tensor();
  state_->has_grad = false;
}

}  // namespace runnel
