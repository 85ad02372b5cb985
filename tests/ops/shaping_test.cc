#include "runnel/ops/shaping.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

const Tensor kX({{"batch", 2}, {"seq", 3}}, {1, 2, 3, 4, 5, 6});

/// Every operation here moves numbers: the twin says from where.
void expect_moves(const DifferentiableFunction& function, const std::vector<Tensor>& inputs,
                  const std::vector<size_t>& sources) {
  expect_gradients(function, inputs, [sources](std::span<const Doubles> x) {
    Doubles all, y;
    for (const Doubles& each : x) all.insert(all.end(), each.begin(), each.end());
    for (size_t source : sources) y.push_back(all[source]);
    return y;
  });
}

TEST(Concat, joins_along_the_last_axis) {
  const Tensor other({{"batch", 2}, {"seq", 1}}, {7, 8});
  const Variable y = concat({kX, other}, "seq");
  EXPECT_EQ(y.shape(), (Shape{{"batch", 2}, {"seq", 4}}));
  EXPECT_THAT(numbers(y), ElementsAre(1, 2, 3, 7, 4, 5, 6, 8));
  expect_moves([](std::span<const Variable> x) { return concat(x, "seq"); }, {kX, other},
               {0, 1, 2, 6, 3, 4, 5, 7});
}

TEST(Concat, joins_along_the_first_axis) {
  const Tensor nothing({{"batch", 0}, {"seq", 3}}), other({{"batch", 1}, {"seq", 3}}, {7, 8, 9});
  EXPECT_THAT(numbers(concat({other, nothing, kX}, "batch")), ElementsAre(7, 8, 9, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(numbers(concat({kX}, "batch")), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Concat, adds_the_gradients_of_one_variable_used_twice) {
  EXPECT_THAT(numbers(gradient_of([](const Variable& x) { return concat({x, x}, "seq"); }, kX,
                                  {1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60})),
              ElementsAre(11, 22, 33, 44, 55, 66));
}

TEST(Concat, explains_what_does_not_fit) {
  EXPECT_EQ(error_of([] { concat({}, "seq"); }),
            "ShapeError: concat: the list of tensors is empty, expected one or more\n"
            "  why  the result takes its other axes from them");
  EXPECT_EQ(error_of([] { concat({kX, Tensor({{"batch", 3}, {"seq", 3}})}, "seq"); }),
            "ShapeError: concat: tensor 1 of the list does not fit the first\n"
            "  expected  [batch=2, seq]\n"
            "  got       [batch=3, seq=3]\n"
            "  why       only the axis along which they follow each other may differ");
  EXPECT_THAT(error_of([] { concat({kX, Tensor({{"seq", 3}, {"batch", 2}})}, "seq"); }),
              testing::StartsWith("ShapeError: concat: tensor 1 of the list does not fit the first\n"));
  EXPECT_THAT(error_of([] { concat({kX}, "hidden"); }),
              testing::StartsWith("ShapeError: there is no axis hidden; the axes are: batch, seq\n"));
}

TEST(Stack, puts_a_new_axis_anywhere) {
  const Tensor other({{"batch", 2}, {"seq", 3}}, {11, 12, 13, 14, 15, 16});
  const auto shape_at = [&](int64_t place) { return stack({kX, other}, "layer", place).shape(); };
  EXPECT_EQ(shape_at(0), (Shape{{"layer", 2}, {"batch", 2}, {"seq", 3}}));
  EXPECT_EQ(shape_at(1), (Shape{{"batch", 2}, {"layer", 2}, {"seq", 3}}));
  EXPECT_EQ(shape_at(-1), (Shape{{"batch", 2}, {"seq", 3}, {"layer", 2}}));
  EXPECT_EQ(shape_at(-3), shape_at(0));
  EXPECT_THAT(numbers(stack({kX, other}, "layer", -1)),
              ElementsAre(1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16));
  expect_moves([](std::span<const Variable> x) { return stack(x, "layer", 1); }, {kX, other},
               {0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11});
}

TEST(Stack, explains_what_does_not_fit) {
  EXPECT_EQ(error_of([] { stack({}, "layer"); }),
            "ShapeError: stack: the list of tensors is empty, expected one or more\n"
            "  why  the result takes its other axes from them");
  EXPECT_EQ(error_of([] { stack({kX, Tensor({{"batch", 2}, {"seq", 4}})}, "layer"); }),
            "ShapeError: stack: tensor 1 of the list does not fit the first\n"
            "  expected  [batch=2, seq=3]\n"
            "  got       [batch=2, seq=4]\n"
            "  why       stack puts equal shapes side by side along a new axis");
  EXPECT_EQ(error_of([] { stack({kX}, "layer", 3); }),
            "OptionError: stack: place is 3, expected -3 … 2\n"
            "  why  the new axis stands before, among or behind those of [batch=2, seq=3]\n"
            "  fix  0 in front, 2 or -1 behind all");
  EXPECT_THAT(error_of([] { stack({kX}, "seq"); }),
              testing::StartsWith("ShapeError: axis seq occurs twice\n"));
}

TEST(Select, takes_one_place_away) {
  EXPECT_EQ(select(kX, "seq", 1).shape(), (Shape{{"batch", 2}}));
  EXPECT_THAT(numbers(select(kX, "seq", 1)), ElementsAre(2, 5));
  EXPECT_THAT(numbers(select(kX, "batch", -1)), ElementsAre(4, 5, 6));
  expect_moves(of_one([](const Variable& x) { return select(x, "seq", -1); }), {kX}, {2, 5});
}

TEST(Select, names_an_index_that_is_none) {
  EXPECT_THAT(error_of([] { select(kX, "seq", 3); }), testing::StartsWith("ShapeError: select: "));
  EXPECT_THAT(error_of([] { select(kX, "seq", -4); }), testing::HasSubstr("-4"));
}

TEST(Slice, takes_places_as_python_does) {
  const Tensor x({{"seq", 6}}, {0, 1, 2, 3, 4, 5});
  const auto taken = [&](const Slice& places) { return numbers(slice(x, "seq", places)); };
  EXPECT_THAT(taken({}), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(taken({.start = 2, .stop = 4}), ElementsAre(2, 3));
  EXPECT_THAT(taken({.start = -2}), ElementsAre(4, 5));
  EXPECT_THAT(taken({.stop = -4}), ElementsAre(0, 1));
  EXPECT_THAT(taken({.start = 1, .step = 2}), ElementsAre(1, 3, 5));
  EXPECT_THAT(taken({.step = 4}), ElementsAre(0, 4));
  EXPECT_THAT(taken({.start = -100, .stop = 100, .step = 100}), ElementsAre(0));
  EXPECT_THAT(taken({.start = 4, .stop = 2}), ElementsAre());
  EXPECT_THAT(taken({.start = 9}), ElementsAre());
}

TEST(Slice, moves_gradients_back) {
  expect_moves(of_one([](const Variable& x) { return slice(x, "seq", {.start = 1}); }), {kX}, {1, 2, 4, 5});
  expect_moves(of_one([](const Variable& x) { return slice(x, "seq", {.step = 2}); }), {kX}, {0, 2, 3, 5});
  expect_moves(of_one([](const Variable& x) { return slice(x, "batch", {.start = 1}); }), {kX}, {3, 4, 5});
}

TEST(Slice, refuses_a_step_that_does_not_advance) {
  EXPECT_EQ(error_of([] { slice(kX, "seq", {.step = 0}); }),
            "OptionError: slice: step is 0, expected 1 or more");
}

TEST(Transpose, moves_values_and_gradients) {
  const Variable y = transpose(kX, {"seq", "batch"});
  EXPECT_EQ(y.shape(), (Shape{{"seq", 3}, {"batch", 2}}));
  expect_moves(of_one([](const Variable& x) { return transpose(x, {"seq", "batch"}); }), {kX},
               {0, 3, 1, 4, 2, 5});
}

TEST(MoveLast, moves_one_axis) {
  const Variable x = random({{"batch", 2}, {"class", 3}, {"seq", 4}});
  EXPECT_EQ(move_last(x, "class").shape(), (Shape{{"batch", 2}, {"seq", 4}, {"class", 3}}));
  EXPECT_EQ(move_last(x, "seq"), x);
}

TEST(Reshape, keeps_the_values_and_their_order) {
  const Shape shape{{"row", 6}};
  EXPECT_EQ(reshape(kX, shape).shape(), shape);
  expect_moves(of_one([shape](const Variable& x) { return reshape(x, shape); }), {kX}, {0, 1, 2, 3, 4, 5});
  EXPECT_THAT(error_of([] { reshape(kX, {{"seq", 3}, {"batch", 2}}); }),
              testing::StartsWith("ShapeError: reshape: "));
}

TEST(Renamed, changes_a_name) {
  EXPECT_EQ(renamed(kX, "seq", "feature").shape(), (Shape{{"batch", 2}, {"feature", 3}}));
  EXPECT_EQ(gradient_of([](const Variable& x) { return renamed(x, "seq", "feature"); }, kX).shape(),
            kX.shape());
}

RC_GTEST_PROP(Shaping, slices_joined_again_are_the_whole, ()) {
  const int64_t size = *rc::gen::inRange<int64_t>(0, 9);
  const int64_t cut = *rc::gen::inRange<int64_t>(0, size + 1);
  const Tensor x = random({{"batch", 2}, {"seq", size}, {"feature", 3}}, *rc::gen::arbitrary<uint64_t>());
  const Variable y = concat({slice(x, "seq", {.stop = cut}), slice(x, "seq", {.start = cut})}, "seq");
  RC_ASSERT(y.shape() == x.shape());
  RC_ASSERT(numbers(y) == numbers(x));
}

RC_GTEST_PROP(Shaping, selected_places_stacked_again_are_the_whole, ()) {
  const int64_t place = *rc::gen::inRange<int64_t>(0, 3);
  const Tensor x = random({{"batch", 3}, {"seq", 4}, {"feature", 2}}, *rc::gen::arbitrary<uint64_t>());
  const Axis axis = x.shape()[place];
  std::vector<Variable> parts;
  for (int64_t i = 0; i < axis.size; ++i) parts.push_back(select(x, axis.name, i));
  RC_ASSERT(numbers(stack(parts, axis.name, place)) == numbers(x));
}

}  // namespace
}  // namespace runnel
