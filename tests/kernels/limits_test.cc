#include "runnel/kernels/limits.h"

#include <gtest/gtest.h>

#include "runnel/base/error.h"
#include "runnel/base/thread_pool.h"
#include "runnel/kernels/cache_sizes.h"

namespace runnel::kernels {
namespace {

class Limits : public testing::Test {
 protected:
  ~Limits() override { set_thread_count(before_); }
  const int before_ = thread_count();
};

TEST_F(Limits, are_what_a_machine_can_have) {
  const MachineLimits limits = measure_limits(1);
  EXPECT_EQ(limits.threads, 1);
  // Between a microcontroller and a core that does not exist yet.
  EXPECT_GT(limits.flops_per_second, 1e7);
  EXPECT_LT(limits.flops_per_second, 1e13);
  ASSERT_GE(limits.levels.size(), 2U);
  EXPECT_EQ(limits.levels.front().name, "L1");
  EXPECT_EQ(limits.levels.back().name, "DRAM");
  for (const MemoryLevel& level : limits.levels) {
    EXPECT_GT(level.bytes_per_second, 1e7) << level.name;
    EXPECT_LT(level.bytes_per_second, 1e14) << level.name;
  }
  EXPECT_GE(limits.levels.front().bytes_per_second, limits.levels.back().bytes_per_second);
}

TEST_F(Limits, are_measured_on_two_threads) {
  set_thread_count(2);
  const MachineLimits limits = measure_limits(2, 0);
  EXPECT_EQ(limits.threads, 2);
  EXPECT_GT(limits.flops_per_second, 1e7);
}

TEST_F(Limits, are_measured_on_no_more_threads_than_there_are) {
  set_thread_count(2);
  for (const int threads : {0, 3}) {
    try {
      measure_limits(threads);
      FAIL();
    } catch (const OptionError& error) {
      EXPECT_EQ(error.what(), "threads is " + std::to_string(threads) +
                                  ", expected 1 to 2\n"
                                  "  why  limits are measured on no more threads than the kernels use\n"
                                  "  fix  measure_limits(2)");
    }
  }
}

TEST_F(Limits, leave_out_the_levels_that_nobody_asks_for) {
  EXPECT_EQ(measure_limits(1, 1).levels.size(), 1U);
  const MachineLimits limits = measure_limits(1, cache_sizes().l1);
  ASSERT_EQ(limits.levels.size(), 2U);
  EXPECT_EQ(limits.levels[1].name, "L2");
}

TEST_F(Limits, know_how_much_a_level_holds_for_all_threads) {
  const MachineLimits limits{
      .threads = 2,
      .levels = {{.name = "L2", .capacity = 1000}, {.name = "L3", .capacity = 9000, .shared = true}}};
  EXPECT_EQ(limits.room_of(limits.levels[0]), 2000) << "each core has its own";
  EXPECT_EQ(limits.room_of(limits.levels[1]), 9000);
}

TEST(CacheSizes, grow_with_the_distance) {
  const CacheSizes sizes = cache_sizes();
  EXPECT_GE(sizes.l1, 1024);
  EXPECT_GT(sizes.l2, sizes.l1);
  EXPECT_TRUE(sizes.l3 == 0 || sizes.l3 > sizes.l2) << sizes.l3;
}

}  // namespace
}  // namespace runnel::kernels
