#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/layer.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/pooling.h"

#include "tests/ops/op_testing.h"

// The layers without memory: Embedding, Linear, Dropout, activations, pooling.

namespace runnel {
namespace {

using namespace op_testing;
using testing::Each;
using testing::ElementsAre;

TEST(Embedding, gives_each_id_its_row) {
  Embedding embedding({.num_embeddings = 3, .embedding_dim = 2});
  Variable(embedding.weight()).mutable_value() =
      Tensor({{"vocab", 3}, {"feature", 2}}, {0, 1, 10, 11, 20, 21});
  const Ids ids({{"batch", 1}, {"seq", 2}}, {2, 0});
  EXPECT_THAT(numbers(embedding(ids)), ElementsAre(20, 21, 0, 1));
  EXPECT_EQ(embedding.output_shape(ids.shape()), embedding(ids).shape());
  EXPECT_EQ(embedding.output_shape(Shape{{"batch"}, {"seq"}}), (Shape{{"batch"}, {"seq"}, {"feature", 2}}));
}

TEST(Embedding, keeps_what_stands_beside_the_ids) {
  Embedding embedding({.num_embeddings = 3, .embedding_dim = 2});
  const Tensor h_0 = random({{"layer·direction", 1}, {"batch", 1}, {"hidden", 2}});
  const Signal signal =
      embedding.forward({.data = Ids({{"batch", 1}, {"seq", 2}}), .lengths = Lengths{1}, .h_0 = h_0});
  EXPECT_EQ(signal.lengths, Lengths{1});
  EXPECT_EQ(numbers(signal.h_0), numbers(h_0));
}

TEST(Linear, names_its_output) {
  Linear linear({.in_features = 2, .out_features = 3, .out_axis = "class"});
  const Tensor x = random({{"batch", 2}, {"seq", 4}, {"hidden", 2}});
  EXPECT_EQ(linear(x).shape(), (Shape{{"batch", 2}, {"seq", 4}, {"class", 3}}));
  EXPECT_EQ(linear.output_shape(x.shape()), linear(x).shape());
  EXPECT_EQ(linear.output_shape(Shape{{"batch"}, {"feature"}}), (Shape{{"batch"}, {"class", 3}}));
  EXPECT_EQ(linear.forward({Variable(x), Lengths{1, 2}}).lengths, (Lengths{1, 2}));
}

TEST(Layers, have_the_parameters_of_pytorch) {
  const auto list = [](const Module& module) {
    std::string text;
    for (const auto& [name, variable] : module.named_parameters())
      text += name + variable.shape().to_string() + " ";
    return text;
  };
  EXPECT_EQ(list(Linear({.in_features = 2, .out_features = 3})), "weight[out=3, in=2] bias[out=3] ");
  EXPECT_EQ(list(Linear({.in_features = 2, .out_features = 3, .bias = false})), "weight[out=3, in=2] ");
  EXPECT_EQ(list(Embedding({.num_embeddings = 5, .embedding_dim = 2})), "weight[vocab=5, feature=2] ");
}

TEST(Dropout, drops_and_scales_only_while_training) {
  Dropout dropout({.p = 0.25});
  const Tensor ones = Tensor::full({{"feature", 4000}}, 1);
  const std::vector<float> x = numbers(dropout(ones));
  EXPECT_THAT(x, Each(testing::AnyOf(0.0f, testing::FloatEq(4.0f / 3))));
  EXPECT_NEAR(static_cast<double>(std::count(x.begin(), x.end(), 0.0f)), 1000, 120);
  dropout.eval();
  EXPECT_THAT(numbers(dropout(ones)), Each(1.0f));
}

TEST(Activation, applies_its_function) {
  const Tensor x({{"feature", 2}}, {-1, 2});
  EXPECT_THAT(numbers(Activation(ActivationKind::relu)(x)), ElementsAre(0, 2));
  EXPECT_THAT(numbers(Activation(ActivationKind::tanh)(x)), NumbersNear({std::tanh(-1.0f), std::tanh(2.0f)}));
  EXPECT_THAT(numbers(Activation(ActivationKind::sigmoid)(x)), NumbersNear({0.268941421f, 0.880797078f}));
}

TEST(Elementwise, passes_on_the_states_of_the_layer_before) {
  Activation relu(ActivationKind::relu);
  const Tensor x({{"seq", 1}, {"feature", 2}}, {-1, 2}),
      h_n({{"layer·direction", 1}, {"hidden", 2}}, {-3, 4});
  const Signal signal = relu.forward({.data = x, .lengths = Lengths{1}, .h_n = h_n});
  EXPECT_THAT(numbers(signal.features("")), ElementsAre(0, 2));
  EXPECT_THAT(numbers(signal.h_n), ElementsAre(0, 4));
  EXPECT_EQ(signal.lengths, Lengths{1});
  EXPECT_EQ(relu.output_shape(Shape{{"batch"}, {"feature", 2}}), (Shape{{"batch"}, {"feature", 2}}));
}

TEST(Pooling, takes_the_steps_together) {
  const Tensor x({{"batch", 2}, {"seq", 3}, {"feature", 1}}, {1, 5, 9, 4, 2, 9});
  const Lengths lengths{2, 2};
  EXPECT_THAT(numbers(Pooling(PoolingKind::last)(x, lengths)), ElementsAre(5, 2));
  EXPECT_THAT(numbers(Pooling(PoolingKind::first)(x, lengths)), ElementsAre(1, 4));
  EXPECT_THAT(numbers(Pooling(PoolingKind::mean)(x, lengths)), ElementsAre(3, 3));
  EXPECT_THAT(numbers(Pooling(PoolingKind::max)(x, lengths)), ElementsAre(5, 4));
  EXPECT_THAT(numbers(Pooling(PoolingKind::last)(x)), ElementsAre(9, 9));
}

TEST(Pooling, takes_one_sequence_or_the_steps_first) {
  const Pooling mean(PoolingKind::mean);
  const Tensor one({{"seq", 3}, {"feature", 1}}, {1, 5, 9});
  EXPECT_THAT(numbers(mean(one)), ElementsAre(5));
  EXPECT_THAT(numbers(mean(one, Lengths{2})), ElementsAre(3));
  const Tensor x({{"seq", 2}, {"batch", 2}, {"feature", 1}}, {1, 2, 3, 4});
  EXPECT_THAT(numbers(mean(x)), ElementsAre(2, 3));
  EXPECT_EQ(mean.output_shape(x.shape()), mean(x).shape());
  EXPECT_EQ(mean.output_shape(Shape{{"batch"}, {"seq"}, {"feature", 3}}), (Shape{{"batch"}, {"feature", 3}}));
}

TEST(Pooling, has_four_kinds) {
  EXPECT_EQ(pooling_kind("last"), PoolingKind::last);
  EXPECT_EQ(pooling_kind("first"), PoolingKind::first);
  EXPECT_EQ(pooling_kind("mean"), PoolingKind::mean);
  EXPECT_EQ(pooling_kind("max"), PoolingKind::max);
  EXPECT_EQ(pooling_kind("Last"), std::nullopt);
}

TEST(Layers, print_themselves_as_constructors) {
  EXPECT_EQ(Embedding({.num_embeddings = 5000, .embedding_dim = 100}).to_string(), "Embedding(5000, 100)");
  EXPECT_EQ(Embedding({.num_embeddings = 5, .embedding_dim = 1, .padding_idx = -5}).to_string(),
            "Embedding(5, 1, padding_idx=0)");
  EXPECT_EQ(Linear({.in_features = 2, .out_features = 3}).to_string(), "Linear(2, 3)");
  EXPECT_EQ(Linear({.in_features = 2, .out_features = 3, .bias = false}).to_string(),
            "Linear(2, 3, bias=False)");
  EXPECT_EQ(Dropout().to_string(), "Dropout(0.5)");
  EXPECT_EQ(Dropout({.p = 0.1}).to_string(), "Dropout(0.1)");
  EXPECT_EQ(Activation(ActivationKind::tanh).to_string(), "Tanh()");
  EXPECT_EQ(Activation(ActivationKind::relu).to_string(), "ReLU()");
  EXPECT_EQ(Activation(ActivationKind::sigmoid).to_string(), "Sigmoid()");
  EXPECT_EQ(Pooling(PoolingKind::max).to_string(), "max");
}

}  // namespace
}  // namespace runnel
