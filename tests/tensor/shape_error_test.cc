#include "runnel/tensor/shape_error.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace runnel {
namespace {

const Shape kGiven = {{"batch", 3}, {"seq", 10}};

TEST(ShapeError, shows_all_that_it_knows_with_the_reasons_below_each_other) {
  const ShapeError error({.where = "GRU \"encoder\"",
                          .what = "axis feature has size 64, expected 100",
                          .expected = Shape{{"batch"}, {"seq"}, {"feature", 100}},
                          .expected_why = "100 = input_size",
                          .got = Shape{{"batch", 32}, {"seq", 57}, {"feature", 64}},
                          .got_why = "64 = embedding_dim of Embedding \"words\"",
                          .why = "the layers do not fit together",
                          .fix = "GRU({.input_size = 64, …})"});
  EXPECT_STREQ(error.what(),
               "GRU \"encoder\": axis feature has size 64, expected 100\n"
               "  expected  [batch, seq, feature=100]         100 = input_size\n"
               "  got       [batch=32, seq=57, feature=64]    64 = embedding_dim of Embedding \"words\"\n"
               "  why       the layers do not fit together\n"
               "  fix       GRU({.input_size = 64, …})");
  EXPECT_EQ(error.kind(), "ShapeError");
  EXPECT_EQ(error.summary(), "GRU \"encoder\": axis feature has size 64, expected 100");
  EXPECT_EQ(error.details().size(), 4u);
  EXPECT_EQ(error.mismatch().expected->size("feature"), 100);
  EXPECT_EQ(error.mismatch().where, "GRU \"encoder\"");
}

TEST(ShapeError, aligns_the_reasons_by_characters_not_by_bytes) {
  const ShapeError error({.where = "GRU",
                          .what = "h_0 does not fit",
                          .expected = Shape{{"layer·direction", 2}, {"batch", 3}},
                          .expected_why = "2 = num_layers · directions",
                          .got = Shape{{"layer", 2}, {"batch", 3}},
                          .got_why = "as given"});
  EXPECT_STREQ(error.what(),
               "GRU: h_0 does not fit\n"
               "  expected  [layer·direction=2, batch=3]    2 = num_layers · directions\n"
               "  got       [layer=2, batch=3]              as given");
}

TEST(ShapeError, leaves_out_what_it_does_not_know) {
  EXPECT_STREQ(ShapeError({.what = "nothing fits"}).what(), "nothing fits");
  EXPECT_STREQ(ShapeError({.where = "linear", .what = "nothing fits"}).what(), "linear: nothing fits");
  EXPECT_STREQ(ShapeError({.what = "nothing fits", .got = kGiven}).what(),
               "nothing fits\n"
               "  got  [batch=3, seq=10]");
  EXPECT_STREQ(
      ShapeError({.what = "nothing fits", .expected = Shape(), .got = kGiven, .got_why = "as read"}).what(),
      "nothing fits\n"
      "  expected  []\n"
      "  got       [batch=3, seq=10]    as read");
}

TEST(ShapeErrors, of_too_many_axes) {
  EXPECT_STREQ(errors::too_many_axes(8).what(),
               "a shape has at most 6 axes, got 8\n"
               "  fix  reshape(x, …) puts two axes into one");
}

TEST(ShapeErrors, of_too_many_values) {
  EXPECT_STREQ(errors::too_many_values(kGiven).what(),
               "a shape of so many values fits in no memory\n"
               "  got  [batch=3, seq=10]\n"
               "  fix  fewer of an axis: shape.with_size(\"batch\", …)");
}

TEST(ShapeErrors, of_a_symbolic_size) {
  EXPECT_STREQ(errors::symbolic_size("reshape", {{"batch", 3}, {"seq"}, {"feature"}}).what(),
               "reshape: axis seq has no size; numbers need one on every axis\n"
               "  got  [batch=3, seq, feature]\n"
               "  why  a size that is not known yet stands for any; it is good for shapes, not for values\n"
               "  fix  shape.with_size(\"seq\", 1)");
}

TEST(ShapeErrors, of_no_memory) {
  EXPECT_STREQ(errors::no_memory(kGiven, 120).what(),
               "there is no memory for [batch=3, seq=10]: 120 bytes\n"
               "  fix  a smaller batch, or shorter sequences");
}

TEST(ShapeErrors, of_a_negative_size) {
  EXPECT_STREQ(errors::negative_size({"seq", -3}).what(), "axis seq has size -3, expected 0 or more");
}

TEST(ShapeErrors, of_a_name_that_occurs_twice) {
  EXPECT_STREQ(errors::name_twice("seq", kGiven).what(),
               "axis seq occurs twice\n"
               "  got  [batch=3, seq=10]\n"
               "  why  operations address an axis by its name, so a shape has each name once\n"
               "  fix  another name for one of them: x.renamed(\"seq\", …)");
}

TEST(ShapeErrors, of_an_axis_that_is_not_there) {
  EXPECT_STREQ(errors::no_such_axis("hidden", kGiven).what(),
               "there is no axis hidden; the axes are: batch, seq\n"
               "  got  [batch=3, seq=10]\n"
               "  why  operations address an axis by its name");
  EXPECT_STREQ(errors::no_such_axis("hidden", {}).what(),
               "there is no axis hidden; the axes are: none\n"
               "  got  []\n"
               "  why  operations address an axis by its name");
}

TEST(ShapeErrors, of_a_wrong_count_of_values) {
  EXPECT_STREQ(errors::wrong_count(kGiven, 29).what(), "[batch=3, seq=10] holds 30 values, got 29");
}

TEST(ShapeErrors, of_a_reshape_that_does_not_fit) {
  EXPECT_STREQ(errors::reshape_count(kGiven, {{"batch", 4}, {"seq", 10}}).what(),
               "reshape: 30 values cannot fill a shape of 40\n"
               "  expected  [batch=4, seq=10]\n"
               "  got       [batch=3, seq=10]\n"
               "  why       no value is lost or made: 3·10 = 30 is not 4·10 = 40");
}

TEST(ShapeErrors, of_a_reshape_that_would_be_a_transpose) {
  EXPECT_STREQ(errors::reshape_order(kGiven, {{"seq", 10}, {"batch", 3}}).what(),
               "reshape: the axes would change places but the values would not\n"
               "  expected  [seq=10, batch=3]\n"
               "  got       [batch=3, seq=10]\n"
               "  why       reshape renames and regroups; it never moves a value\n"
               "  fix       transpose(x, {\"seq\", \"batch\"})");
}

TEST(ShapeErrors, of_a_transpose_with_other_names) {
  const std::vector<AxisName> order = {"seq", "hidden"};
  EXPECT_STREQ(errors::transpose_names(kGiven, order).what(),
               "transpose: the new order (seq, hidden) must have each axis once: batch, seq\n"
               "  got  [batch=3, seq=10]\n"
               "  why  transpose orders all axes anew; it adds and drops none\n"
               "  fix  transpose(x, {\"batch\", \"seq\"})");
}

TEST(ShapeErrors, of_too_few_or_too_many_indices) {
  EXPECT_STREQ(errors::index_rank(kGiven, 1).what(),
               "at: got 1 indices for 2 axes\n"
               "  got  [batch=3, seq=10]\n"
               "  why  a value has an index along each axis\n"
               "  fix  x.at({0, 0})");
}

TEST(ShapeErrors, of_an_index_out_of_range) {
  EXPECT_STREQ(errors::index_out_of_range("select", "seq", 10, kGiven).what(),
               "select: index 10 is outside axis seq of size 10\n"
               "  got  [batch=3, seq=10]\n"
               "  why  valid are 0 … 9 and, from the end, -1 … -10");
  EXPECT_STREQ(errors::index_out_of_range("select", "seq", 0, {{"seq", 0}}).what(),
               "select: index 0 is outside axis seq of size 0\n"
               "  got  [seq=0]\n"
               "  why  the axis is empty");
}

TEST(ShapeErrors, of_a_tensor_without_values) {
  EXPECT_STREQ(errors::no_values("at", kGiven).what(),
               "at: the tensor has a shape but no values\n"
               "  got  [batch=3, seq=10]\n"
               "  why  it was made by Tensor::shape_only, or under ShapesOnly, to work out shapes\n"
               "  fix  Tensor x(Shape{{\"batch\", 3}, {\"seq\", 10}})");
}

TEST(ShapeErrors, of_a_tensor_that_is_not_one_number) {
  EXPECT_STREQ(errors::not_one_number("item", kGiven).what(),
               "item: the tensor holds 30 numbers, expected one\n"
               "  got  [batch=3, seq=10]\n"
               "  fix  one of them: x.at({0, 0})");
}

TEST(ShapeErrors, of_shapes_that_differ) {
  EXPECT_STREQ(errors::shapes_differ("add", kGiven, {{"batch", 3}}).what(),
               "add: the shapes differ\n"
               "  expected  [batch=3, seq=10]\n"
               "  got       [batch=3]");
}

}  // namespace
}  // namespace runnel
