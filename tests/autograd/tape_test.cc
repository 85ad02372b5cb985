#include "runnel/autograd/tape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>

#include "tests/autograd/small_ops.h"

namespace runnel {
namespace {

using small_ops::fork;
using small_ops::ForkCalls;
using small_ops::square;
using small_ops::sum;
using testing::ElementsAre;

Variable leaf(std::initializer_list<float> values) {
  return Variable(Tensor({{"feature", static_cast<int64_t>(values.size())}}, values), true);
}

TEST(Recording, is_off_unless_asked_for) {
  EXPECT_FALSE(Recording::enabled());
  const Variable x = leaf({3});
  EXPECT_FALSE(square(x).requires_grad());
  {
    Recording recording;
    EXPECT_TRUE(square(x).requires_grad());
    {
      Recording off(false);
      EXPECT_FALSE(square(x).requires_grad());
    }
    EXPECT_TRUE(square(x).requires_grad());
  }
  EXPECT_FALSE(Recording::enabled());
}

TEST(Recording, concerns_one_thread) {
  Recording recording;
  bool elsewhere = true;
  std::thread([&] { elsewhere = Recording::enabled(); }).join();
  EXPECT_FALSE(elsewhere);
}

TEST(Recording, leaves_out_what_needs_no_gradient) {
  Recording recording;
  const Variable x = Tensor({{"feature", 1}}, {3});
  EXPECT_EQ(square(x).producer(), nullptr);
  EXPECT_EQ(leaf({1}).detach().requires_grad(), false);
}

TEST(Tape, adds_the_gradients_of_every_use) {
  const Variable x = leaf({3, -1});
  Recording recording;
  sum(square(x), sum(x, x)).backward(Tensor({{"feature", 2}}, {1, 100}));
  EXPECT_THAT(x.grad().values(), ElementsAre(8, 0));
}

TEST(Tape, adds_up_over_backward_passes_until_the_gradient_is_zeroed) {
  Variable x = leaf({3});
  Recording recording;
  square(x).backward();
  square(x).backward();
  EXPECT_THAT(x.grad().values(), ElementsAre(12));
  x.zero_grad();
  EXPECT_FALSE(x.has_grad());
  square(x).backward();
  EXPECT_THAT(x.grad().values(), ElementsAre(6));
}

TEST(Tape, walks_a_diamond_once) {
  const Variable x = leaf({2});
  Recording recording;
  ForkCalls calls;
  const std::vector<Variable> both = fork(square(x), calls);
  sum(both[0], sum(both[1], both[1])).backward();
  EXPECT_EQ(calls.all, 1);
  EXPECT_THAT(x.grad().values(), ElementsAre(4 * (1 + 20)));
}

TEST(Tape, gives_an_unused_output_no_gradient) {
  const Variable x = leaf({2});
  Recording recording;
  ForkCalls calls;
  const std::vector<Variable> both = fork(x, calls);
  both[1].backward();
  EXPECT_EQ(calls.first, 0);
  EXPECT_EQ(calls.second, 1);
  EXPECT_THAT(x.grad().values(), ElementsAre(10));
}

TEST(Tape, stops_at_a_detached_variable) {
  const Variable x = leaf({3});
  Recording recording;
  sum(square(x).detach(), x).backward();
  EXPECT_THAT(x.grad().values(), ElementsAre(1));
}

TEST(Tape, refuses_a_second_walk_through_a_freed_graph) {
  const Variable x = leaf({3});
  Recording recording;
  const Variable y = square(x);
  y.backward();
  try {
    y.backward();
    FAIL() << "nothing was thrown";
  } catch (const AutogradError& error) {
    EXPECT_EQ(error.kind(), "AutogradError");
    EXPECT_STREQ(
        error.what(),
        "backward() reaches square a second time, but the graph behind it was freed\n"
        "  why  backward() frees what it has walked; a state carried from one batch into the next still "
        "hangs on the last batch's graph\n"
        "  fix  h = h.detach() between batches; or backward(/*retain_graph=*/true) to walk one graph twice");
  }
  EXPECT_THAT(x.grad().values(), ElementsAre(6)) << "the refused walk must not change a gradient";
}

TEST(Tape, notices_a_freed_graph_behind_a_new_node) {
  const Variable x = leaf({3});
  Recording recording;
  const Variable state = square(x);
  square(state).backward();
  EXPECT_THROW(square(state).backward(), AutogradError);
  square(state.detach());
}

TEST(Tape, walks_a_retained_graph_again) {
  const Variable x = leaf({3});
  Recording recording;
  const Variable y = square(x);
  y.backward(/*retain_graph=*/true);
  y.backward();
  EXPECT_THAT(x.grad().values(), ElementsAre(12));
}

TEST(Tape, explains_backward_without_a_recording) {
  const Variable x = leaf({3});
  try {
    square(x).backward();
    FAIL() << "nothing was thrown";
  } catch (const AutogradError& error) {
    EXPECT_STREQ(
        error.what(),
        "backward() on a variable that no recorded operation made\n"
        "  why  recording was off, or none of the inputs requires a gradient\n"
        "  fix  Recording recording; before the forward pass, and parameters that require gradients");
  }
}

TEST(Tape, wants_one_number_or_a_gradient_to_start_from) {
  const Variable x = leaf({3, 4});
  Recording recording;
  EXPECT_THROW(square(x).backward(), ShapeError);
  EXPECT_THROW(square(x).backward(Tensor({{"feature", 3}})), ShapeError);
  EXPECT_THROW(square(x).backward(Tensor({{"hidden", 2}})), ShapeError);
}

TEST(Tape, lets_go_of_a_chain_of_a_million_nodes) {
  const Variable x = leaf({1});
  Recording recording;
  Variable y = x;
  for (int i = 0; i < 1'000'000; ++i) {
    y = record("step", {y}, y.value(), [](const Tensor& d_y) -> std::vector<Gradient> { return {d_y}; });
  }
  y = Variable();
  EXPECT_FALSE(x.has_grad());
}

TEST(Tape, walks_a_chain_of_a_hundred_thousand_nodes) {
  const Variable x = leaf({1});
  Recording recording;
  Variable y = x;
  for (int i = 0; i < 100'000; ++i) {
    y = record("step", {y}, y.value(), [](const Tensor& d_y) -> std::vector<Gradient> { return {d_y}; });
  }
  y.backward();
  EXPECT_THAT(x.grad().values(), ElementsAre(1));
}

TEST(Tape, lets_an_operation_leave_inputs_without_a_gradient) {
  const Variable a = leaf({1}), b = leaf({2});
  Recording recording;
  record("first", {a, b, Variable()}, a.value(), [](const Tensor& d_y) -> std::vector<Gradient> {
    return {d_y, Gradient(), Gradient()};
  }).backward();
  EXPECT_TRUE(a.has_grad());
  EXPECT_FALSE(b.has_grad());
}

}  // namespace
}  // namespace runnel
