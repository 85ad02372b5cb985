#include "runnel/formats/array.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "runnel/tensor/shape_error.h"

#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::array_of;
using formats_test::error_text;
using testing::ElementsAre;

template <class T>
std::vector<T> values(const BasicTensor<T>& tensor) {
  return {tensor.values().begin(), tensor.values().end()};
}

TEST(Array, is_empty_at_first) {
  const Array array;
  EXPECT_THAT(array.shape(), ElementsAre(0));
  EXPECT_EQ(array.count(), 0);
}

TEST(Array, counts_its_elements) {
  EXPECT_EQ(array_of<double>(DType::float64, {2, 3}, {1, 2, 3, 4, 5, 6}).count(), 6);
  EXPECT_EQ(array_of<double>(DType::float64, {}, {1}).count(), 1);
  EXPECT_EQ(array_of<double>(DType::float64, {3, 0}, {}).count(), 0);
}

TEST(Array, refuses_bytes_that_do_not_fill_its_shape) {
  EXPECT_EQ(error_text<OptionError>([] { Array(DType::float32, {2, 3}, std::string(20, '\0')); }),
            "Array: the bytes do not fill the shape\n"
            "  expected  24 bytes for float32 (2, 3)\n"
            "  got       20 bytes");
}

TEST(Array, refuses_a_shape_that_cannot_be) {
  EXPECT_EQ(error_text<OptionError>([] { Array(DType::float32, {2, -3}, ""); }),
            "Array: shape (2, -3) of float32 cannot be\n"
            "  expected  sizes of 0 or more that multiply to fewer than 2^63 bytes");
  EXPECT_THROW(Array(DType::int8, {int64_t{1} << 62, 4, 0}, ""), OptionError);
}

TEST(Array, of_a_tensor_and_back_is_the_tensor) {
  const Tensor tensor({{"batch", 2}, {"feature", 2}}, {1.5f, -0.0f, INFINITY, 1e-42f});
  const Array array = Array::from(tensor);
  EXPECT_EQ(array.dtype(), DType::float32);
  EXPECT_THAT(array.shape(), ElementsAre(2, 2));
  const Tensor back = to_tensor(array, tensor.shape());
  EXPECT_EQ(back.shape(), tensor.shape());
  EXPECT_EQ(values(back), values(tensor));
}

TEST(Array, of_ids_and_back_is_the_ids) {
  const Ids ids({{"seq", 3}}, {1, -2, std::numeric_limits<int32_t>::max()});
  const Array array = Array::from(ids);
  EXPECT_EQ(array.dtype(), DType::int32);
  EXPECT_EQ(values(to_ids(array, ids.shape())), values(ids));
}

TEST(ShapeText, shortens_a_long_list) {
  EXPECT_EQ(shape_text(std::vector<int64_t>{}), "()");
  EXPECT_EQ(shape_text(std::vector<int64_t>{3, 4}), "(3, 4)");
  EXPECT_EQ(shape_text(std::vector<int64_t>(100, 1)), "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …)");
}

TEST(GenericShape, numbers_the_axes) {
  EXPECT_EQ(generic_shape(std::vector<int64_t>{3, 4}), Shape({{"axis_0", 3}, {"axis_1", 4}}));
  EXPECT_EQ(generic_shape(std::vector<int64_t>{}), Shape());
}

TEST(GenericShape, refuses_more_axes_than_a_shape_has) {
  EXPECT_EQ(error_text<ShapeError>([] { generic_shape(std::vector<int64_t>(1000, 1)); }),
            "the array has 1000 axes, sizes (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …), expected at most 6\n"
            "  why  the layers read batch, seq and feature: what describes one step is one axis\n"
            "  fix  x.reshape(x.shape[0], x.shape[1], -1), if batch and seq come first");
}

TEST(ToTensor, converts_every_dtype) {
  EXPECT_THAT(values(to_tensor(array_of<uint8_t>(DType::bool_, {3}, {0, 1, 2}))), ElementsAre(0, 1, 1));
  EXPECT_THAT(values(to_tensor(array_of<uint8_t>(DType::uint8, {1}, {255}))), ElementsAre(255));
  EXPECT_THAT(values(to_tensor(array_of<int8_t>(DType::int8, {1}, {-128}))), ElementsAre(-128));
  EXPECT_THAT(values(to_tensor(array_of<uint16_t>(DType::uint16, {1}, {65535}))), ElementsAre(65535));
  EXPECT_THAT(values(to_tensor(array_of<int16_t>(DType::int16, {1}, {-32768}))), ElementsAre(-32768));
  EXPECT_THAT(values(to_tensor(array_of<uint16_t>(DType::float16, {1}, {0x3800}))), ElementsAre(0.5f));
  EXPECT_THAT(values(to_tensor(array_of<uint16_t>(DType::bfloat16, {1}, {0x3f00}))), ElementsAre(0.5f));
  EXPECT_THAT(values(to_tensor(array_of<uint32_t>(DType::uint32, {1}, {4294967295u}))), ElementsAre(0x1p32f));
  EXPECT_THAT(values(to_tensor(array_of<int32_t>(DType::int32, {1}, {16777217}))), ElementsAre(16777216));
  EXPECT_THAT(values(to_tensor(array_of<float>(DType::float32, {1}, {0.1f}))), ElementsAre(0.1f));
  EXPECT_THAT(values(to_tensor(array_of<double>(DType::float64, {1}, {0.1}))), ElementsAre(0.1f));
  EXPECT_THAT(values(to_tensor(array_of<int64_t>(DType::int64, {1}, {INT64_MIN}))), ElementsAre(-0x1p63f));
  EXPECT_THAT(values(to_tensor(array_of<uint64_t>(DType::uint64, {1}, {UINT64_MAX}))), ElementsAre(0x1p64f));
}

TEST(ToTensor, gives_the_axes_their_names) {
  const Array array = array_of<float>(DType::float32, {2, 3}, {1, 2, 3, 4, 5, 6});
  const Shape any_batch({{"batch", Axis::kSymbolic}, {"feature", 3}});
  const Tensor tensor = to_tensor(array, any_batch);
  EXPECT_EQ(tensor.shape(), Shape({{"batch", 2}, {"feature", 3}}));
  EXPECT_EQ(tensor.at({1, 0}), 4);
}

TEST(ToTensor, takes_a_single_number) {
  EXPECT_EQ(to_tensor(array_of<float>(DType::float32, {}, {7})).item(), 7);
}

TEST(ToTensor, refuses_another_size) {
  const Array array = array_of<float>(DType::float32, {2, 3}, {1, 2, 3, 4, 5, 6});
  const Shape names({{"batch", Axis::kSymbolic}, {"hidden", 4}});
  EXPECT_EQ(error_text<ShapeError>([&] { to_tensor(array, names, "tensor h_0 of x.npz"); }),
            "tensor h_0 of x.npz: axis hidden has size 3, expected 4\n"
            "  expected  [batch, hidden=4]\n"
            "  got       [batch=2, hidden=3]");
}

TEST(ToTensor, refuses_another_number_of_axes) {
  const Array array = array_of<float>(DType::float32, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(error_text<ShapeError>([&] { to_tensor(array, {{"hidden", 6}}); }),
            "array: the array has 2 axes, sizes (2, 3), expected 1\n"
            "  expected  [hidden=6]\n"
            "  fix       array.reshape(-1)");
}

TEST(ToTensor, refuses_a_float64_that_float32_cannot_hold) {
  const double largest = std::numeric_limits<float>::max();
  EXPECT_THAT(values(to_tensor(array_of<double>(DType::float64, {4}, {largest, -largest, INFINITY, 1e-300}))),
              ElementsAre(static_cast<float>(largest), static_cast<float>(-largest), INFINITY, 0));
  EXPECT_TRUE(std::isnan(to_tensor(array_of<double>(DType::float64, {}, {NAN})).item()));
  const Array array = array_of<double>(DType::float64, {2, 2}, {0, 1, -1e300, 2});
  EXPECT_EQ(error_text<DataError>([&] { to_tensor(array); }),
            "array: element [1, 0] is -1e+300, which does not fit float32\n"
            "  expected  a magnitude of at most 3.4028235e+38\n"
            "  why       the layers compute in float32\n"
            "  fix       smaller numbers: array / numpy.abs(array).max()");
}

TEST(ToIds, converts_every_integer_type) {
  EXPECT_THAT(values(to_ids(array_of<uint8_t>(DType::bool_, {2}, {0, 1}))), ElementsAre(0, 1));
  EXPECT_THAT(values(to_ids(array_of<uint8_t>(DType::uint8, {1}, {255}))), ElementsAre(255));
  EXPECT_THAT(values(to_ids(array_of<int8_t>(DType::int8, {1}, {-128}))), ElementsAre(-128));
  EXPECT_THAT(values(to_ids(array_of<uint16_t>(DType::uint16, {1}, {65535}))), ElementsAre(65535));
  EXPECT_THAT(values(to_ids(array_of<int16_t>(DType::int16, {1}, {-32768}))), ElementsAre(-32768));
  EXPECT_THAT(values(to_ids(array_of<uint32_t>(DType::uint32, {1}, {2147483647}))), ElementsAre(INT32_MAX));
  EXPECT_THAT(values(to_ids(array_of<int32_t>(DType::int32, {1}, {INT32_MIN}))), ElementsAre(INT32_MIN));
  EXPECT_THAT(values(to_ids(array_of<int64_t>(DType::int64, {2}, {INT32_MIN, INT32_MAX}))),
              ElementsAre(INT32_MIN, INT32_MAX));
  EXPECT_THAT(values(to_ids(array_of<uint64_t>(DType::uint64, {1}, {3}))), ElementsAre(3));
}

TEST(ToIds, refuses_a_number_that_int32_cannot_hold) {
  const Array array = array_of<int64_t>(DType::int64, {1, 3}, {0, 1, 3000000000});
  EXPECT_EQ(
      error_text<DataError>([&] { to_ids(array, {{"batch", 1}, {"seq", 3}}, "tensor input of x.npz"); }),
      "tensor input of x.npz: element [0, 2] is 3000000000, which does not fit int32\n"
      "  expected  -2147483648 … 2147483647\n"
      "  why       ids and lengths are kept in 32 bits\n"
      "  fix       ids from 0 on: numpy.unique(tensor input of x.npz, return_inverse=True)[1].reshape(tensor "
      "input of x.npz.shape)");
  EXPECT_THROW(to_ids(array_of<int64_t>(DType::int64, {}, {int64_t{INT32_MIN} - 1})), DataError);
  EXPECT_THROW(to_ids(array_of<uint32_t>(DType::uint32, {}, {2147483648u})), DataError);
  EXPECT_THROW(to_ids(array_of<uint64_t>(DType::uint64, {}, {UINT64_MAX})), DataError);
}

TEST(ToIds, refuses_numbers_that_are_not_whole) {
  EXPECT_EQ(error_text<DataError>([] { to_ids(array_of<float>(DType::float32, {1}, {2})); }),
            "array: the numbers are float32, expected an integer type\n"
            "  why  ids, lengths and labels are whole numbers; a fraction would be cut off unseen\n"
            "  fix  save them as integers: array.astype(numpy.int32)");
}

}  // namespace
}  // namespace runnel
