#include "runnel/kernels/floor.h"

#include <gtest/gtest.h>

namespace runnel::kernels {
namespace {

/// 100 operations a second; 10 bytes fit into L1, 1000 behind them into L2.
const MachineLimits kMachine{
    .threads = 1,
    .flops_per_second = 100,
    .levels = {{.name = "L1", .capacity = 10, .bytes_per_second = 40},
               {.name = "L2", .capacity = 1000, .bytes_per_second = 20},
               {.name = "DRAM", .capacity = int64_t{1} << 62, .shared = true, .bytes_per_second = 5}}};

TEST(Floor, is_the_arithmetic_where_that_takes_longer) {
  const Floor floor = floor_of({.operations = 1000, .weight_bytes = 10}, kMachine);
  EXPECT_DOUBLE_EQ(floor.seconds, 10);
  EXPECT_DOUBLE_EQ(floor.seconds_to_read, 0.25);
  EXPECT_EQ(floor.limit, "arithmetic");
  EXPECT_EQ(floor.limit_per_second, 100);
}

TEST(Floor, is_the_reading_where_that_takes_longer) {
  const Floor floor = floor_of({.operations = 100, .weight_bytes = 2000}, kMachine);
  EXPECT_DOUBLE_EQ(floor.seconds, 10.0 / 40 + 1000.0 / 20 + 990.0 / 5);
  EXPECT_DOUBLE_EQ(floor.seconds_to_compute, 1);
  EXPECT_EQ(floor.limit, "DRAM");
  EXPECT_EQ(floor.limit_per_second, 5);
}

TEST(Floor, reads_what_a_loop_repeats_from_where_it_fits) {
  const Floor floor =
      floor_of({.weight_bytes = 2000, .repeated = {{.bytes = 1000, .times = 99}, {.bytes = 10, .times = 4}}},
               kMachine);
  const double once = 10.0 / 40 + 1000.0 / 20 + 990.0 / 5,
               again = 99 * (10.0 / 40 + 990.0 / 20) + 4 * 10.0 / 40;
  EXPECT_DOUBLE_EQ(floor.seconds, once + again);
  EXPECT_EQ(floor.limit, "L2") << "most of the time goes there";
}

}  // namespace
}  // namespace runnel::kernels
