#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "runnel/autograd/variable.h"

namespace runnel {

/// A differentiable function of any number of tensors, with a result of any shape.
using DifferentiableFunction = std::function<Variable(std::span<const Variable> inputs)>;

/// The same function written out in double precision, on plain numbers in row-major order.
using DoubleTwin = std::function<std::vector<double>(std::span<const std::vector<double>> inputs)>;

struct GradcheckOptions {
  /// Where the differences are taken from. Without a twin they are taken from the function itself, whose
  /// float32 values leave few digits of them.
  DoubleTwin twin = {};
  /// The h of (f(x + h) − f(x − h)) / 2h. 0: 1e-5 with a twin, 1e-2 without.
  double step = 0;
  /// Two numbers agree when |analytic − numeric| ≤ tolerance · (1 + |numeric|).
  /// 0: 1e-5 with a twin, 5e-3 without.
  double tolerance = 0;
  /// Of the weights w.
  uint64_t seed = 1;
};

/// What gradcheck found.
struct GradcheckResult {
  bool ok = false;
  /// Why nothing could be compared, or how the function and its twin differ. Empty otherwise.
  std::string failure = {};
  /// How many elements of gradients were compared.
  int64_t compared = 0;
  /// The element that agrees worst: number `element`, in row-major order, of the gradient of input `input`.
  struct Element {
    int64_t input = 0;
    int64_t element = 0;
    Shape shape;  ///< of that input
    double analytic = 0;
    double numeric = 0;
    double error = -1;  ///< |analytic − numeric| / (1 + |numeric|); a NaN on one side only counts as ∞
  } worst = {};

  /// In a sentence or two.
  std::string to_string() const;
};

/// Compares the tape's gradients of L = Σ f(x) ⊙ w, with fixed pseudo-random w in ±[0.5, 1.5), against
/// central differences of L. With a twin, the values of both are compared first.
///
/// Throws nothing: an exception of `function` is in the result. An input that f does not use, or that must
/// get no gradient, counts as having zeros.
GradcheckResult gradcheck(const DifferentiableFunction& function, const std::vector<Tensor>& inputs,
                          const GradcheckOptions& options = {}) noexcept;

}  // namespace runnel
