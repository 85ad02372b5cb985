#include "runnel/ops/sums.h"

#include <gtest/gtest.h>

namespace runnel {
namespace {

double reciprocal(int64_t i) { return 1 / static_cast<double>(i + 1); }

TEST(Sums, add_up_every_term_once) {
  for (int64_t count : {0, 1, 7, 8, 9, 100, 16384, 16385, 50'001}) {
    const auto term = [](int64_t i) { return static_cast<double>(i); };
    const double expected = static_cast<double>(count * (count - 1) / 2);
    EXPECT_EQ(ordered_sum(count, term), expected);
    EXPECT_EQ(parallel_sum(count, term), expected);
  }
}

TEST(Sums, have_one_order_on_any_number_of_threads) {
  const int before = thread_count();
  set_thread_count(1);
  const double one = parallel_sum(200'000, reciprocal);
  set_thread_count(4);
  const double four = parallel_sum(200'000, reciprocal);
  set_thread_count(before);
  EXPECT_EQ(one, four);
}

}  // namespace
}  // namespace runnel
