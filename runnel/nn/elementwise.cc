#include "runnel/nn/elementwise.h"

#include "runnel/nn/constructor_text.h"
#include "runnel/nn/nn_error.h"
#include "runnel/ops/dropout.h"
#include "runnel/ops/elementwise.h"

namespace runnel {
namespace {

std::string name_of(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::tanh:
      return "Tanh";
    case ActivationKind::relu:
      return "ReLU";
    case ActivationKind::sigmoid:
      return "Sigmoid";
  }
  return "";
}

}  // namespace

Signal Elementwise::forward(const Signal& input) {
  Signal output = input;
  output.data = (*this)(input.features(label()));
  if (input.h_n.defined()) output.h_n = (*this)(input.h_n);
  return output;
}

Dropout::Dropout(const DropoutOptions& options) : Elementwise("Dropout"), options_(options) {
  if (!(options.p >= 0 && options.p <= 1)) throw errors::not_a_probability(kind(), options.p);
}

Variable Dropout::operator()(const Variable& x) { return dropout(x, options_.p, training()); }

std::string Dropout::to_string() const { return ConstructorText(kind()).number(options_.p).finish(); }

Activation::Activation(ActivationKind kind) : Elementwise(name_of(kind)), activation_(kind) {}

Variable Activation::operator()(const Variable& x) {
  switch (activation_) {
    case ActivationKind::tanh:
      return tanh(x);
    case ActivationKind::relu:
      return relu(x);
    case ActivationKind::sigmoid:
      return sigmoid(x);
  }
  return x;
}

}  // namespace runnel
