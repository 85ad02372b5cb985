#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runnel/autograd/row_gradient.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

class Node;

/// A tensor that the tape knows: its value, its gradient, and the node that made it. A copy is another handle
/// to the same variable. A Tensor turns into a Variable without being asked, so layers take both.
class Variable {
 public:
  /// No variable at all; `defined()` is false. Stands for "not given".
  Variable() = default;
  Variable(const Tensor& value) : Variable(value, false) {}
  /// With `requires_grad`: a leaf, whose gradient backward() fills.
  Variable(const Tensor& value, bool requires_grad);

  bool defined() const { return state_ != nullptr; }
  const Tensor& value() const { return state_->value; }
  /// For those who fill or update a leaf in place (initialisers, optimizers).
  Tensor& mutable_value() { return state_->value; }
  const Shape& shape() const { return value().shape(); }
  int64_t size(AxisName name) const { return shape().size(name); }
  /// The only number of the value. Throws  ShapeError.
  float item() const { return value().item(); }
  std::string to_string() const { return value().to_string(); }

  bool requires_grad() const { return state_->requires_grad; }
  bool has_grad() const { return has_sparse_grad() || state_->has_grad; }
  /// Whether the gradient is sparse: it has some rows only.
  bool has_sparse_grad() const { return state_->sparse_gradient.has_value(); }
  /// d loss / d value, shaped like the value.
  /// Throws  AutogradError when there is none yet, or when it is sparse.
  const Tensor& grad() const;
  /// The rows that there are of a sparse gradient. Throws  AutogradError when there is none.
  const RowGradient& sparse_grad() const;
  /// The numbers that are stored of a gradient: all of a dense one, the rows' of a sparse one.
  const Tensor& grad_values() const;
  /// For those who change these numbers in place (clipping); no other variable sees the change.
  Tensor& mutable_grad_values();
  /// Adds to the gradient; the first time, `gradient` becomes it. Dense and sparse make dense.
  void accumulate_grad(const Tensor& gradient);
  /// Throws  ShapeError for another shape than the value's; AutogradError when a row of a sparse gradient is not one
  ///         of the value's, or not in rising order
  void accumulate_grad(const RowGradient& gradient);
  /// Forgets the gradient.
  void zero_grad();

  /// The gradients of this one number with respect to every leaf that it came from, added to theirs.
  /// Frees the graph unless `retain_graph`.
  /// Throws  AutogradError when nothing was recorded, or when the graph was freed before;
  ///         ShapeError when this is more than one number.
  void backward(bool retain_graph = false) const;
  /// The same for any shape, from the gradient of the loss with respect to this variable.
  void backward(const Tensor& gradient, bool retain_graph = false) const;

  /// The same value, without a past: where the gradient stops.
  Variable detach() const { return Variable(value(), false); }

  /// The node that made this variable and which of its outputs it is; null for a leaf.
  const std::shared_ptr<Node>& producer() const { return state_->producer; }
  int64_t producer_output() const { return state_->producer_output; }
  /// For the tape: an output of `producer`.
  static Variable output_of(const std::shared_ptr<Node>& producer, int64_t output, const Tensor& value);
  /// Whether two handles are of one variable.
  friend bool operator==(const Variable& a, const Variable& b) { return a.state_ == b.state_; }

 private:
  struct State {
    Tensor value;
    Tensor gradient = {};
    std::optional<RowGradient> sparse_gradient = {};
    bool requires_grad = false;
    bool has_grad = false;
    std::shared_ptr<Node> producer = {};
    int64_t producer_output = 0;
  };
  std::shared_ptr<State> state_;
};

/// A parameter of a module, under PyTorch's name.
struct NamedParameter {
  std::string name;
  Variable variable;
};

}  // namespace runnel
