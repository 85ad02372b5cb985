#include "runnel/explain/wording.h"

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(Wording, groups_digits_by_three) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(7320), "7,320");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-1000), "-1,000");
}

TEST(Wording, counts_one_and_many) {
  EXPECT_EQ(counted(1, "step"), "1 step");
  EXPECT_EQ(counted(0, "step"), "0 steps");
  EXPECT_EQ(counted(1000, "step"), "1,000 steps");
}

TEST(Wording, names_an_unknown_size_by_its_axis) {
  EXPECT_EQ(size_text({"vocab", 5000}), "5,000");
  EXPECT_EQ(size_text({"vocab"}), "vocab");
}

TEST(Wording, enumerates) {
  EXPECT_EQ(enumerated({"a"}), "a");
  EXPECT_EQ(enumerated({"a", "b"}), "a and b");
  EXPECT_EQ(enumerated({"a", "b", "c"}), "a, b and c");
}

}  // namespace
}  // namespace runnel
