#include "runnel/autograd/variable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/autograd/small_ops.h"

namespace runnel {
namespace {

using testing::ElementsAre;

const Shape kTwo{{"feature", 2}};

TEST(Variable, is_a_handle) {
  const Variable a(Tensor(kTwo, {1, 2}), true);
  Variable b = a;
  b.accumulate_grad(Tensor(kTwo, {5, 6}));
  EXPECT_TRUE(a.has_grad());
  EXPECT_EQ(a, b);
  EXPECT_FALSE(a == Variable(a.value(), true));
  EXPECT_FALSE(Variable().defined());
}

TEST(Variable, explains_a_gradient_that_is_not_there) {
  const Variable x(Tensor(kTwo, {1, 2}), true);
  try {
    x.grad();
    FAIL() << "nothing was thrown";
  } catch (const AutogradError& error) {
    EXPECT_STREQ(error.what(),
                 "this variable has no gradient\n"
                 "  shape  [feature=2]\n"
                 "  why    no backward() has reached it since it was made or its gradient was zeroed\n"
                 "  fix    Variable(value, /*requires_grad=*/true) for a leaf, then loss.backward()");
  }
}

TEST(Variable, accumulates_gradients_of_its_own_shape_only) {
  Variable x(Tensor(kTwo, {1, 2}), true);
  x.accumulate_grad(Tensor(kTwo, {1, 2}));
  x.accumulate_grad(Tensor(kTwo, {10, 20}));
  EXPECT_THAT(x.grad().values(), ElementsAre(11, 22));
  EXPECT_THROW(x.accumulate_grad(Tensor({{"hidden", 2}})), ShapeError);
}

TEST(Variable, does_not_see_another_ones_gradient_changed_in_place) {
  Variable a(Tensor(kTwo, {1, 2}), true), b(Tensor(kTwo, {3, 4}), true);
  Recording recording;
  small_ops::sum(a, b).backward(Tensor(kTwo, {8, 9}));
  ASSERT_EQ(a.grad().data(), b.grad().data()) << "this test is about leaves that share a tensor";
  for (float& value : a.mutable_grad_values().values()) value /= 2;
  EXPECT_THAT(a.grad().values(), ElementsAre(4, 4.5));
  EXPECT_THAT(b.grad().values(), ElementsAre(8, 9));
  small_ops::sum(a, b).backward(Tensor(kTwo, {1, 1}));
  EXPECT_THAT(a.grad().values(), ElementsAre(5, 5.5));
  EXPECT_THAT(b.grad().values(), ElementsAre(9, 10));
}

TEST(Variable, takes_rows_of_a_sparse_gradient_that_it_has_and_in_order) {
  const auto accumulate = [](std::vector<int32_t> rows) {
    Variable table(Tensor({{"vocab", 3}, {"feature", 2}}), true);
    const auto count = static_cast<int64_t>(rows.size());
    table.accumulate_grad(RowGradient{std::move(rows), Tensor({{"row", count}, {"feature", 2}})});
  };
  EXPECT_NO_THROW(accumulate({}));
  EXPECT_NO_THROW(accumulate({0, 2}));
  EXPECT_THROW(accumulate({0, 3}), AutogradError);
  EXPECT_THROW(accumulate({-1}), AutogradError);
  EXPECT_THROW(accumulate({2, 0}), AutogradError);
  EXPECT_THROW(accumulate({1, 1}), AutogradError);
}

TEST(Variable, keeps_the_callers_gradient_as_it_was) {
  Variable x(Tensor(kTwo, {1, 2}), true);
  const Tensor start(kTwo, {1, 1});
  Recording recording;
  small_ops::sum(x, x).backward(start);
  small_ops::sum(x, x).backward(start);
  EXPECT_THAT(start.values(), ElementsAre(1, 1));
  EXPECT_THAT(x.grad().values(), ElementsAre(4, 4));
}

TEST(Variable, may_be_dropped_while_its_graph_lives) {
  Variable x(Tensor(kTwo, {1, 2}), true);
  Recording recording;
  const Variable y = [&] { return small_ops::square(small_ops::square(x)); }();
  y.backward(Tensor::full(kTwo, 1));
  EXPECT_THAT(x.grad().values(), ElementsAre(4, 32));
}

}  // namespace
}  // namespace runnel
