#pragma once

#include "runnel/nn/layer.h"

namespace runnel {

/// A layer that works on each number by itself: what comes out has the shape of what came in. In a chain, the
/// final states of a recurrent layer pass through it too, so that `last` behind it sees them.
class Elementwise : public Layer {
 public:
  using Layer::Layer;

  virtual Variable operator()(const Variable& x) = 0;
  Shape output_shape(const Shape& input) const override { return input; }
  Signal forward(const Signal& input) override;
};

/// PyTorch's options of nn.Dropout.
struct DropoutOptions {
  double p = 0.5;  ///< the probability that a number becomes 0
};

/// While training, sets each number to 0 with probability p and divides the others by 1 − p.
/// After eval() it does nothing. Source: torch.nn.Dropout.
///
/// Throws  OptionError unless p lies in 0 … 1.
class Dropout : public Elementwise {
 public:
  explicit Dropout(const DropoutOptions& options = {});
  Variable operator()(const Variable& x) override;
  const DropoutOptions& options() const { return options_; }
  std::string to_string() const override;

 private:
  DropoutOptions options_;
};

/// tanh, relu or sigmoid as a layer: `Tanh()`, `ReLU()`, `Sigmoid()`.
enum class ActivationKind { tanh, relu, sigmoid };

class Activation : public Elementwise {
 public:
  explicit Activation(ActivationKind kind);
  Variable operator()(const Variable& x) override;
  std::string to_string() const override { return kind() + "()"; }

 private:
  ActivationKind activation_;
};

}  // namespace runnel
