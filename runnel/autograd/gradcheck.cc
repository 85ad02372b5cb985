#include "runnel/autograd/gradcheck.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

#include "runnel/autograd/tape.h"
#include "runnel/base/random.h"

namespace runnel {
namespace {

using Doubles = std::vector<double>;

Doubles to_doubles(const Tensor& tensor) { return Doubles(tensor.values().begin(), tensor.values().end()); }

double difference(double got, double expected) {
  if (std::isnan(got) && std::isnan(expected)) return 0;
  if (got == expected) return 0;  // equal infinities
  const double error = std::abs(got - expected) / (1 + std::abs(expected));
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

class Check {
 public:
  Check(const DifferentiableFunction& function, const std::vector<Tensor>& inputs,
        const GradcheckOptions& options)
      : function_(function), inputs_(inputs), twin_(options.twin) {
    step_ = options.step > 0 ? options.step : twin_ ? 1e-5 : 1e-2;
    tolerance_ = options.tolerance > 0 ? options.tolerance : twin_ ? 1e-5 : 5e-3;
    generator_.seed(options.seed);
  }

  GradcheckResult run() {
    const std::vector<Tensor> analytic = analytic_gradients();
    std::vector<Doubles> at;
    for (const Tensor& input : inputs_) at.push_back(to_doubles(input));
    if (twin_) compare_values(at);
    for (size_t i = 0; i < at.size() && result_.failure.empty(); ++i) {
      for (size_t k = 0; k < at[i].size(); ++k) {
        compare({static_cast<int64_t>(i), static_cast<int64_t>(k), inputs_[i].shape(),
                 analytic[i].values()[k], slope(at, i, k)});
      }
    }
    result_.ok = result_.failure.empty() && result_.compared > 0 && result_.worst.error <= tolerance_;
    return result_;
  }

 private:
  /// Of the weighted sum; chooses the weights.
  std::vector<Tensor> analytic_gradients() {
    std::vector<Variable> leaves;
    for (const Tensor& input : inputs_) leaves.emplace_back(input.clone(), true);
    Recording recording;
    const Variable y = function_(leaves);
    values_ = to_doubles(y.value());
    Tensor weights = Tensor::uninitialized(y.shape());
    generator_.fill_uniform(weights.values(), -1.0f, 1.0f);
    for (float& weight : weights.values()) weight += weight < 0 ? -0.5f : 0.5f;
    weights_ = to_doubles(weights);
    if (y.requires_grad()) y.backward(weights);
    std::vector<Tensor> gradients;
    for (const Variable& leaf : leaves)
      gradients.push_back(leaf.has_grad() ? leaf.grad() : Tensor(leaf.shape()));
    return gradients;
  }

  Doubles evaluate(const std::vector<Doubles>& at) const {
    if (twin_) return twin_(at);
    std::vector<Variable> inputs;
    for (size_t i = 0; i < at.size(); ++i) {
      inputs.emplace_back(Tensor(inputs_[i].shape(), std::vector<float>(at[i].begin(), at[i].end())));
    }
    Recording off(false);
    return to_doubles(function_(inputs).value());
  }

  void compare_values(const std::vector<Doubles>& at) {
    const Doubles expected = evaluate(at);
    if (expected.size() != values_.size()) {
      result_.failure =
          fmt::format("the function gives {} values, its twin {}", values_.size(), expected.size());
      return;
    }
    for (size_t k = 0; k < expected.size(); ++k) {
      if (difference(values_[k], expected[k]) <= tolerance_) continue;
      result_.failure =
          fmt::format("value {} is {:.9g}, that of the twin {:.9g}", k, values_[k], expected[k]);
      return;
    }
  }

  /// dL / d at[i][k] by a central difference, in which the step is what the arguments really differ by.
  double slope(std::vector<Doubles>& at, size_t i, size_t k) const {
    const double x = at[i][k];
    const auto round = [this](double value) { return twin_ ? value : double{static_cast<float>(value)}; };
    const double above = round(x + step_), below = round(x - step_);
    at[i][k] = above;
    const Doubles high = evaluate(at);
    at[i][k] = below;
    const Doubles low = evaluate(at);
    at[i][k] = x;
    double sum = 0;
    for (size_t j = 0; j < weights_.size(); ++j) sum += weights_[j] * (high.at(j) - low.at(j));
    return sum / (above - below);
  }

  void compare(GradcheckResult::Element element) {
    element.error = difference(element.analytic, element.numeric);
    ++result_.compared;
    if (element.error > result_.worst.error) result_.worst = element;
  }

  const DifferentiableFunction& function_;
  const std::vector<Tensor>& inputs_;
  const DoubleTwin& twin_;
  double step_, tolerance_;
  Generator generator_;
  Doubles values_, weights_;
  GradcheckResult result_;
};

}  // namespace

std::string GradcheckResult::to_string() const {
  if (!failure.empty()) return "gradcheck: " + failure;
  if (compared == 0) return "gradcheck: there was nothing to compare";
  return fmt::format(
      "gradcheck: {} gradients {}; the worst is that of input {}, element {} of {}: analytic {:.9g}, "
      "numeric {:.9g}",
      compared, ok ? "agree" : "compared, not all agree", worst.input, worst.element, worst.shape.to_string(),
      worst.analytic, worst.numeric);
}

GradcheckResult gradcheck(const DifferentiableFunction& function, const std::vector<Tensor>& inputs,
                          const GradcheckOptions& options) noexcept {
  try {
    return Check(function, inputs, options).run();
  } catch (const std::exception& error) {
    return {.failure = fmt::format("the function threw: {}", error.what())};
  } catch (...) {
    return {.failure = "the function threw something that is no std::exception"};
  }
}

}  // namespace runnel
