#include "runnel/nn/cells.h"

#include "tests/nn/any_layer.h"
#include "tests/ops/op_testing.h"

// Their arithmetic is held against PyTorch in golden_test.cc, and against the layers in
// recurrent_properties_test.cc.

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

TEST(Cells, have_the_parameters_of_pytorch_without_a_layers_number) {
  EXPECT_THAT(parameter_list(LSTMCell({.input_size = 5, .hidden_size = 3})),
              ElementsAre("weight_ih [gate·hidden=12, feature=5]", "weight_hh [gate·hidden=12, hidden=3]",
                          "bias_ih [gate·hidden=12]", "bias_hh [gate·hidden=12]"));
  EXPECT_THAT(parameter_list(RNNCell({.input_size = 5, .hidden_size = 3, .bias = false})),
              ElementsAre("weight_ih [gate·hidden=3, feature=5]", "weight_hh [gate·hidden=3, hidden=3]"));
}

TEST(Cells, start_from_zeros_unless_they_are_given_a_state) {
  const LSTMCell cell({.input_size = 2, .hidden_size = 3});
  const Tensor x = random({{"batch", 4}, {"feature", 2}});
  const Tensor zeros({{"batch", 4}, {"hidden", 3}});
  const LSTMCellState bare = cell(x), given = cell(x, {zeros, zeros});
  EXPECT_EQ(bare.h.shape(), zeros.shape());
  EXPECT_EQ(numbers(bare.h), numbers(given.h));
  EXPECT_EQ(numbers(bare.c), numbers(given.c));
}

TEST(Cells, take_one_sequence_without_a_batch) {
  const GRUCell cell({.input_size = 2, .hidden_size = 3});
  const Tensor x = random({{"feature", 2}}), h = random({{"hidden", 3}}, 2);
  const Variable after = cell(x, h);
  EXPECT_EQ(after.shape(), h.shape());
  EXPECT_EQ(numbers(after), numbers(cell(x.reshape({{"batch", 1}, {"feature", 2}}),
                                         h.reshape({{"batch", 1}, {"hidden", 3}}))));
}

TEST(Cells, stand_in_a_chain) {
  LSTMCell cell({.input_size = 2, .hidden_size = 3});
  const Tensor x = random({{"batch", 4}, {"feature", 2}}), h = random({{"batch", 4}, {"hidden", 3}}, 2);
  const Tensor c = random({{"batch", 4}, {"hidden", 3}}, 3);
  const Signal signal = cell.forward({.data = x, .h_0 = h, .c_0 = c});
  const LSTMCellState expected = cell(x, {h, c});
  EXPECT_EQ(numbers(signal.features("")), numbers(expected.h));
  EXPECT_EQ(numbers(signal.h_n), numbers(expected.h));
  EXPECT_EQ(numbers(signal.c_n), numbers(expected.c));
  EXPECT_EQ(cell.output_shape(x.shape()), expected.h.shape());
  EXPECT_EQ(cell.output_shape(Shape{{"batch"}, {"feature", 2}}), (Shape{{"batch"}, {"hidden", 3}}));
}

TEST(Cells, print_themselves_as_constructors) {
  EXPECT_EQ(LSTMCell({.input_size = 5, .hidden_size = 3}).to_string(), "LSTMCell(5, 3)");
  EXPECT_EQ(GRUCell({.input_size = 5, .hidden_size = 3, .bias = false}).to_string(),
            "GRUCell(5, 3, bias=False)");
  EXPECT_EQ(RNNCell({.input_size = 5, .hidden_size = 3, .nonlinearity = "relu"}).to_string(),
            "RNNCell(5, 3, nonlinearity='relu')");
}

}  // namespace
}  // namespace runnel
