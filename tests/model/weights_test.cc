#include "runnel/model/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/nn/linear.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

TEST(ArraysOf, gives_the_parameters_under_their_names_in_order) {
  const Linear linear({.in_features = 3, .out_features = 2});
  const NamedArrays arrays = arrays_of(linear);
  ASSERT_EQ(arrays.size(), 2u);
  EXPECT_EQ(arrays[0].name, "weight");
  EXPECT_THAT(arrays[0].array.shape(), testing::ElementsAre(2, 3));
  EXPECT_EQ(arrays[1].name, "bias");
}

TEST(NamedTensors, brings_weights_from_one_module_to_another) {
  const Linear from({.in_features = 3, .out_features = 2});
  Linear to({.in_features = 3, .out_features = 2});
  load_state(to, named_tensors(arrays_of(from)), "a file");
  EXPECT_EQ(arrays_of(from), arrays_of(to));
}

TEST(NamedTensors, converts_every_number_type_to_float32) {
  NamedArrays arrays;
  arrays.add("half", Array(DType::float16, {2}, std::string("\x00\x3c\x00\xc0", 4)));
  arrays.add("whole", Array(DType::int32, {1}, std::string("\x07\x00\x00\x00", 4)));
  const std::vector<NamedTensor> tensors = named_tensors(arrays);
  EXPECT_THAT(tensors[0].value.values(), testing::ElementsAre(1.0F, -2.0F));
  EXPECT_THAT(tensors[1].value.values(), testing::ElementsAre(7.0F));
}

TEST(NamedTensors, refuses_an_array_of_too_many_axes) {
  NamedArrays arrays;
  arrays.add("deep", Array(DType::uint8, {1, 1, 1, 1, 1, 1, 1}, "x"));
  EXPECT_THROW(named_tensors(arrays), ShapeError);
}

}  // namespace
}  // namespace runnel
