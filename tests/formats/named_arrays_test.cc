#include "runnel/formats/named_arrays.h"

#include <gtest/gtest.h>

#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::array_of;
using formats_test::error_text;

TEST(NamedArrays, keeps_the_order_in_which_arrays_were_added) {
  NamedArrays arrays;
  arrays.add("z", array_of<float>(DType::float32, {1}, {1}));
  arrays.add("a", array_of<float>(DType::float32, {1}, {2}));
  ASSERT_EQ(arrays.size(), 2u);
  EXPECT_EQ(arrays[0].name, "z");
  EXPECT_EQ(arrays[1].name, "a");
}

TEST(NamedArrays, finds_an_array_by_name) {
  NamedArrays arrays;
  arrays.add("x", array_of<float>(DType::float32, {1}, {7}));
  arrays.add("y", array_of<float>(DType::float32, {1}, {8}));
  ASSERT_NE(arrays.find("y"), nullptr);
  EXPECT_EQ(to_tensor(*arrays.find("y")).item(), 8);
  EXPECT_EQ(arrays.find("z"), nullptr);
}

TEST(NamedArrays, refuses_a_name_twice) {
  NamedArrays arrays;
  arrays.add("x", Array());
  EXPECT_EQ(error_text<OptionError>([&] { arrays.add("x", Array()); }),
            "NamedArrays: there is an array \"x\" already\n"
            "  why  arrays are found by their names");
  EXPECT_EQ(arrays.size(), 1u);
}

}  // namespace
}  // namespace runnel
