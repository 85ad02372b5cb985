#include "runnel/optim/clip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "runnel/base/thread_pool.h"
#include "runnel/optim/option_check.h"

namespace runnel {
namespace {

using Numbers = std::span<const float>;

/// Numbers that are summed in one go; it decides the order of the sum, so never by the number of threads.
constexpr size_t kChunk = 16384;
/// Fewer numbers than these are not worth a second thread.
constexpr int64_t kNormGrain = 32768;

/// Partial sums side by side: as wide as vectors get, so that the compiler may use them and the order stays.
constexpr size_t kLanes = 16;

template <class Term>
double sum(Numbers x, Term term) {
  std::array<double, kLanes> lanes{};
  size_t i = 0;
  for (; i + kLanes <= x.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(static_cast<double>(x[i + lane]));
  }
  for (size_t lane = 0; i + lane < x.size(); ++lane) lanes[lane] += term(static_cast<double>(x[i + lane]));
  double total = 0;
  for (const double lane : lanes) total += lane;
  return total;
}

/// The larger one; NaN as soon as one is NaN.
double larger(double a, double b) { return b > a || std::isnan(b) ? b : a; }

/// A norm as a sum (or maximum) of parts, and what it takes to make the norm of it.
struct Norm {
  double p;

  bool maximum() const { return std::isinf(p); }
  double of_chunk(Numbers x) const {
    if (maximum()) {
      double largest = 0;
      for (const float value : x) largest = larger(largest, std::abs(static_cast<double>(value)));
      return largest;
    }
    if (p == 2) return sum(x, [](double value) { return value * value; });
    if (p == 1) return sum(x, [](double value) { return std::abs(value); });
    return sum(x, [this](double value) { return std::pow(std::abs(value), p); });
  }
  double join(double a, double b) const { return maximum() ? larger(a, b) : a + b; }
  double finish(double total) const {
    if (p == 2) return std::sqrt(total);
    return maximum() || p == 1 ? total : std::pow(total, 1 / p);
  }
};

double total_norm(const ParameterList& parameters, Norm norm) {
  std::vector<Numbers> chunks;
  int64_t count = 0;
  for (const auto& [name, variable] : parameters) {
    if (!variable.has_grad()) continue;
    const Numbers gradient = variable.grad_values().values();
    count += variable.grad_values().count();
    for (size_t i = 0; i < gradient.size(); i += kChunk) {
      chunks.push_back(gradient.subspan(i, std::min(kChunk, gradient.size() - i)));
    }
  }
  std::vector<double> parts(chunks.size());
  const int64_t tasks = static_cast<int64_t>(chunks.size());
  parallel_for(tasks, count < kNormGrain ? tasks : 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      parts[i] = norm.of_chunk(chunks[i]);
    }
  });
  double total = 0;
  for (const double part : parts) total = norm.join(total, part);
  return norm.finish(total);
}

/// gradient[i] ← change(gradient[i])
template <class Change>
void change_gradients(ParameterList& parameters, Change change) {
  for (size_t p = 0; p < parameters.size(); ++p) {
    Variable& variable = parameters[p].variable;
    if (!variable.has_grad()) continue;
    Tensor& gradient = variable.mutable_grad_values();
    parallel_for(gradient.count(), kNormGrain, [&, values = gradient.data()](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) values[i] = change(values[i]);
    });
  }
}

void check_defined(std::string_view where, const ParameterList& parameters) {
  for (const auto& [name, variable] : parameters) {
    if (!variable.defined()) throw errors::undefined_parameter(where, name);
  }
}

}  // namespace

double clip_grad_norm(ParameterList parameters, double max_norm, ClipGradNormOptions options) {
  constexpr std::string_view kWhere = "clip_grad_norm";
  if (!(max_norm >= 0)) throw errors::option_out_of_range(kWhere, "max_norm", max_norm, "0 or more");
  if (!(options.norm_type > 0)) {
    throw errors::option_out_of_range(kWhere, "norm_type", options.norm_type, "more than 0");
  }
  check_defined(kWhere, parameters);
  const double norm = total_norm(parameters, Norm{options.norm_type});
  if (options.error_if_nonfinite && !std::isfinite(norm)) {
    throw errors::gradient_norm_not_finite(norm, options.norm_type);
  }
  const double scale = max_norm / (norm + 1e-6);
  if (scale >= 1 || std::isinf(max_norm)) return norm;
  change_gradients(parameters, [scale = static_cast<float>(scale)](float value) { return value * scale; });
  return norm;
}

void clip_grad_value(ParameterList parameters, double clip_value) {
  if (!(clip_value >= 0)) {
    throw errors::option_out_of_range("clip_grad_value", "clip_value", clip_value, "0 or more");
  }
  check_defined("clip_grad_value", parameters);
  change_gradients(parameters, [limit = static_cast<float>(clip_value)](float value) {
    return std::min(std::max(value, -limit), limit);
  });
}

}  // namespace runnel
