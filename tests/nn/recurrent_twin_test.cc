#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <numeric>

#include "runnel/autograd/gradcheck.h"
#include "runnel/autograd/tape.h"
#include "runnel/base/random.h"
#include "runnel/tensor/axes.h"

#include "tests/nn/plain_twin.h"
#include "tests/nn/recurrent_cases.h"

// The recurrent layers against their plain twin, which also gives the differences that their gradients are held
// against.

namespace runnel {
namespace {

Doubles doubles(const Variable& x) { return Doubles(x.value().values().begin(), x.value().values().end()); }

RecurrentSetup random_setup(const RecurrentCase& test, const RecurrentSizes& sizes, Generator& generator) {
  return RecurrentSetup(test, sizes,
                        [&](int64_t, const Shape& shape) { return some_numbers(shape, generator); });
}

PlainCall plain_call_of(const RecurrentSetup& setup) {
  const Shape& x = setup.data.x.shape();
  const size_t batch = x.has(axes::batch) ? static_cast<size_t>(x.size(axes::batch)) : 1;
  return {.config = setup.layer.config(),
          .shapes = setup.layer.module().shapes(x),
          .lengths = setup.data.lengths.value_or(Lengths(batch, x.size(axes::seq))),
          .states_given = setup.test.states_given};
}

void expect_near(const Doubles& expected, const Doubles& got, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], expected[i], tolerance * (1 + std::abs(expected[i]))) << "element " << i;
  }
}

/// Sizes on both sides of a vector's lanes and a tile's rows.
RecurrentSizes random_sizes(const RecurrentCase& test, Generator& generator) {
  const auto one_of = [&](std::initializer_list<int64_t> sizes) {
    return sizes.begin()[generator.below(static_cast<int64_t>(sizes.size()))];
  };
  RecurrentSizes sizes{.input = one_of({1, 2, 5, 16, 31}),
                       .hidden = one_of({1, 7, 16, 17, 33}),
                       .proj = 1,
                       .seq = one_of({1, 2, 5}),
                       .lengths = {}};
  if (test.projected) sizes.hidden = std::max<int64_t>(sizes.hidden, 2);
  if (test.projected) sizes.proj = 1 + generator.below(sizes.hidden - 1);
  for (int64_t batch = one_of({1, 2, 5, 9}); batch > 0; --batch) {
    sizes.lengths.push_back(generator.below(sizes.seq + 1));
  }
  return sizes;
}

double dot(const Doubles& a, const Doubles& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The gradients of Σ results · weights, each held against the difference of the twin along a random direction.
void expect_slopes(const RecurrentSetup& setup, const Variable& results, std::vector<Doubles> inputs,
                   Generator& generator, double tolerance = 1e-6) {
  // Across the kink of a relu, a difference tells nothing: there the step is small.
  const double step_size = setup.test.cell == Cell::rnn_relu ? 1e-8 : 1e-6;
  const Tensor weights = some_numbers(results.shape(), generator);
  results.backward(weights);
  const std::vector<NamedParameter> leaves = setup.leaves();
  const PlainCall call = plain_call_of(setup);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Variable& leaf = leaves[i].variable;
    const Doubles direction = doubles(some_numbers(leaf.shape(), generator)), at = inputs[i];
    const auto loss_at = [&](double step) {
      for (size_t k = 0; k < at.size(); ++k) inputs[i][k] = at[k] + step * direction[k];
      return dot(plain_call(call, inputs), doubles(weights));
    };
    const double slope = (loss_at(step_size) - loss_at(-step_size)) / (2 * step_size);
    inputs[i] = at;
    const Doubles gradient = doubles(leaf.grad());
    const double size = std::sqrt(dot(gradient, gradient) * dot(direction, direction));
    EXPECT_NEAR(dot(gradient, direction), slope, tolerance * (1 + size)) << leaves[i].name;
  }
}

TEST(RecurrentTwin, agrees_with_the_layer_at_any_size) {
  manual_seed(7);  // whatever ran before: differences across a kink of relu tell nothing
  Generator generator(7);
  for (const RecurrentCase& test : recurrent_cases()) {
    const RecurrentSizes sizes = random_sizes(test, generator);
    SCOPED_TRACE(fmt::format("{}, input {}, hidden {}, proj {}, seq {}, batch {}", test.name(), sizes.input,
                             sizes.hidden, sizes.proj, sizes.seq, sizes.batch()));
    RecurrentSetup setup = random_setup(test, sizes, generator);
    std::vector<Doubles> inputs;
    for (const auto& [name, variable] : setup.leaves()) inputs.push_back(doubles(variable));
    Recording recording;
    const Variable results = setup.run().flat();
    expect_near(plain_call(plain_call_of(setup), inputs), doubles(results), 2e-6);
    expect_slopes(setup, results, inputs, generator);
    if (testing::Test::HasFailure()) return;  // one case says enough
  }
}

TEST(RecurrentTwin, agrees_where_the_gradients_of_the_gates_are_more_than_a_cache_holds) {
  manual_seed(9);
  Generator generator(9);
  // Of 1,500 steps and 20 units those of an LSTM or a GRU take 0.9 MB, and are multiplied block by block.
  RecurrentSizes sizes{.input = 1, .hidden = 20, .proj = 5, .seq = 100, .lengths = {}};
  for (int64_t i = 0; i < 30; ++i) sizes.lengths.push_back(generator.below(sizes.seq + 1));
  const std::vector<RecurrentCase> cases = recurrent_cases();
  for (size_t i = 0; i < cases.size(); i += 31) {
    if (cases[i].form == Form::unbatched || cases[i].cell == Cell::rnn_relu) continue;
    SCOPED_TRACE(cases[i].name());
    RecurrentSetup setup = random_setup(cases[i], sizes, generator);
    std::vector<Doubles> inputs;
    for (const auto& [name, variable] : setup.leaves()) inputs.push_back(doubles(variable));
    Recording recording;
    const Variable results = setup.run().flat();
    expect_slopes(setup, results, inputs, generator, 1e-5);
    if (testing::Test::HasFailure()) return;
  }
}

/// A setup as a function of its leaves.
DifferentiableFunction function_of(RecurrentSetup& setup) {
  return [&setup](std::span<const Variable> inputs) {
    const std::vector<NamedParameter> leaves = setup.leaves();
    for (size_t i = 0; i < inputs.size(); ++i) {
      Variable leaf = leaves[i].variable;
      leaf.mutable_value() = inputs[i].value();
    }
    Recording recording;
    const Variable results = setup.run().flat();
    const auto backward = [leaves, results](const Tensor& d_results) {
      results.backward(d_results);
      std::vector<Gradient> gradients;
      for (const auto& [name, leaf] : leaves) gradients.emplace_back(leaf.grad());
      return gradients;
    };
    return record("layer", {inputs.begin(), inputs.end()}, results.value(), backward);
  };
}

TEST(RecurrentTwin, has_the_gradients_of_its_differences) {
  manual_seed(8);
  const RecurrentSizes sizes{.input = 2, .hidden = 3, .proj = 2, .seq = 3, .lengths = {1, 0, 3}};
  Generator generator(8);
  for (const RecurrentCase& test : recurrent_cases()) {
    RecurrentSetup setup = random_setup(test, sizes, generator);
    std::vector<Tensor> inputs;
    for (const auto& [name, variable] : setup.leaves()) inputs.push_back(variable.value());
    const PlainCall call = plain_call_of(setup);
    const DoubleTwin twin = [&](std::span<const Doubles> numbers) { return plain_call(call, numbers); };
    const GradcheckResult result = gradcheck(function_of(setup), inputs, {.twin = twin});
    EXPECT_TRUE(result.ok) << test.name() << ": " << result.to_string();
  }
}

}  // namespace
}  // namespace runnel
