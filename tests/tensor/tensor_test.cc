#include "runnel/tensor/tensor.h"

#include <algorithm>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/sanitizers.h"
#include "tests/tensor/expect_error.h"

namespace runnel {
namespace {

using testing::Each;
using testing::ElementsAre;

/// 0, 1, 2, …
Tensor counting(const Shape& shape) {
  Tensor tensor(shape);
  std::iota(tensor.values().begin(), tensor.values().end(), 0.0f);
  return tensor;
}

const Shape kShape = {{"batch", 2}, {"seq", 3}};

TEST(Tensor, is_empty_by_default) {
  const Tensor tensor;
  EXPECT_EQ(tensor.shape().to_string(), "[empty=0]");
  EXPECT_EQ(tensor.count(), 0);
  EXPECT_TRUE(tensor.values().empty());
}

TEST(Tensor, holds_zeros_when_made_of_a_shape) {
  const Tensor tensor(kShape);
  EXPECT_EQ(tensor.shape(), kShape);
  EXPECT_EQ(tensor.count(), 6);
  EXPECT_EQ(tensor.size("seq"), 3);
  EXPECT_THAT(tensor.values(), Each(0.0f));
}

TEST(Tensor, holds_the_values_given_in_row_major_order) {
  const Tensor tensor(kShape, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(tensor.values(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(tensor.at({0, 2}), 3);
  EXPECT_EQ(tensor.at({1, 0}), 4);
  const std::vector<float> values = {6, 5, 4, 3, 2, 1};
  EXPECT_THAT(Tensor(kShape, values).values(), ElementsAre(6, 5, 4, 3, 2, 1));
}

TEST(Tensor, copies_the_values_given) {
  std::vector<float> values(6, 1);
  const Tensor tensor(kShape, values);
  values[0] = 9;
  EXPECT_EQ(tensor.at({0, 0}), 1);
}

TEST(Tensor, can_be_filled) {
  Tensor tensor = Tensor::full(kShape, 2.5f);
  EXPECT_THAT(tensor.values(), Each(2.5f));
  tensor.fill(-1);
  EXPECT_THAT(tensor.values(), Each(-1.0f));
}

TEST(Tensor, can_be_one_number) {
  const Tensor tensor(Shape(), {3.5f});
  EXPECT_EQ(tensor.count(), 1);
  EXPECT_EQ(tensor.item(), 3.5f);
  EXPECT_EQ(tensor.at({}), 3.5f);
  EXPECT_EQ(Tensor::full({{"batch", 1}, {"seq", 1}}, 4).item(), 4);
}

TEST(Tensor, can_have_axes_without_places) {
  const Tensor tensor(Shape{{"batch", 3}, {"seq", 0}});
  EXPECT_EQ(tensor.count(), 0);
  EXPECT_TRUE(tensor.clone().values().empty());
  EXPECT_EQ(tensor.transpose({"seq", "batch"}).shape().to_string(), "[seq=0, batch=3]");
  EXPECT_EQ(tensor.reshape({{"row", 0}}).shape().to_string(), "[row=0]");
}

TEST(Tensor, begins_at_an_address_that_64_divides) {
  for (const int64_t size : {0, 1, 3, 17, 1000}) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Tensor(Shape{{"row", size}}).data()) % 64, 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Ids::uninitialized(Shape{{"row", size}}).data()) % 64, 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Tensor(Shape{{"row", size}}).clone().data()) % 64, 0u);
  }
}

TEST(Tensor, counts_negative_indices_from_the_end) {
  const Tensor tensor = counting(kShape);
  EXPECT_EQ(tensor.at({-1, -1}), 5);
  EXPECT_EQ(tensor.at({-2, 1}), 1);
  EXPECT_EQ(tensor.at({-2, -3}), 0);
}

TEST(Tensor, shares_its_values_with_a_copy) {
  Tensor tensor = counting(kShape);
  Tensor copy = tensor;
  copy.data()[0] = 9;
  EXPECT_EQ(tensor.at({0, 0}), 9);
  EXPECT_EQ(copy.data(), tensor.data());
}

TEST(Tensor, keeps_its_values_when_the_tensor_that_it_was_copied_from_is_gone) {
  Tensor copy;
  {
    const Tensor tensor = counting(kShape);
    copy = tensor;
  }
  EXPECT_THAT(copy.values(), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Tensor, shares_nothing_with_a_clone) {
  const Tensor tensor = counting(kShape);
  Tensor clone = tensor.clone();
  EXPECT_EQ(clone.shape(), tensor.shape());
  clone.data()[0] = 9;
  EXPECT_EQ(tensor.at({0, 0}), 0);
  EXPECT_EQ(clone.at({0, 0}), 9);
}

TEST(Tensor, refuses_more_or_fewer_values_than_its_shape_holds) {
  EXPECT_EQ(shape_error_of([] { Tensor(kShape, {1, 2, 3, 4, 5}); }),
            "[batch=2, seq=3] holds 6 values, got 5");
  EXPECT_EQ(shape_error_of([] { Tensor(kShape, std::vector<float>(7)); }),
            "[batch=2, seq=3] holds 6 values, got 7");
  EXPECT_EQ(shape_error_of([] { Ids(Shape(), {}); }), "[] holds 1 values, got 0");
}

TEST(Tensor, refuses_a_symbolic_shape) {
  const Shape symbolic = {{"batch"}, {"seq"}};  // the product of its sizes, -1 each, would be 1
  const std::string text =
      "axis batch has no size; numbers need one on every axis\n"
      "  got  [batch, seq]\n"
      "  why  a size that is not known yet stands for any; it is good for shapes, not for values\n"
      "  fix  shape.with_size(\"batch\", 1)";
  EXPECT_EQ(shape_error_of([&] { Tensor tensor(symbolic); }), text);
  EXPECT_EQ(shape_error_of([&] { Tensor(symbolic, {1}); }), text);
  EXPECT_EQ(shape_error_of([&] { Tensor::full(symbolic, 1); }), text);
  EXPECT_EQ(shape_error_of([&] { Tensor::uninitialized(symbolic); }), text);
  EXPECT_EQ(shape_error_of([&] { Tensor(Shape(), {1}).reshape(symbolic); }), "reshape: " + text);
}

TEST(Tensor, says_so_when_there_is_no_memory_for_it) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer ends the program at such an allocation";
  EXPECT_EQ(shape_error_of([] { Tensor::uninitialized({{"vocab", int64_t{1} << 58}}); }),
            "there is no memory for [vocab=288230376151711744]: 1152921504606846976 bytes\n"
            "  fix  a smaller batch, or shorter sequences");
}

TEST(Tensor, refuses_indices_that_do_not_fit) {
  const Tensor tensor = counting(kShape);
  EXPECT_EQ(shape_error_of([&] { tensor.at({1}); }),
            "at: got 1 indices for 2 axes\n"
            "  got  [batch=2, seq=3]\n"
            "  why  a value has an index along each axis\n"
            "  fix  x.at({0, 0})");
  EXPECT_EQ(shape_error_of([&] { tensor.at({1, 3}); }),
            "at: index 3 is outside axis seq of size 3\n"
            "  got  [batch=2, seq=3]\n"
            "  why  valid are 0 … 2 and, from the end, -1 … -3");
  EXPECT_EQ(shape_error_of([&] { tensor.at({-3, 0}); }),
            "at: index -3 is outside axis batch of size 2\n"
            "  got  [batch=2, seq=3]\n"
            "  why  valid are 0 … 1 and, from the end, -1 … -2");
  EXPECT_EQ(shape_error_of([&] { Tensor().at({0}); }),
            "at: index 0 is outside axis empty of size 0\n"
            "  got  [empty=0]\n"
            "  why  the axis is empty");
}

TEST(Tensor, is_an_item_only_when_it_holds_one_number) {
  EXPECT_EQ(shape_error_of([] { counting(kShape).item(); }),
            "item: the tensor holds 6 numbers, expected one\n"
            "  got  [batch=2, seq=3]\n"
            "  fix  one of them: x.at({0, 0})");
  EXPECT_EQ(shape_error_of([] { Tensor().item(); }),
            "item: the tensor holds 0 numbers, expected one\n"
            "  got  [empty=0]\n"
            "  fix  one of them: x.at({0})");
}

TEST(Tensor, may_be_only_a_shape) {
  const Tensor tensor = Tensor::shape_only({{"batch"}, {"seq", 3}});
  EXPECT_EQ(tensor.shape().to_string(), "[batch, seq=3]");
  EXPECT_EQ(tensor.count(), 0);
  EXPECT_EQ(tensor.data(), nullptr);
  EXPECT_TRUE(tensor.values().empty());
  EXPECT_EQ(tensor.clone().shape(), tensor.shape());
  EXPECT_EQ(tensor.transpose({"seq", "batch"}).shape().to_string(), "[seq=3, batch]");
  EXPECT_EQ(tensor.renamed("seq", "feature").shape().to_string(), "[batch, feature=3]");
  EXPECT_EQ(shape_error_of([&] { tensor.at({0, 0}); }),
            "at: the tensor has a shape but no values\n"
            "  got  [batch, seq=3]\n"
            "  why  it was made by Tensor::shape_only, or under ShapesOnly, to work out shapes\n"
            "  fix  Tensor x(Shape{{\"batch\", 1}, {\"seq\", 3}})");
  EXPECT_EQ(shape_error_of([] { Tensor::shape_only(Shape()).item(); }),
            "item: the tensor has a shape but no values\n"
            "  got  []\n"
            "  why  it was made by Tensor::shape_only, or under ShapesOnly, to work out shapes\n"
            "  fix  Tensor x(Shape{})");
  EXPECT_EQ(shape_error_of([] { Tensor::shape_only(kShape).reshape({{"row", 5}}); }),
            "reshape: 6 values cannot fill a shape of 5\n"
            "  expected  [row=5]\n"
            "  got       [batch=2, seq=3]\n"
            "  why       no value is lost or made: 2·3 = 6 is not 5\n"
            "  fix       reshape(x, Shape{{\"row\", 6}})");
}

TEST(Reshape, regroups_the_values_and_shares_them) {
  const Tensor tensor = counting({{"batch", 2}, {"seq", 3}, {"feature", 4}});
  Tensor rows = tensor.reshape({{"row", 6}, {"feature", 4}});
  EXPECT_EQ(rows.at({5, 3}), 23);
  EXPECT_EQ(rows.at({4, 0}), 16);
  rows.data()[0] = 99;
  EXPECT_EQ(tensor.at({0, 0, 0}), 99);
  EXPECT_EQ(rows.reshape(tensor.shape()).at({1, 2, 3}), 23);
}

TEST(Reshape, adds_and_removes_axes_of_size_one) {
  const Tensor tensor = counting(kShape);
  EXPECT_EQ(tensor.reshape({{"layer", 1}, {"batch", 2}, {"seq", 3}}).at({0, 1, 2}), 5);
  EXPECT_EQ(tensor.reshape({{"batch", 2}, {"layer", 1}, {"seq", 3}}).reshape(kShape).at({1, 2}), 5);
  EXPECT_EQ(Tensor(Shape(), {7}).reshape({{"batch", 1}}).at({0}), 7);
}

TEST(Reshape, never_stands_in_for_transpose) {
  const std::string text =
      "reshape: the axes would change places but the values would not\n"
      "  expected  [seq=3, batch=2]\n"
      "  got       [batch=2, seq=3]\n"
      "  why       reshape renames and regroups; it never moves a value\n"
      "  fix       transpose(x, {\"seq\", \"batch\"})";
  EXPECT_EQ(shape_error_of([] { counting(kShape).reshape({{"seq", 3}, {"batch", 2}}); }), text);
  EXPECT_NE(shape_error_of([] { counting({{"batch", 3}, {"seq", 3}}).reshape({{"seq", 3}, {"batch", 3}}); }),
            "no ShapeError")
      << "also where the sizes are equal, and nothing else would tell";
  EXPECT_NE(shape_error_of([] {
              counting({{"batch", 2}, {"seq", 3}, {"feature", 4}})
                  .reshape({{"feature", 4}, {"row", 3}, {"batch", 2}});
            }),
            "no ShapeError");
}

TEST(Reshape, refuses_another_count) {
  EXPECT_EQ(shape_error_of([] { counting(kShape).reshape({{"row", 5}}); }),
            "reshape: 6 values cannot fill a shape of 5\n"
            "  expected  [row=5]\n"
            "  got       [batch=2, seq=3]\n"
            "  why       no value is lost or made: 2·3 = 6 is not 5\n"
            "  fix       reshape(x, Shape{{\"row\", 6}})");
}

TEST(Renamed, changes_a_name_and_shares_the_values) {
  const Tensor tensor = counting(kShape);
  const Tensor renamed = tensor.renamed("seq", "feature");
  EXPECT_EQ(renamed.shape().to_string(), "[batch=2, feature=3]");
  EXPECT_EQ(renamed.data(), tensor.data());
  EXPECT_EQ(shape_error_of([&] { tensor.renamed("hidden", "feature"); }),
            "there is no axis hidden; the axes are: batch, seq\n"
            "  got  [batch=2, seq=3]\n"
            "  why  operations address an axis by its name");
}

TEST(Transpose, moves_the_values_along_with_the_names) {
  const Tensor tensor = counting(kShape);
  const Tensor transposed = tensor.transpose({"seq", "batch"});
  EXPECT_EQ(transposed.shape().to_string(), "[seq=3, batch=2]");
  EXPECT_THAT(transposed.values(), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(tensor.values(), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Transpose, makes_new_values_also_where_the_order_stays) {
  const Tensor tensor = counting(kShape);
  Tensor same = tensor.transpose({"batch", "seq"});
  EXPECT_THAT(same.values(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_NE(same.data(), tensor.data());
}

TEST(Transpose, of_one_number_is_that_number) { EXPECT_EQ(Tensor(Shape(), {7}).transpose({}).item(), 7); }

TEST(Transpose, refuses_an_order_without_each_axis_once) {
  const auto error_of = [](std::vector<AxisName> order) {
    return shape_error_of([&] { counting(kShape).transpose(order); });
  };
  const auto text = [](const std::string& order) {
    return "transpose: the new order (" + order +
           ") must have each axis once: batch, seq\n"
           "  got  [batch=2, seq=3]\n"
           "  why  transpose orders all axes anew; it adds and drops none\n"
           "  fix  transpose(x, {\"batch\", \"seq\"})";
  };
  EXPECT_EQ(error_of({"seq"}), text("seq"));
  EXPECT_EQ(error_of({}), text(""));
  EXPECT_EQ(error_of({"seq", "seq"}), text("seq, seq"));
  EXPECT_EQ(error_of({"seq", "hidden"}), text("seq, hidden"));
  EXPECT_EQ(error_of({"seq", "batch", "seq"}), text("seq, batch, seq"));
}

/// A tensor of up to four axes, and a random order of them.
struct Transposition {
  Tensor tensor;
  std::vector<AxisName> order;
};

Transposition random_transposition() {
  std::vector<Axis> axes = {{"batch", 0}, {"seq", 0}, {"feature", 0}, {"layer", 0}};
  axes.resize(*rc::gen::inRange<size_t>(0, 5), Axis{""});
  std::vector<std::pair<uint32_t, int64_t>> keys;
  for (Axis& axis : axes) {
    axis.size = *rc::gen::inRange<int64_t>(0, 5);
    keys.push_back({*rc::gen::arbitrary<uint32_t>(), static_cast<int64_t>(keys.size())});
  }
  std::sort(keys.begin(), keys.end());
  std::vector<AxisName> order;
  for (const auto& key : keys) order.push_back(axes[static_cast<size_t>(key.second)].name);
  return {counting(Shape(axes)), order};
}

RC_GTEST_PROP(Transpose, puts_each_value_where_the_names_say, ()) {
  const auto [tensor, order] = random_transposition();
  const Tensor transposed = tensor.transpose(order);
  RC_ASSERT(transposed.count() == tensor.count());
  // counting() holds at each place the flat index of that place.
  for (int64_t i = 0; i < transposed.count(); ++i) {
    int64_t flat = 0;
    for (const Axis& axis : tensor.shape()) {
      const int64_t place = transposed.shape().index_of(axis.name);
      const int64_t index =
          i / transposed.shape().count_between(place + 1, transposed.shape().rank()) % axis.size;
      flat = flat * axis.size + index;
    }
    RC_ASSERT(transposed.values()[static_cast<size_t>(i)] == static_cast<float>(flat));
  }
}

RC_GTEST_PROP(Transpose, back_to_the_first_order_gives_the_first_values, ()) {
  const auto [tensor, order] = random_transposition();
  std::vector<AxisName> first;
  for (const Axis& axis : tensor.shape()) first.push_back(axis.name);
  const Tensor back = tensor.transpose(order).transpose(first);
  RC_ASSERT(back.shape() == tensor.shape());
  RC_ASSERT(std::equal(back.values().begin(), back.values().end(), tensor.values().begin()));
}

TEST(Ids, hold_integers_and_do_all_that_a_tensor_does) {
  const Ids ids(kShape, {1, 2, 3, 4, 5, 16777217});  // float32 has no 16777217
  EXPECT_EQ(ids.at({1, 2}), 16777217);
  EXPECT_THAT(ids.transpose({"seq", "batch"}).values(), ElementsAre(1, 4, 2, 5, 3, 16777217));
  EXPECT_EQ(ids.reshape({{"row", 6}}).at({-1}), 16777217);
  EXPECT_EQ(ids.clone().values()[0], 1);
  EXPECT_THAT(Ids(kShape).values(), Each(0));
}

TEST(Ids, do_not_become_a_tensor_nor_a_tensor_ids) {
  static_assert(!std::is_convertible_v<Ids, Tensor> && !std::is_constructible_v<Tensor, Ids>);
  static_assert(!std::is_convertible_v<Tensor, Ids> && !std::is_constructible_v<Ids, Tensor>);
}

}  // namespace
}  // namespace runnel
