#include "runnel/autograd/variable.h"

#include "runnel/autograd/autograd_error.h"
#include "runnel/tensor/axes.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {

Variable::Variable(const Tensor& value, bool requires_grad)
    : state_(std::make_shared<State>(State{.value = value, .requires_grad = requires_grad})) {}

Variable Variable::output_of(const std::shared_ptr<Node>& producer, int64_t output, const Tensor& value) {
  Variable variable(value, true);
  variable.state_->producer = producer;
  variable.state_->producer_output = output;
  return variable;
}

const Tensor& Variable::grad() const {
  if (has_sparse_grad()) throw errors::gradient_is_sparse(shape());
  return grad_values();
}

const RowGradient& Variable::sparse_grad() const {
  if (!has_sparse_grad())
    throw has_grad() ? errors::gradient_is_dense(shape()) : errors::no_gradient_yet(shape());
  return *state_->sparse_gradient;
}

const Tensor& Variable::grad_values() const {
  if (!has_grad()) throw errors::no_gradient_yet(shape());
  return has_sparse_grad() ? state_->sparse_gradient->values : state_->gradient;
}

Tensor& Variable::mutable_grad_values() {
  if (!has_grad()) throw errors::no_gradient_yet(shape());
  Tensor& values = has_sparse_grad() ? state_->sparse_gradient->values : state_->gradient;
  if (!values.unique()) values = values.clone();
  return values;
}

void Variable::accumulate_grad(const Tensor& gradient) {
  if (!(gradient.shape() == shape()))
    throw errors::shapes_differ("accumulate_grad", shape(), gradient.shape());
  if (!has_grad()) {
    state_->gradient = gradient;
    state_->has_grad = true;
    return;
  }
  if (has_sparse_grad()) {
    state_->gradient = gradient.clone();
    add_rows(state_->gradient, *state_->sparse_gradient);
    state_->sparse_gradient.reset();
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

void Variable::accumulate_grad(const RowGradient& gradient) {
  const Shape rows =
      shape().replaced(shape()[0].name, {axes::row, static_cast<int64_t>(gradient.rows.size())});
  if (!(gradient.values.shape() == rows))
    throw errors::shapes_differ("accumulate_grad", rows, gradient.values.shape());
  for (size_t i = 0; i < gradient.rows.size(); ++i) {
    const int32_t row = gradient.rows[i];
    const bool rising = i == 0 || row > gradient.rows[i - 1];
    if (!rising || row < 0 || row >= shape()[0].size) throw errors::gradient_row_misplaced(row, shape());
  }
  if (has_sparse_grad()) {
    state_->sparse_gradient = sum_of(*state_->sparse_gradient, gradient);
  } else if (state_->has_grad) {
    add_rows(mutable_grad_values(), gradient);
  } else {
    state_->sparse_gradient = gradient;
  }
}

void Variable::zero_grad() {
  state_->gradient = Tensor();
  state_->sparse_gradient.reset();
  state_->has_grad = false;
}

}  // namespace runnel
