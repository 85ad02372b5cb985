#include "runnel/data/batches.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>

#include "runnel/base/random.h"
#include "runnel/tensor/axes.h"

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using Plan = std::vector<std::vector<int64_t>>;

/// `lengths[i]` ids i + 2 in example i, label i mod 3.
TextDataset dataset_of(const std::vector<int64_t>& lengths) {
  TextDataset dataset{.examples = {}, .labels = {"a", "b", "c"}};
  for (size_t i = 0; i < lengths.size(); ++i) {
    const int32_t number = static_cast<int32_t>(i);
    dataset.examples.push_back({.ids = std::vector<int32_t>(static_cast<size_t>(lengths[i]), number + 2),
                                .label = number % 3,
                                .row = number});
  }
  return dataset;
}

std::vector<int64_t> sorted_examples(const Plan& plan) {
  std::vector<int64_t> all;
  for (const auto& batch : plan) all.insert(all.end(), batch.begin(), batch.end());
  std::sort(all.begin(), all.end());
  return all;
}

/// The places of a plan that hold padding, of all that hold ids.
double padding_share(const Plan& plan, const std::vector<int64_t>& lengths) {
  double places = 0, words = 0;
  for (const auto& batch : plan) {
    int64_t longest = 0;
    for (int64_t i : batch) {
      longest = std::max(longest, lengths[static_cast<size_t>(i)]);
      words += static_cast<double>(lengths[static_cast<size_t>(i)]);
    }
    places += static_cast<double>(longest * static_cast<int64_t>(batch.size()));
  }
  return 1 - words / places;
}

std::vector<int64_t> random_lengths(int64_t count) {
  Generator generator(3);
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < count; ++i) lengths.push_back(1 + generator.below(30));
  return lengths;
}

TEST(PlanBatches, keeps_the_order_when_told_so) {
  EXPECT_EQ(plan_batches(std::vector<int64_t>{5, 1, 4, 2, 3},
                         {.batch_size = 2, .shuffle = false, .sort_by_length = false}),
            (Plan{{0, 1}, {2, 3}, {4}}));
}

TEST(PlanBatches, sorts_by_length_without_shuffling) {
  const std::vector<int64_t> lengths = {5, 1, 4, 1, 3};
  EXPECT_EQ(plan_batches(lengths, {.batch_size = 2, .shuffle = false, .chunk_batches = 0}),
            (Plan{{1, 3}, {4, 2}, {0}}));
  EXPECT_EQ(plan_batches(lengths, {.batch_size = 2, .shuffle = false, .chunk_batches = 1}),
            (Plan{{1, 0}, {3, 2}, {4}}));
}

TEST(PlanBatches, is_a_function_of_seed_and_epoch) {
  const std::vector<int64_t> lengths = random_lengths(1000);
  EXPECT_EQ(plan_batches(lengths, {.seed = 1, .epoch = 2}), plan_batches(lengths, {.seed = 1, .epoch = 2}));
  EXPECT_NE(plan_batches(lengths, {.seed = 1, .epoch = 2}), plan_batches(lengths, {.seed = 1, .epoch = 3}));
  EXPECT_NE(plan_batches(lengths, {.seed = 1, .epoch = 2}), plan_batches(lengths, {.seed = 2, .epoch = 2}));
}

TEST(PlanBatches, leaves_little_padding_and_a_random_order) {
  const std::vector<int64_t> lengths = random_lengths(20'000);
  const Plan plan = plan_batches(lengths);
  EXPECT_LT(padding_share(plan, lengths), 0.03);
  EXPECT_GT(padding_share(plan_batches(lengths, {.sort_by_length = false}), lengths), 0.4);
  // Short batches do not all come first: the mean length of the first half is that of the second.
  double halves[2] = {0, 0};
  for (size_t i = 0; i < plan.size(); ++i)
    halves[i < plan.size() / 2 ? 0 : 1] += static_cast<double>(lengths[static_cast<size_t>(plan[i][0])]);
  EXPECT_NEAR(halves[0] / halves[1], 1, 0.25);
}

TEST(PlanBatches, refuses_sizes_that_cannot_be) {
  const std::vector<int64_t> lengths = {1, 2};
  EXPECT_EQ(error_of([&] { plan_batches(lengths, {.batch_size = 0}); }),
            "OptionError batches: batch_size is 0, expected 1 or more");
  EXPECT_EQ(error_of([&] { plan_batches(lengths, {.chunk_batches = -1}); }),
            "OptionError batches: chunk_batches is -1, expected 0 or more");
}

TEST(PlanBatches, takes_any_size) {
  const std::vector<int64_t> lengths = {1, 2, 3};
  EXPECT_THAT(plan_batches(lengths, {.batch_size = INT64_MAX, .chunk_batches = INT64_MAX}),
              testing::SizeIs(1));
  EXPECT_THAT(plan_batches(std::vector<int64_t>{}), testing::IsEmpty());
}

RC_GTEST_PROP(PlanBatches, has_every_example_once, (uint64_t seed, bool shuffle, bool sort_by_length)) {
  const auto lengths = *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, 9));
  const BatchOptions options = {.batch_size = *rc::gen::inRange<int64_t>(1, 8),
                                .shuffle = shuffle,
                                .sort_by_length = sort_by_length,
                                .chunk_batches = *rc::gen::inRange<int64_t>(0, 4),
                                .seed = seed};
  const Plan plan = plan_batches(lengths, options);
  std::vector<int64_t> expected(lengths.size());
  std::iota(expected.begin(), expected.end(), int64_t{0});
  RC_ASSERT(sorted_examples(plan) == expected);
  int64_t smaller = 0;
  for (const auto& batch : plan) {
    RC_ASSERT(!batch.empty());
    RC_ASSERT(static_cast<int64_t>(batch.size()) <= options.batch_size);
    smaller += static_cast<int64_t>(batch.size()) < options.batch_size;
    if (sort_by_length) {
      RC_ASSERT(std::is_sorted(batch.begin(), batch.end(), [&](int64_t a, int64_t b) {
        return lengths[static_cast<size_t>(a)] < lengths[static_cast<size_t>(b)];
      }));
    }
  }
  RC_ASSERT(smaller <= 1);
}

TEST(MakeBatch, fills_up_with_padding) {
  const Batch batch = make_batch(dataset_of({2, 0, 3, 1}), std::vector<int64_t>{2, 1, 0});
  EXPECT_EQ(batch.ids.shape().to_string(), "[batch=3, seq=3]");
  EXPECT_THAT(std::vector<int32_t>(batch.ids.data(), batch.ids.data() + 9),
              ElementsAre(4, 4, 4, 0, 0, 0, 2, 2, 0));
  EXPECT_THAT(batch.lengths, ElementsAre(3, 0, 2));
  EXPECT_THAT(batch.labels, ElementsAre(2, 1, 0));
  EXPECT_THAT(batch.examples, ElementsAre(2, 1, 0));
}

TEST(MakeBatch, has_one_step_when_all_texts_are_empty) {
  const Batch batch = make_batch(dataset_of({0, 0}), std::vector<int64_t>{0, 1});
  EXPECT_EQ(batch.ids.shape().to_string(), "[batch=2, seq=1]");
  EXPECT_THAT(batch.lengths, ElementsAre(0, 0));
}

RC_GTEST_PROP(MakeBatch, has_no_padding_inside_a_length_and_nothing_else_outside, (uint64_t seed)) {
  const auto lengths =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, 9)));
  const TextDataset dataset = dataset_of(lengths);
  for (const auto& examples : plan_batches(dataset, {.batch_size = 4, .seed = seed})) {
    const Batch batch = make_batch(dataset, examples);
    RC_ASSERT(batch.examples == examples);
    const int64_t seq = batch.ids.size(axes::seq);
    for (size_t b = 0; b < examples.size(); ++b) {
      const size_t example = static_cast<size_t>(examples[b]);
      RC_ASSERT(batch.lengths[b] == lengths[example]);
      RC_ASSERT(batch.labels[b] == static_cast<int32_t>(example % 3));
      for (int64_t t = 0; t < seq; ++t) {
        const int32_t id = batch.ids.data()[static_cast<int64_t>(b) * seq + t];
        RC_ASSERT(id == (t < batch.lengths[b] ? static_cast<int32_t>(example) + 2 : Vocabulary::kPad));
      }
    }
  }
}

}  // namespace
}  // namespace runnel
