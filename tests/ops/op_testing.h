#pragma once

#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "runnel/autograd/gradcheck.h"
#include "runnel/autograd/tape.h"
#include "runnel/base/random.h"

/// What the tests of operations share.
namespace runnel::op_testing {

using Doubles = std::vector<double>;

inline std::vector<float> numbers(const Tensor& tensor) {
  return std::vector<float>(tensor.values().begin(), tensor.values().end());
}
inline std::vector<float> numbers(const Variable& variable) { return numbers(variable.value()); }
inline std::vector<int32_t> numbers(const Ids& ids) {
  return std::vector<int32_t>(ids.values().begin(), ids.values().end());
}

/// These numbers, each with an absolute and relative error of 1e-6 at most; NaN equals NaN.
inline auto NumbersNear(const std::vector<float>& expected) {
  std::vector<testing::Matcher<float>> matchers;
  for (float value : expected) {
    if (std::isfinite(value)) {
      matchers.push_back(testing::FloatNear(value, 1e-6f * (1 + std::abs(value))));
    } else {
      matchers.push_back(testing::NanSensitiveFloatEq(value));
    }
  }
  return testing::ElementsAreArray(matchers);
}

/// Uniform in [low, high), the same at every call.
inline Tensor random(const Shape& shape, uint64_t seed = 1, float low = -2, float high = 2) {
  Tensor tensor = Tensor::uninitialized(shape);
  Generator(seed).fill_uniform(tensor.values(), low, high);
  return tensor;
}

/// Of the error that `body` throws: its kind, then its text.
template <class Body>
std::string error_of(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return std::string(error.kind()) + ": " + error.what();
  }
  return "nothing was thrown";
}

inline void expect_gradients(const DifferentiableFunction& function, const std::vector<Tensor>& inputs,
                             const DoubleTwin& twin) {
  const GradcheckResult result = gradcheck(function, inputs, {.twin = twin});
  EXPECT_TRUE(result.ok) << result.to_string();
}

/// f of one input.
template <class Function>
DifferentiableFunction of_one(Function function) {
  return [function](std::span<const Variable> inputs) { return function(inputs[0]); };
}
template <class Twin>
DoubleTwin twin_of_one(Twin twin) {
  return [twin](std::span<const Doubles> inputs) { return twin(inputs[0]); };
}

/// The gradient of Σ f(x) ⊙ weights; weights of ones when absent.
template <class Function>
Tensor gradient_of(Function function, const Tensor& x, const std::vector<float>& weights = {}) {
  const Variable leaf(x, true);
  Recording recording;
  const Variable y = function(leaf);
  y.backward(weights.empty() ? Tensor::full(y.shape(), 1) : Tensor(y.shape(), weights));
  return leaf.grad();
}

}  // namespace runnel::op_testing
