#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/check/check_testing.h"
#include "tests/check/sample_data.h"

/// Data as they often are, which look like a mistake and are none: check must not call them a fault.
namespace runnel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kBatchFirst = "GRU(2, 20, batch_first=True)";

/// Windows of one random walk, each `apart` steps behind the one before.
Array windows(int64_t batch, int64_t seq, int64_t apart) {
  const ValueAt step = noise();
  std::vector<float> walk = {0};
  for (int64_t i = 0; i < 2 * (batch * apart + seq); ++i) walk.push_back(walk.back() + step(0, 0, 0));
  return cube(batch, seq, 2,
              [&](auto n, auto t, auto f) { return walk[static_cast<size_t>(2 * (n * apart + t) + f)]; });
}

Array turned_around(const Array& x) {
  const Tensor values = to_tensor(x);
  const int64_t rows = x.shape()[0], cols = x.shape()[1], width = x.shape()[2];
  return cube(cols, rows, width,
              [&](auto t, auto n, auto f) { return values.data()[(n * cols + t) * width + f]; });
}

TEST(RightData, may_be_windows_of_one_series) {
  for (const int64_t batch : {10, 40, 200}) {
    const DataCheck check = check_of(kBatchFirst, windows(batch, 24, 1));
    EXPECT_THAT(found(check), ElementsAre("axis_order_unknown"));
    EXPECT_THAT(check.findings[0].error.what(), HasSubstr("windows of one series, a step apart, are alike"));
    EXPECT_THAT(found(check_of(kBatchFirst, windows(batch, 24, 5))), IsEmpty());
    EXPECT_THAT(found(check_of(kBatchFirst, turned_around(windows(batch, 24, 5)))),
                ElementsAre("FAULT axis_order"));
  }
}

TEST(RightData, may_be_sorted_by_their_labels) {
  const ValueAt value = noise();
  const Array sorted = cube(
      60, 20, 2, [&](auto n, auto t, auto f) { return value(n, t, f) + 3.0f * static_cast<float>(n / 15); });
  const DataCheck check = check_of(kBatchFirst, sorted);
  EXPECT_THAT(found(check), ElementsAre("axis_order_likely"));
  EXPECT_TRUE(check.fits());
}

RC_GTEST_PROP(RightData, may_have_steps_of_zeros_here_and_there, ()) {
  const auto batch = *rc::gen::inRange<int64_t>(2, 60), seq = *rc::gen::inRange<int64_t>(2, 60);
  const auto seldom = *rc::gen::inRange<uint64_t>(3, 1000);
  Generator generator(*rc::gen::inRange<uint64_t>(0, 1000));
  float zero = 0;
  const Array x = cube(batch, seq, 2, [&](auto, auto, auto f) {
    if (f == 0) zero = generator.uniform() * static_cast<double>(seldom) < 1 ? 0.0f : 1.0f;
    return zero * (static_cast<float>(generator.uniform()) + 0.1f);
  });
  RC_ASSERT(check_of(kBatchFirst, x).fits());
}

TEST(RightData, may_have_one_short_sequence_a_pause_or_sequences_without_steps) {
  const ValueAt value = noise();
  const auto with_zeros = [&](const auto& zero) {
    return cube(16, 40, 2, [&](auto n, auto t, auto f) { return zero(n, t) ? 0.0f : value(n, t, f) + 2; });
  };
  for (const char* network : {kBatchFirst, "GRU(2, 20)"}) {
    EXPECT_TRUE(check_of(network, with_zeros([](auto n, auto t) { return n == 15 && t >= 30; })).fits());
    EXPECT_TRUE(
        check_of(network, with_zeros([](auto n, auto t) { return n == 15 && t > 9 && t < 22; })).fits());
    EXPECT_TRUE(check_of(network, with_zeros([](auto n, auto) { return n > 12; })).fits());
    EXPECT_TRUE(check_of(network, with_zeros([](auto, auto t) { return t > 30; })).fits());
  }
}

TEST(RightData, may_have_a_border_of_zeros_as_pictures_have) {
  const ValueAt value = noise();
  const Array pictures = cube(20, 12, 2, [&](auto n, auto t, auto f) {
    return t < 2 + n % 2 || t > 8 + n % 3 ? 0.0f : value(n, t, f) + 2;
  });
  EXPECT_THAT(found(check_of(kBatchFirst, pictures)), testing::Not(testing::Contains("padding_in_front")));
}

TEST(RightData, may_have_as_many_lengths_as_steps_and_a_zero_at_the_end) {
  const ValueAt value = noise();
  const Array x = cube(20, 20, 2, [&](auto n, auto t, auto f) {
    return n == 19 && t == 7 ? 0.0f : value(n, t, f) + 2;  // an end of zeros along axis 0 only
  });
  EXPECT_TRUE(check_of(kBatchFirst, x, lengths_array(Lengths(20, 20))).fits());
}

TEST(RightData, may_be_one_sequence_in_a_batch_of_one) {
  EXPECT_THAT(found(check_of(kBatchFirst, cube(1, 30, 2, noise()))), IsEmpty());
  EXPECT_THAT(found(check_of("GRU(2, 20)", cube(30, 1, 2, noise()))), IsEmpty());
  const DataCheck turned = check_of("GRU(2, 20)", cube(1, 30, 2, wave));  // 30 sequences of one step
  EXPECT_THAT(found(turned), ElementsAre("axis_order_likely"));
}

TEST(RightData, may_have_whole_lengths_that_are_stored_as_fractions) {
  const Lengths lengths = sample_lengths(8, 12);
  const DataCheck check =
      check_of(kBatchFirst, padded_noise(lengths, 12, 2), numbers({lengths.begin(), lengths.end()}));
  EXPECT_THAT(found(check), testing::Contains("lengths_as_fractions"));
  EXPECT_TRUE(check.fits());
}

TEST(RightData, may_have_a_zero_before_the_end_of_a_sequence) {
  const Lengths lengths = sample_lengths(8, 12);
  const ValueAt value = noise();
  const Array x = cube(8, 12, 2, [&](auto n, auto t, auto f) {
    const int64_t length = lengths[static_cast<size_t>(n)];
    return t >= length || (n == 4 && t == length - 1) ? 0.0f : value(n, t, f) + 2;
  });
  EXPECT_THAT(found(check_of("GRU(2, 20) -> last", x, lengths_array(lengths))), IsEmpty());
}

TEST(Strict, makes_faults_of_warnings_and_leaves_notes) {
  DataCheck check = check_of("LSTM(5, 20, bidirectional=True)", cube(8, 12, 5, noise()));
  EXPECT_THAT(found(check), ElementsAre("axis_order_unknown", "note view_mixes_sequences"));
  EXPECT_TRUE(check.fits());
  check.be_strict();
  EXPECT_THAT(found(check), ElementsAre("FAULT axis_order_unknown", "note view_mixes_sequences"));
  EXPECT_FALSE(check.fits());
  DataCheck right =
      check_of("LSTM(5, 20, bidirectional=True)", cube(8, 12, 5, noise()), lengths_array(Lengths(12, 8)));
  right.be_strict();
  EXPECT_THAT(found(right), ElementsAre("note view_mixes_sequences"));
  EXPECT_TRUE(right.fits());
}

TEST(Check, tells_of_empty_arrays_lists_and_masks) {
  EXPECT_THAT(found(check_of("GRU(5, 20)", cube(0, 12, 5, noise()))), ElementsAre("FAULT empty_array"));
  const DataCheck list = check_of("GRU(5, 20)", numbers({1, 2.5f, 3, 4}));
  EXPECT_THAT(found(list), ElementsAre("FAULT axes"));
  EXPECT_EQ(list.findings[0].error.mismatch().fix, "4 steps of one number each: x[:, None], and GRU(1, 20)");
  const DataCheck counts = check_of("GRU(1, 20)", ids_of({4, 8, 15, 16, 23, 42}, {2, 3}));
  EXPECT_THAT(found(counts), ElementsAre("FAULT feature_axis_missing"));
  const DataCheck mask = check_of("GRU(5, 20)", cube(2, 3, 5, noise()), ids_of({1, 1, 1, 1, 0, 0}, {2, 3}));
  EXPECT_EQ(mask.findings[0].error.mismatch().fix, "of a mask: mask.sum(axis=1)");
}

}  // namespace
}  // namespace runnel
