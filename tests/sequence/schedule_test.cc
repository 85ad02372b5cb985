#include "runnel/sequence/schedule.h"

#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <set>

#include "tests/sequence/sequence_testing.h"

namespace runnel {
namespace {

using namespace sequence_testing;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Schedule, walks_the_longest_sequences_first) {
  const Schedule schedule({5, 2, 7});
  EXPECT_EQ(schedule.batch(), 3);
  EXPECT_EQ(schedule.rows(), 14);
  EXPECT_EQ(schedule.longest(), 7);
  EXPECT_THAT(schedule.lengths(), ElementsAre(5, 2, 7));
  EXPECT_THAT(schedule.sorted_indices(), ElementsAre(2, 0, 1));
  EXPECT_THAT(schedule.unsorted_indices(), ElementsAre(1, 2, 0));
  EXPECT_THAT(schedule.batch_sizes(), ElementsAre(3, 3, 2, 2, 2, 1, 1));
  EXPECT_THAT(schedule.steps(), ElementsAre(Step{0, 3}, Step{3, 3}, Step{6, 2}, Step{8, 2}, Step{10, 2},
                                            Step{12, 1}, Step{13, 1}));
}

TEST(Schedule, keeps_the_order_of_equal_lengths) {
  EXPECT_THAT(Schedule({2, 4, 4, 1, 2}).sorted_indices(), ElementsAre(1, 2, 0, 4, 3));
}

TEST(Schedule, never_walks_a_sequence_without_steps) {
  const Schedule schedule({0, 2, 0});
  EXPECT_THAT(schedule.sorted_indices(), ElementsAre(1, 0, 2));
  EXPECT_THAT(schedule.batch_sizes(), ElementsAre(1, 1));
  EXPECT_THAT(Schedule({0, 0}).steps(), IsEmpty());
  EXPECT_THAT(Schedule(Lengths{}).steps(), IsEmpty());
}

TEST(Schedule, is_made_for_equal_lengths_at_once) {
  const Schedule schedule = Schedule::uniform(3, 2);
  EXPECT_THAT(schedule.lengths(), ElementsAre(2, 2, 2));
  EXPECT_THAT(schedule.batch_sizes(), ElementsAre(3, 3));
}

TEST(Schedule, finds_its_rows_in_padded_data) {
  const Schedule schedule({1, 3});
  EXPECT_THAT(schedule.padded_rows(3, /*batch_first=*/true), ElementsAre(3, 0, 4, 5));
  EXPECT_THAT(schedule.padded_rows(3, /*batch_first=*/false), ElementsAre(1, 0, 3, 5));
  EXPECT_THAT(schedule.padded_rows(4, /*batch_first=*/true), ElementsAre(4, 0, 5, 6));
}

RC_GTEST_PROP(Schedule, visits_each_real_step_once, (const std::vector<uint8_t>& drawn)) {
  Lengths lengths;
  for (uint8_t length : drawn) lengths.push_back(length % 8);
  const Schedule schedule(lengths);
  const int64_t seq = schedule.longest() + 1;
  std::set<int32_t> expected;
  for (size_t n = 0; n < lengths.size(); ++n) {
    for (int64_t t = 0; t < lengths[n]; ++t) {
      expected.insert(static_cast<int32_t>(static_cast<int64_t>(n) * seq + t));
    }
    const int32_t place = schedule.unsorted_indices()[n];
    RC_ASSERT(schedule.sorted_indices()[static_cast<size_t>(place)] == static_cast<int32_t>(n));
  }
  const std::vector<int32_t> rows = schedule.padded_rows(seq, true);
  RC_ASSERT(static_cast<int64_t>(rows.size()) == schedule.rows());
  RC_ASSERT(std::set<int32_t>(rows.begin(), rows.end()) == expected);
  const std::vector<int64_t> sizes = schedule.batch_sizes();
  RC_ASSERT(std::is_sorted(sizes.rbegin(), sizes.rend()));
  RC_ASSERT(std::accumulate(sizes.begin(), sizes.end(), int64_t{0}) == schedule.rows());
}

TEST(Schedule, refuses_a_negative_length) {
  EXPECT_EQ(shape_error_of([] { Schedule({3, -1}); }),
            "lengths: sequence 1 has length -1, expected 0 or more\n"
            "  why  a length counts the real steps of a sequence");
}

TEST(Schedule, refuses_more_steps_than_it_can_count) {
  const std::string text =
      "lengths: the batch has more than 2147483647 steps in all\n"
      "  why  steps are counted in 32 bits, padding among them\n"
      "  fix  smaller batches";
  EXPECT_EQ(shape_error_of([] { Schedule({int64_t{1} << 30, int64_t{1} << 30}); }), text);
  EXPECT_EQ(shape_error_of([] { Schedule({1, std::numeric_limits<int64_t>::max()}); }), text);
  EXPECT_EQ(shape_error_of([] { Schedule({1, 0}).padded_rows(int64_t{1} << 30, true); }), text);
}

TEST(Lengths, must_be_as_many_as_the_batch) {
  EXPECT_EQ(shape_error_of([] { check_lengths({3, 2}, 3, 5); }),
            "lengths: got 2 lengths for a batch of 3 sequences\n"
            "  why  there is one length a sequence; the numbers of running sequences a step (batch_sizes) "
            "are something else\n"
            "  fix  1 more lengths");
}

TEST(Lengths, must_fit_the_steps_of_the_batch) {
  check_lengths({5, 0, 1}, 3, 5);
  EXPECT_EQ(shape_error_of([] { check_lengths({5, 7}, 2, 5); }),
            "lengths: sequence 1 has length 7, but the batch has 5 steps\n"
            "  why  a length counts the real steps of a sequence, the padding not among them\n"
            "  fix  lengths of 0 … 5, or data padded to 7 steps");
  EXPECT_EQ(shape_error_of([] { check_lengths({-2}, 1, 5); }),
            "lengths: sequence 0 has length -2, expected 0 or more\n"
            "  why  a length counts the real steps of a sequence");
}

}  // namespace
}  // namespace runnel
