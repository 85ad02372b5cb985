#include "runnel/nn/sequential.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/autograd/tape.h"
#include "runnel/base/thread_pool.h"
#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/pooling.h"
#include "runnel/nn/rnn.h"
#include "runnel/ops/pooling.h"
#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

constexpr LSTMOptions kTwoLayersBothWays{
    .input_size = 3, .hidden_size = 4, .num_layers = 2, .batch_first = true, .bidirectional = true};
const Tensor kX = random({{"batch", 3}, {"seq", 5}, {"feature", 3}});
const Lengths kLengths{2, 5, 0};

Sequential classifier() {
  return Sequential(Embedding({.num_embeddings = 50, .embedding_dim = 3}), LSTM(kTwoLayersBothWays),
                    Pooling(PoolingKind::last),
                    Linear({.in_features = 8, .out_features = 6, .out_axis = "class"}));
}

TEST(Sequential, runs_its_layers_one_behind_the_other) {
  Sequential model = classifier();
  EXPECT_EQ(model.size(), 4);
  const Ids ids({{"batch", 3}, {"seq", 5}}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  const Variable scores = model(ids, kLengths);
  EXPECT_EQ(scores.shape(), (Shape{{"batch", 3}, {"class", 6}}));
  Signal signal{ids, kLengths};
  for (int64_t i = 0; i < model.size(); ++i) signal = model[i].forward(signal);
  EXPECT_EQ(numbers(signal.features("")), numbers(scores));
  EXPECT_EQ(model.output_shape(ids.shape()), scores.shape());
  EXPECT_EQ(model.output_shape(Shape{{"batch"}, {"seq"}}), (Shape{{"batch"}, {"class", 6}}));
}

/// Everything that a step of training gives: output, and the gradients of all parameters.
struct Trained {
  std::vector<float> output;
  std::vector<std::vector<float>> gradients;
};

/// One step of Embedding(vocab, 3, padding_idx=2) and a recurrent layer; in one chain, where the layer may read the
/// table itself, or with the words copied out in between.
template <class Kind, class Options>
Trained trained(const Options& options, const Ids& ids, const Lengths& lengths, bool in_one_chain) {
  Generator generator(5);
  Embedding embedding({.num_embeddings = 7, .embedding_dim = 3, .padding_idx = 2}, generator);
  Variable table = embedding.weight();
  generator.fill_uniform(table.mutable_value().values(), -1, 1);  // padding's vector too
  Kind layer(options, generator);
  Recording recording;
  Signal words = embedding.forward({ids, lengths});
  EXPECT_TRUE(std::holds_alternative<TableRows>(words.data));
  if (!in_one_chain) {
    const Variable copied = words.features("the test");
    words.data = copied;
  }
  const Signal result = layer.forward(words);
  const Variable output = result.features("the test");
  output.backward(random(output.shape(), 9));
  Trained trained{numbers(output), {numbers(table.grad())}};
  for (const NamedParameter& p : layer.named_parameters())
    trained.gradients.push_back(numbers(p.variable.grad()));
  return trained;
}

template <class Kind, class Options>
void expect_same_with_and_without_copies(const Options& options) {
  Ids ids({{"batch", 3}, {"seq", 9}});
  Generator generator(2);
  for (int32_t& id : ids.values()) id = static_cast<int32_t>(generator.below(7));
  const Lengths lengths{9, 1, 7};
  const Trained table = trained<Kind>(options, ids, lengths, true);
  const Trained copies = trained<Kind>(options, ids, lengths, false);
  EXPECT_EQ(table.output, copies.output);
  for (size_t i = 0; i < table.gradients.size(); ++i) {
    for (size_t k = 0; k < table.gradients[i].size(); ++k) {
      ASSERT_NEAR(table.gradients[i][k], copies.gradients[i][k], 1e-5)
          << "parameter " << i << ", number " << k;
    }
  }
  EXPECT_EQ(table.gradients[0][2 * 3], 0) << "the row of padding gets no gradient";
}

TEST(Sequential, lets_a_recurrent_layer_read_a_small_table_of_words_itself) {
  LSTMOptions lstm = kTwoLayersBothWays;
  expect_same_with_and_without_copies<LSTM>(lstm);
  lstm.proj_size = 2;
  expect_same_with_and_without_copies<LSTM>(lstm);
  expect_same_with_and_without_copies<GRU>(
      GRUOptions{.input_size = 3, .hidden_size = 37, .batch_first = true});
  expect_same_with_and_without_copies<GRU>(
      GRUOptions{.input_size = 3, .hidden_size = 5, .batch_first = true, .bidirectional = true});
  expect_same_with_and_without_copies<RNN>(
      RNNOptions{.input_size = 3, .hidden_size = 17, .bias = false, .batch_first = true});
}

TEST(Sequential, reads_a_small_table_with_the_same_bits_on_any_number_of_threads) {
  Ids ids({{"batch", 40}, {"seq", 30}});
  Generator generator(2);
  for (int32_t& id : ids.values()) id = static_cast<int32_t>(generator.below(7));
  const Lengths lengths(40, 30);
  const auto on = [&](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    const Trained result = trained<GRU>(GRUOptions{.input_size = 3, .hidden_size = 100, .batch_first = true},
                                        ids, lengths, true);
    set_thread_count(before);
    return result;
  };
  const Trained one = on(1), three = on(3);
  EXPECT_EQ(one.output, three.output);
  EXPECT_EQ(one.gradients, three.gradients);
}

TEST(Sequential, copies_the_words_out_for_layers_that_cannot_read_a_table) {
  const auto data = [](int64_t vocab, bool sparse, const Shape& shape) {
    Embedding embedding({.num_embeddings = vocab, .embedding_dim = 3, .sparse = sparse});
    return embedding.forward({Ids(shape)}).data;
  };
  const Shape ids{{"batch", 3}, {"seq", 9}};
  EXPECT_TRUE(std::holds_alternative<TableRows>(data(13, false, ids)));
  EXPECT_FALSE(std::holds_alternative<TableRows>(data(14, false, ids))) << "more than half of 27 steps";
  EXPECT_FALSE(std::holds_alternative<TableRows>(data(5, true, ids))) << "a sparse gradient wants its rows";
  EXPECT_FALSE(std::holds_alternative<TableRows>(data(5, false, Shape{{"seq", 27}})));
  Sequential model(Embedding({.num_embeddings = 5, .embedding_dim = 3}), Dropout(DropoutOptions{.p = 0}),
                   GRU({.input_size = 3, .hidden_size = 2, .batch_first = true}));
  EXPECT_EQ(model(Ids(ids)).shape(), (Shape{{"batch", 3}, {"seq", 9}, {"hidden", 2}}));
}

TEST(Sequential, numbers_the_parameters_of_its_layers) {
  Sequential model(Embedding({.num_embeddings = 5, .embedding_dim = 3}), Pooling(PoolingKind::mean),
                   Linear({.in_features = 3, .out_features = 2}));
  auto inner = std::make_unique<Sequential>(GRU({.input_size = 2, .hidden_size = 1, .bias = false}));
  model.add(std::move(inner));
  std::vector<std::string> names;
  for (const NamedParameter& parameter : model.named_parameters()) names.push_back(parameter.name);
  EXPECT_THAT(names, ElementsAre("0.weight", "2.weight", "2.bias", "3.0.weight_ih_l0", "3.0.weight_hh_l0"));
}

TEST(Sequential, takes_for_last_the_state_of_the_last_layer_with_its_directions_side_by_side) {
  LSTM lstm(kTwoLayersBothWays);
  const LSTMOutput result = lstm(kX, {.lengths = kLengths});
  const Variable expected = concat(
      {select(result.h_n, "layer·direction", 2), select(result.h_n, "layer·direction", 3)}, axes::hidden);
  Sequential model(std::move(lstm), Pooling(PoolingKind::last));
  const Variable last = model(Variable(kX), kLengths);
  EXPECT_EQ(last.shape(), (Shape{{"batch", 3}, {"hidden·direction", 8}}));
  EXPECT_EQ(last.shape(), model.output_shape(kX.shape()));
  EXPECT_EQ(numbers(last), numbers(expected));
  // The reverse half of output[:, -1] has read one step only.
  EXPECT_NE(numbers(last), numbers(pool_last(result.output, kLengths)));
}

TEST(Sequential, takes_for_last_the_state_behind_a_dropout) {
  LSTM lstm(kTwoLayersBothWays);
  const Variable h_n = lstm(kX).h_n;
  Sequential model(std::move(lstm), Dropout({.p = 0.5}), Pooling(PoolingKind::last));
  const std::vector<float> trained = numbers(model(Variable(kX)));
  model.eval();
  const std::vector<float> last = numbers(model(Variable(kX)));
  EXPECT_EQ(last, numbers(concat({select(h_n, "layer·direction", 2), select(h_n, "layer·direction", 3)},
                                 axes::hidden)));
  int64_t dropped = 0;
  for (size_t i = 0; i < last.size(); ++i) {
    EXPECT_TRUE(trained[i] == 0 || trained[i] == 2 * last[i]) << i;
    dropped += trained[i] == 0;
  }
  EXPECT_GT(dropped, 0);
  EXPECT_LT(dropped, static_cast<int64_t>(last.size()));
}

TEST(Sequential, takes_for_last_the_last_step_where_there_is_no_state) {
  Sequential model(GRU({.input_size = 3, .hidden_size = 4, .batch_first = true, .bidirectional = true}),
                   Linear({.in_features = 8, .out_features = 2}), Pooling(PoolingKind::last));
  const Variable last = model(Variable(kX), kLengths);
  Signal signal{Variable(kX), kLengths};
  for (int64_t i = 0; i < 2; ++i) signal = model[i].forward(signal);
  EXPECT_EQ(numbers(last), numbers(pool_last(signal.features(""), kLengths)));
}

TEST(Sequential, takes_one_sequence_without_a_batch) {
  Sequential model{LSTM(kTwoLayersBothWays), Dropout(), Pooling(PoolingKind::last)};
  model.eval();
  const Tensor one = kX.reshape({{"row", 3}, {"seq", 5}, {"feature", 3}});
  const Variable alone = model(select(one, "row", 1));
  EXPECT_EQ(alone.shape(), (Shape{{"hidden·direction", 8}}));
  EXPECT_EQ(numbers(alone), numbers(select(model(Variable(kX)), "batch", 1)));
}

TEST(Sequential, turns_training_on_and_off_in_every_layer) {
  Sequential model{Dropout(), Sequential(), Dropout()};
  static_cast<Sequential&>(model[1]).add(std::make_unique<Dropout>());
  model.eval();
  EXPECT_FALSE(model.training());
  for (int64_t i = 0; i < 3; ++i) EXPECT_FALSE(model[i].training());
  EXPECT_FALSE(static_cast<Sequential&>(model[1])[0].training());
  model.train();
  for (int64_t i = 0; i < 3; ++i) EXPECT_TRUE(model[i].training());
}

TEST(Sequential, learns_in_every_layer) {
  Sequential model = classifier();
  Recording recording;
  const Variable scores = model(Ids({{"batch", 2}, {"seq", 3}}, {1, 2, 3, 4, 5, 6}));
  scores.backward(random(scores.shape()));
  for (const auto& [name, variable] : model.named_parameters()) {
    ASSERT_TRUE(variable.has_grad()) << name;
    const std::vector<float> gradient = numbers(variable.grad());
    EXPECT_TRUE(std::any_of(gradient.begin(), gradient.end(), [](float x) { return x != 0; })) << name;
  }
}

RC_GTEST_PROP(Sequential, knows_the_shape_of_what_it_gives, ()) {
  const auto number = [](int64_t least, int64_t most) { return *rc::gen::inRange<int64_t>(least, most + 1); };
  const auto yes_or_no = [] { return *rc::gen::arbitrary<bool>(); };
  const bool batch_first = yes_or_no(), bidirectional = yes_or_no();
  const int64_t hidden = number(1, 4), feature = number(1, 4);
  Sequential model(Embedding({.num_embeddings = 5, .embedding_dim = feature}),
                   GRU({.input_size = feature,
                        .hidden_size = hidden,
                        .num_layers = number(1, 2),
                        .batch_first = batch_first,
                        .bidirectional = bidirectional}));
  if (yes_or_no()) model.add(std::make_unique<Dropout>());
  if (yes_or_no()) model.add(std::make_unique<Activation>(ActivationKind::tanh));
  if (yes_or_no()) model.add(std::make_unique<Pooling>(static_cast<PoolingKind>(number(0, 3))));
  if (yes_or_no()) {
    model.add(std::make_unique<Linear>(LinearOptions{
        .in_features = hidden * (bidirectional ? 2 : 1), .out_features = number(1, 3), .out_axis = "class"}));
  }
  const Axis batch{axes::batch, number(0, 3)}, seq{axes::seq, number(1, 3)};
  const Shape ids = yes_or_no() ? Shape{seq} : batch_first ? Shape{batch, seq} : Shape{seq, batch};
  RC_ASSERT(model(Ids(ids)).shape() == model.output_shape(ids));
}

TEST(Sequential, prints_itself_as_a_chain) {
  EXPECT_EQ(classifier().to_string(),
            "Embedding(50, 3) -> LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True) -> last -> "
            "Linear(8, 6)");
  EXPECT_EQ(Sequential().to_string(), "");
}

TEST(Sequential, may_be_empty) {
  Sequential none;
  EXPECT_EQ(numbers(none(Variable(kX))), numbers(kX));
  EXPECT_EQ(error_of([&] { none(Ids({{"seq", 2}})); }).substr(0, 40),
            "ShapeError: Sequential: expected numbers");
}

TEST(Sequential, writes_batch_first_as_the_text_of_a_chain_needs_it) {
  Sequential chain;
  chain.add(std::make_unique<GRU>(GRUOptions{.input_size = 3, .hidden_size = 4}));
  chain.add(std::make_unique<GRU>(GRUOptions{.input_size = 4, .hidden_size = 4, .batch_first = true}));
  EXPECT_EQ(chain.to_string(), "GRU(3, 4, batch_first=False) -> GRU(4, 4, batch_first=True)");
}

}  // namespace
}  // namespace runnel
