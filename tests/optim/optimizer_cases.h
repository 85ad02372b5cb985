#pragma once

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/optim/optimizer.h"

/// Small parameters with the numbers that tests/golden uses, and plain doubles to hold an optimizer against.
namespace runnel {

/// value(seed, i) of tests/golden/README.md.
inline Tensor golden_values(const Shape& shape, int64_t seed) {
  Tensor tensor = Tensor::uninitialized(shape);
  for (int64_t i = 0; i < tensor.count(); ++i) {
    tensor.data()[i] =
        static_cast<float>(static_cast<double>((i * 7919 + seed * 104729) % 1009) / 1009.0 - 0.5);
  }
  return tensor;
}

/// p0 [hidden=3, feature=4] and p1 [hidden=5].
inline std::vector<NamedParameter> two_parameters() {
  return {{"p0", Variable(golden_values({{"hidden", 3}, {"feature", 4}}, 100), true)},
          {"p1", Variable(golden_values({{"hidden", 5}}, 101), true)}};
}

/// The gradients of step `step`, in place of those that were there.
inline void set_gradients(const std::vector<NamedParameter>& parameters, int64_t step) {
  int64_t seed = 1000 + 10 * step;
  for (NamedParameter parameter : parameters) {
    parameter.variable.zero_grad();
    parameter.variable.accumulate_grad(golden_values(parameter.variable.shape(), seed++));
  }
}

/// The same gradients as sparse ones: row `step` and the next one, counted round the parameter.
inline void set_sparse_gradients(const std::vector<NamedParameter>& parameters, int64_t step) {
  set_gradients(parameters, step);
  for (NamedParameter parameter : parameters) {
    const Tensor dense = parameter.variable.grad();
    const Shape& shape = dense.shape();
    const int64_t rows = shape[0].size, width = dense.count() / rows;
    RowGradient gradient{{static_cast<int32_t>(step % rows), static_cast<int32_t>((step + 1) % rows)},
                         Tensor(shape.replaced(shape[0].name, {"row", 2}))};
    std::sort(gradient.rows.begin(), gradient.rows.end());
    for (int64_t i = 0; i < 2; ++i) {
      std::copy_n(dense.data() + gradient.rows[static_cast<size_t>(i)] * width, width,
                  gradient.values.data() + i * width);
    }
    parameter.variable.zero_grad();
    parameter.variable.accumulate_grad(gradient);
  }
}

inline std::vector<double> doubles(const Tensor& tensor) {
  return std::vector<double>(tensor.values().begin(), tensor.values().end());
}

inline void expect_close(const std::vector<double>& expected, const Tensor& got, double tolerance = 1e-6) {
  ASSERT_EQ(static_cast<int64_t>(expected.size()), got.count());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(got.values()[i], expected[i], tolerance + tolerance * std::abs(expected[i]))
        << "element " << i;
  }
}

/// Runs `steps` steps and holds the parameters against a twin: an object for each parameter whose
/// update(parameter, gradient) moves one number, called with its place.
template <class Twin, class Options>
void expect_follows_twin(const std::vector<NamedParameter>& parameters, Optimizer& optimizer,
                         const Options& options, int64_t steps = 20) {
  std::vector<std::vector<double>> expected;
  std::vector<std::vector<Twin>> twins;
  for (const NamedParameter& parameter : parameters) {
    expected.push_back(doubles(parameter.variable.value()));
    twins.emplace_back(expected.back().size(), Twin{options});
  }
  for (int64_t step = 1; step <= steps; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    set_gradients(parameters, step);
    optimizer.step();
    for (size_t p = 0; p < parameters.size(); ++p) {
      SCOPED_TRACE(parameters[p].name);
      const std::vector<double> gradient = doubles(parameters[p].variable.grad());
      for (size_t i = 0; i < gradient.size(); ++i) {
        expected[p][i] = twins[p][i].update(expected[p][i], gradient[i], static_cast<double>(step));
      }
      expect_close(expected[p], parameters[p].variable.value());
    }
  }
}

template <class Function>
std::string error_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace runnel
