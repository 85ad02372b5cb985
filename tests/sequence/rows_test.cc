#include "runnel/sequence/rows.h"

#include "tests/sequence/sequence_testing.h"

namespace runnel {
namespace {

using namespace sequence_testing;
using testing::ElementsAre;

TEST(Rows, are_gathered_in_the_order_of_the_list) {
  const std::vector<int32_t> rows{2, 0, 2};
  const Tensor got =
      gather_rows(counting<float>({{"row", 3}, {"feature", 2}}), rows, Shape{{"row", 3}, {"feature", 2}});
  EXPECT_THAT(numbers(got), ElementsAre(4, 5, 0, 1, 4, 5));
}

TEST(Rows, are_gathered_across_two_axes) {
  const std::vector<int32_t> rows{5, 1};
  const Tensor got = gather_rows(counting<float>({{"batch", 2}, {"seq", 3}}), rows, Shape{{"row", 2}});
  EXPECT_THAT(numbers(got), ElementsAre(5, 1));
}

TEST(Rows, are_scattered_and_leave_the_others_alone) {
  const std::vector<int32_t> rows{2, 0};
  Tensor target = Tensor::full({{"row", 3}, {"feature", 2}}, -1);
  scatter_rows(counting<float>({{"row", 2}, {"feature", 2}}), rows, target);
  EXPECT_THAT(numbers(target), ElementsAre(2, 3, -1, -1, 0, 1));
}

TEST(Rows, may_be_none_or_empty) {
  Tensor target = Tensor::full({{"row", 1}, {"feature", 2}}, -1);
  scatter_rows(Tensor({{"row", 0}, {"feature", 2}}), {}, target);
  EXPECT_THAT(numbers(target), ElementsAre(-1, -1));
  const std::vector<int32_t> rows{0, 1};
  EXPECT_EQ(
      gather_rows(Tensor({{"row", 2}, {"feature", 0}}), rows, Shape{{"row", 2}, {"feature", 0}}).count(), 0);
}

}  // namespace
}  // namespace runnel
