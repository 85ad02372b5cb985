#include "runnel/nn/init.h"

#include <cmath>
#include <numeric>

#include "runnel/nn/embedding.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using op_testing::numbers;

struct Moments {
  double mean, deviation, least, most;
};

Moments moments(const std::vector<float>& x) {
  const double n = static_cast<double>(x.size()), mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double squares = 0;
  for (float value : x) squares += (value - mean) * (value - mean);
  const auto [least, most] = std::minmax_element(x.begin(), x.end());
  return {mean, std::sqrt(squares / n), *least, *most};
}

/// Uniform in ±bound: the deviation is bound/√3, and both ends are nearly reached.
void expect_uniform(const std::vector<float>& x, double bound) {
  const Moments m = moments(x);
  EXPECT_GE(m.least, -bound);
  EXPECT_LE(m.most, bound);
  EXPECT_LT(m.least, -0.99 * bound);
  EXPECT_GT(m.most, 0.99 * bound);
  EXPECT_NEAR(m.mean, 0, 0.05 * bound);
  EXPECT_NEAR(m.deviation, bound / std::sqrt(3), 0.02 * bound);
}

std::vector<float> all_numbers(const Module& module) {
  std::vector<float> all;
  for (const Variable& parameter : module.parameters()) {
    const std::vector<float> some = numbers(parameter);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

TEST(Init, is_uniform_by_the_hidden_size_of_a_recurrent_layer) {
  Generator generator(1);
  for (const Variable& parameter : GRU({.input_size = 40, .hidden_size = 100}, generator).parameters()) {
    if (parameter.value().count() > 1000) expect_uniform(numbers(parameter), 0.1);
  }
  // Of a projection too, and of every layer and direction.
  const LSTM lstm(
      {.input_size = 9, .hidden_size = 25, .num_layers = 2, .bidirectional = true, .proj_size = 4},
      generator);
  expect_uniform(all_numbers(lstm), 0.2);
}

TEST(Init, is_uniform_by_the_inputs_of_a_linear_layer) {
  Generator generator(2);
  expect_uniform(all_numbers(Linear({.in_features = 400, .out_features = 30}, generator)), 0.05);
}

TEST(Init, is_normal_for_an_embedding_but_for_its_padding) {
  Generator generator(3);
  const Embedding embedding({.num_embeddings = 400, .embedding_dim = 50, .padding_idx = 1}, generator);
  std::vector<float> x = numbers(embedding.weight());
  const auto padding = x.begin() + 50;
  EXPECT_EQ(std::vector<float>(padding, padding + 50), std::vector<float>(50, 0));
  x.erase(padding, padding + 50);
  const Moments m = moments(x);
  EXPECT_NEAR(m.mean, 0, 0.03);
  EXPECT_NEAR(m.deviation, 1, 0.03);
  EXPECT_GT(m.most, 3);
  EXPECT_LT(m.least, -3);
}

TEST(Init, counts_the_padding_row_from_the_end_when_it_is_negative) {
  const Embedding embedding({.num_embeddings = 3, .embedding_dim = 2, .padding_idx = -1});
  EXPECT_EQ(embedding.options().padding_idx, 2);
  EXPECT_EQ(numbers(embedding.weight())[4], 0);
  EXPECT_EQ(numbers(embedding.weight())[5], 0);
}

TEST(Init, repeats_itself_for_the_same_seed) {
  manual_seed(5);
  const std::vector<float> first = all_numbers(GRU({.input_size = 3, .hidden_size = 4}));
  const std::vector<float> second = all_numbers(GRU({.input_size = 3, .hidden_size = 4}));
  EXPECT_NE(first, second);
  manual_seed(5);
  EXPECT_EQ(all_numbers(GRU({.input_size = 3, .hidden_size = 4})), first);
}

TEST(ShapesOnly, makes_modules_of_any_size_without_numbers) {
  const ShapesOnly shapes_only;
  const LSTM lstm({.input_size = 1'000'000, .hidden_size = 1'000'000});
  EXPECT_EQ(lstm.named_parameters()[0].variable.shape(),
            (Shape{{"gate·hidden", 4'000'000}, {"feature", 1'000'000}}));
  EXPECT_EQ(lstm.output_shape(Shape{{"seq"}, {"batch"}, {"feature", 1'000'000}}),
            (Shape{{"seq"}, {"batch"}, {"hidden", 1'000'000}}));
  const Embedding embedding({.num_embeddings = Axis::kSymbolic, .embedding_dim = 7, .padding_idx = 0});
  EXPECT_EQ(embedding.weight().shape(), (Shape{{"vocab"}, {"feature", 7}}));
}

TEST(ShapesOnly, ends_with_its_scope) {
  {
    const ShapesOnly outer;
    {
      const ShapesOnly inner;
    }
    EXPECT_TRUE(ShapesOnly::active());
  }
  EXPECT_FALSE(ShapesOnly::active());
  EXPECT_EQ(Linear({.in_features = 2, .out_features = 3}).parameters()[0].value().count(), 6);
}

}  // namespace
}  // namespace runnel
