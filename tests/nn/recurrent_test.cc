#include "runnel/nn/recurrent.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

#include "tests/nn/any_layer.h"
#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

TEST(Recurrent, has_the_parameters_of_pytorch_in_the_same_order) {
  EXPECT_THAT(parameter_list(RNN({.input_size = 5, .hidden_size = 3})),
              ElementsAre("weight_ih_l0 [gate·hidden=3, feature=5]", "weight_hh_l0 [gate·hidden=3, hidden=3]",
                          "bias_ih_l0 [gate·hidden=3]", "bias_hh_l0 [gate·hidden=3]"));
  EXPECT_THAT(
      parameter_list(
          GRU({.input_size = 5, .hidden_size = 3, .num_layers = 2, .bias = false, .bidirectional = true})),
      ElementsAre(
          "weight_ih_l0 [gate·hidden=9, feature=5]", "weight_hh_l0 [gate·hidden=9, hidden=3]",
          "weight_ih_l0_reverse [gate·hidden=9, feature=5]", "weight_hh_l0_reverse [gate·hidden=9, hidden=3]",
          "weight_ih_l1 [gate·hidden=9, hidden·direction=6]", "weight_hh_l1 [gate·hidden=9, hidden=3]",
          "weight_ih_l1_reverse [gate·hidden=9, hidden·direction=6]",
          "weight_hh_l1_reverse [gate·hidden=9, hidden=3]"));
  EXPECT_THAT(parameter_list(LSTM({.input_size = 5, .hidden_size = 3, .num_layers = 2, .proj_size = 2})),
              ElementsAre("weight_ih_l0 [gate·hidden=12, feature=5]", "weight_hh_l0 [gate·hidden=12, proj=2]",
                          "bias_ih_l0 [gate·hidden=12]", "bias_hh_l0 [gate·hidden=12]",
                          "weight_hr_l0 [proj=2, hidden=3]", "weight_ih_l1 [gate·hidden=12, hidden=2]",
                          "weight_hh_l1 [gate·hidden=12, proj=2]", "bias_ih_l1 [gate·hidden=12]",
                          "bias_hh_l1 [gate·hidden=12]", "weight_hr_l1 [proj=2, hidden=3]"));
}

TEST(Recurrent, gives_the_shapes_of_the_forums_question) {
  GRU gru({.input_size = 100, .hidden_size = 20, .num_layers = 1, .batch_first = true});
  const auto [output, h_n] = gru(random({{"batch", 3}, {"seq", 10}, {"feature", 100}}));
  EXPECT_EQ(output.shape(), (Shape{{"batch", 3}, {"seq", 10}, {"hidden", 20}}));
  EXPECT_EQ(h_n.shape(), (Shape{{"layer·direction", 1}, {"batch", 3}, {"hidden", 20}}));
  EXPECT_EQ(numbers(select(output, "seq", -1)), numbers(select(h_n, "layer·direction", 0)));
}

TEST(Recurrent, tells_its_shapes_before_the_sizes_are_known) {
  const LSTM lstm(
      {.input_size = 4, .hidden_size = 3, .num_layers = 2, .bidirectional = true, .proj_size = 2});
  const RecurrentShapes shapes = lstm.shapes(Shape{{"seq"}, {"batch"}, {"feature", 4}});
  EXPECT_EQ(shapes.output, (Shape{{"seq"}, {"batch"}, {"hidden·direction", 4}}));
  EXPECT_EQ(shapes.h_n, (Shape{{"layer·direction", 4}, {"batch"}, {"hidden", 2}}));
  EXPECT_EQ(shapes.c_n, (Shape{{"layer·direction", 4}, {"batch"}, {"hidden", 3}}));
  EXPECT_EQ(lstm.output_shape(Shape{{"seq"}, {"batch"}, {"feature"}}), shapes.output);
}

RC_GTEST_PROP(RecurrentShapes, are_those_that_a_call_gives, ()) {
  const auto number = [](int64_t least, int64_t most) { return *rc::gen::inRange<int64_t>(least, most + 1); };
  const auto yes_or_no = [] { return *rc::gen::arbitrary<bool>(); };
  RecurrentConfig config{.cell = *rc::gen::element(Cell::rnn_tanh, Cell::rnn_relu, Cell::lstm, Cell::gru),
                         .input_size = number(1, 4),
                         .hidden_size = number(1, 5),
                         .num_layers = number(1, 3),
                         .bias = yes_or_no(),
                         .batch_first = yes_or_no(),
                         .bidirectional = yes_or_no()};
  if (config.cell == Cell::lstm) config.proj_size = number(0, config.hidden_size - 1);
  const Axis batch{axes::batch, number(0, 3)}, seq{axes::seq, number(0, 3)},
      feature{axes::feature, config.input_size};
  const Shape input = yes_or_no()          ? Shape{seq, feature}
                      : config.batch_first ? Shape{batch, seq, feature}
                                           : Shape{seq, batch, feature};
  AnyLayer layer(config);
  const RecurrentShapes shapes = layer.module().shapes(input);
  const RecurrentResults results = layer({.x = random(input)});
  RC_ASSERT(results.output.shape() == shapes.output);
  RC_ASSERT(results.output.shape() == layer.module().output_shape(input));
  RC_ASSERT(results.h_n.shape() == shapes.h_n);
  if (config.cell == Cell::lstm) RC_ASSERT(results.c_n.shape() == shapes.c_n);
  const Signal signal = layer.module().forward({random(input)});
  RC_ASSERT(numbers(signal.features("")) == numbers(results.output));
  RC_ASSERT(numbers(signal.h_n) == numbers(results.h_n));
}

TEST(Recurrent, starts_from_the_state_that_the_signal_carries) {
  LSTM lstm({.input_size = 4, .hidden_size = 3});
  const Tensor x = random({{"seq", 2}, {"batch", 2}, {"feature", 4}});
  const Shape state{{"layer·direction", 1}, {"batch", 2}, {"hidden", 3}};
  const Tensor h_0 = random(state, 2), c_0 = random(state, 3);
  const Lengths lengths{1, 2};
  const Signal signal = lstm.forward({.data = x, .lengths = lengths, .h_0 = h_0, .c_0 = c_0});
  const LSTMOutput expected = lstm(x, {.lengths = lengths, .h_0 = h_0, .c_0 = c_0});
  EXPECT_EQ(numbers(signal.features("")), numbers(expected.output));
  EXPECT_EQ(numbers(signal.h_n), numbers(expected.h_n));
  EXPECT_EQ(numbers(signal.c_n), numbers(expected.c_n));
  EXPECT_EQ(signal.lengths, lengths);
}

/// Two layers with dropout between them.
GRU two_layers(double dropout) {
  Generator generator(4);
  return GRU({.input_size = 3, .hidden_size = 8, .num_layers = 2, .batch_first = true, .dropout = dropout},
             generator);
}

const Tensor kX = random({{"batch", 3}, {"seq", 4}, {"feature", 3}});

TEST(Recurrent, drops_between_the_layers_only_while_training) {
  GRU plain = two_layers(0), dropping = two_layers(0.5);
  manual_seed(1);
  const GRUOutput trained = dropping(kX);
  EXPECT_NE(numbers(trained.output), numbers(plain(kX).output));
  // The first layer's state has not been through dropout.
  EXPECT_EQ(numbers(select(trained.h_n, "layer·direction", 0)),
            numbers(select(plain(kX).h_n, "layer·direction", 0)));
  EXPECT_NE(numbers(dropping(kX).output), numbers(trained.output));
  manual_seed(1);
  EXPECT_EQ(numbers(dropping(kX).output), numbers(trained.output));
  dropping.eval();
  EXPECT_EQ(numbers(dropping(kX).output), numbers(plain(kX).output));
}

TEST(Recurrent, feeds_zeros_to_the_next_layer_when_all_is_dropped) {
  GRU dropping = two_layers(1);
  GRU second({.input_size = 8, .hidden_size = 8, .batch_first = true});
  for (size_t i = 0; i < 4; ++i)
    second.parameters()[i].mutable_value() = dropping.parameters()[i + 4].value();
  EXPECT_EQ(numbers(dropping(kX).output),
            numbers(second(Tensor({{"batch", 3}, {"seq", 4}, {"feature", 8}})).output));
}

TEST(Recurrent, drops_nothing_behind_the_last_layer) {
  Generator generator(4);
  GRU one({.input_size = 3, .hidden_size = 8, .batch_first = true, .dropout = 0.5}, generator);
  const GRUOutput once = one(kX);
  EXPECT_EQ(numbers(one(kX).output), numbers(once.output));
}

TEST(Recurrent, drops_the_same_for_packed_and_padded) {
  const RecurrentConfig config{.cell = Cell::lstm,
                               .input_size = 3,
                               .hidden_size = 8,
                               .num_layers = 3,
                               .batch_first = true,
                               .dropout = 0.4,
                               .bidirectional = true};
  AnyLayer layer(config);
  const RecurrentData data{.x = kX, .lengths = Lengths{2, 0, 4}};
  manual_seed(2);
  const std::vector<float> padded = numbers(layer(data).flat());
  manual_seed(2);
  EXPECT_EQ(numbers(layer.packed(data).flat()), padded);
}

TEST(Recurrent, prints_itself_as_a_constructor) {
  EXPECT_EQ(GRU({.input_size = 100, .hidden_size = 20}).to_string(), "GRU(100, 20)");
  EXPECT_EQ(GRU({.input_size = 1,
                 .hidden_size = 2,
                 .num_layers = 3,
                 .bias = false,
                 .batch_first = true,
                 .dropout = 0.25,
                 .bidirectional = true})
                .to_string(),
            "GRU(1, 2, num_layers=3, bias=False, batch_first=True, dropout=0.25, bidirectional=True)");
  EXPECT_EQ(LSTM({.input_size = 1, .hidden_size = 3, .proj_size = 2}).to_string(), "LSTM(1, 3, proj_size=2)");
  EXPECT_EQ(RNN({.input_size = 1, .hidden_size = 3}).to_string(), "RNN(1, 3)");
  EXPECT_EQ(
      RNN({.input_size = 1, .hidden_size = 3, .nonlinearity = "relu", .bidirectional = true}).to_string(),
      "RNN(1, 3, bidirectional=True, nonlinearity='relu')");
}

}  // namespace
}  // namespace runnel
