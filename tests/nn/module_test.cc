#include "runnel/nn/module.h"

#include <type_traits>

#include "runnel/nn/elementwise.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

static_assert(!std::is_copy_constructible_v<GRU> && !std::is_copy_assignable_v<GRU>);
static_assert(std::is_move_constructible_v<GRU> && std::is_move_assignable_v<GRU>);

TEST(Module, is_called_by_its_kind_and_name) {
  GRU gru({.input_size = 2, .hidden_size = 3});
  EXPECT_EQ(gru.kind(), "GRU");
  EXPECT_EQ(gru.label(), "GRU");
  gru.set_name("encoder");
  EXPECT_EQ(gru.name(), "encoder");
  EXPECT_EQ(gru.label(), "GRU \"encoder\"");
}

TEST(Module, counts_the_numbers_of_its_parameters) {
  EXPECT_EQ(GRU({.input_size = 100, .hidden_size = 20}).parameter_count(), 7320);
  EXPECT_EQ(LSTM({.input_size = 100, .hidden_size = 128, .bidirectional = true}).parameter_count(), 235520);
  EXPECT_EQ(Dropout().parameter_count(), 0);
}

TEST(Module, hands_out_its_parameters_not_copies) {
  Linear linear({.in_features = 2, .out_features = 1, .bias = false});
  linear.parameters()[0].mutable_value().fill(3);
  EXPECT_THAT(op_testing::numbers(linear(Tensor({{"feature", 2}}, {1, 10}))), testing::ElementsAre(33));
  const Linear moved = std::move(linear);
  EXPECT_THAT(op_testing::numbers(moved(Tensor({{"feature", 2}}, {1, 10}))), testing::ElementsAre(33));
}

TEST(Module, forgets_the_gradients_of_all_parameters) {
  Linear linear({.in_features = 2, .out_features = 3});
  for (Variable& parameter : linear.parameters()) {
    parameter.accumulate_grad(Tensor::full(parameter.shape(), 1));
  }
  linear.zero_grad();
  for (const Variable& parameter : linear.parameters()) EXPECT_FALSE(parameter.has_grad());
}

TEST(Module, trains_until_it_is_told_otherwise) {
  Dropout dropout;
  EXPECT_TRUE(dropout.training());
  dropout.eval();
  EXPECT_FALSE(dropout.training());
  dropout.train();
  EXPECT_TRUE(dropout.training());
}

}  // namespace
}  // namespace runnel
