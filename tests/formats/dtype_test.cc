#include "runnel/formats/dtype.h"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace runnel {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::optional<int64_t> bytes_needed(DType dtype, const std::vector<int64_t>& shape) {
  return byte_count(dtype, shape);
}

TEST(DType, table_is_in_the_order_of_the_enum) {
  for (size_t i = 0; i < dtypes().size(); ++i) EXPECT_EQ(static_cast<size_t>(dtypes()[i].dtype), i);
}

TEST(DType, table_goes_from_the_least_aligned_to_the_most) {
  for (size_t i = 1; i < dtypes().size(); ++i) EXPECT_LE(dtypes()[i - 1].item_size, dtypes()[i].item_size);
}

TEST(DType, has_a_name) {
  EXPECT_EQ(to_string(DType::bool_), "bool");
  EXPECT_EQ(to_string(DType::bfloat16), "bfloat16");
  EXPECT_EQ(to_string(DType::uint64), "uint64");
}

TEST(ByteCount, multiplies_the_sizes) {
  EXPECT_EQ(bytes_needed(DType::float32, {}), 4);
  EXPECT_EQ(bytes_needed(DType::float64, {2, 3}), 48);
  EXPECT_EQ(bytes_needed(DType::float64, {2, 0, 3}), 0);
}

TEST(ByteCount, refuses_a_negative_size) {
  EXPECT_EQ(bytes_needed(DType::int8, {-1}), std::nullopt);
  EXPECT_EQ(bytes_needed(DType::int8, {0, -1}), std::nullopt);
}

TEST(ByteCount, refuses_a_product_that_overflows) {
  EXPECT_EQ(bytes_needed(DType::int8, {kMax}), kMax);
  EXPECT_EQ(bytes_needed(DType::int16, {kMax}), std::nullopt);
  EXPECT_EQ(bytes_needed(DType::int8, {int64_t{1} << 32, int64_t{1} << 31}), std::nullopt);
}

TEST(ByteCount, refuses_an_overflow_that_a_zero_would_hide) {
  EXPECT_EQ(bytes_needed(DType::int8, {0, kMax, kMax}), std::nullopt);
  EXPECT_EQ(bytes_needed(DType::int8, {kMax, kMax, 0}), std::nullopt);
}

}  // namespace
}  // namespace runnel
