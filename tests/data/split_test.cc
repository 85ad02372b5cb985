#include "runnel/data/split.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <set>

#include "runnel/base/random.h"

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using Texts = std::vector<std::string>;

/// A random case of a property: fractions, and a text a row.
struct Case {
  explicit Case(uint64_t seed) : generator(seed) {
    for (int64_t parts = 2 + generator.below(3); parts > 0; --parts) {
      fractions.push_back(1 + static_cast<double>(generator.below(9)));
    }
    const double sum = std::accumulate(fractions.begin(), fractions.end(), 0.0);
    for (double& fraction : fractions) fraction /= sum;
  }
  /// `count` texts, of at most `different` ones.
  Texts texts(int64_t count, int64_t different) {
    Texts list;
    for (int64_t i = 0; i < count; ++i) list.push_back(fmt::format("t{}", generator.below(different)));
    return list;
  }

  Generator generator;
  std::vector<double> fractions;
};

constexpr uint64_t kCases = 500;

/// Every row once, each part ascending and not empty.
void expect_partition(const Split& split, int64_t rows, size_t parts) {
  ASSERT_EQ(split.size(), parts);
  std::vector<int64_t> all;
  for (const auto& part : split) {
    EXPECT_FALSE(part.empty());
    EXPECT_TRUE(std::is_sorted(part.begin(), part.end()));
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end());
  std::vector<int64_t> expected(static_cast<size_t>(rows));
  std::iota(expected.begin(), expected.end(), int64_t{0});
  EXPECT_EQ(all, expected);
}

/// How many rows a part has too many or too few.
double off(const std::vector<int64_t>& part, double fraction, int64_t rows) {
  return static_cast<double>(part.size()) - fraction * static_cast<double>(rows);
}

TEST(SplitRows, gives_each_part_its_share) {
  EXPECT_THAT(split_rows(100), ElementsAre(SizeIs(80), SizeIs(10), SizeIs(10)));
  EXPECT_THAT(split_rows(11, {.fractions = {0.5, 0.5}}), ElementsAre(SizeIs(6), SizeIs(5)));
  EXPECT_THAT(split_rows(3), ElementsAre(SizeIs(1), SizeIs(1), SizeIs(1)));
  EXPECT_THAT(split_rows(5), ElementsAre(SizeIs(3), SizeIs(1), SizeIs(1)));
  EXPECT_THAT(split_rows(7, {.fractions = {1.0}}), ElementsAre(SizeIs(7)));
}

TEST(SplitRows, keeps_to_its_seed) {
  EXPECT_EQ(split_rows(1000, {.seed = 5}), split_rows(1000, {.seed = 5}));
  EXPECT_NE(split_rows(1000, {.seed = 5}), split_rows(1000, {.seed = 6}));
  // The same on every machine: a model file's split can be made again from its seed.
  EXPECT_EQ(split_rows(10, {.fractions = {0.7, 0.3}, .seed = 1})[1], (std::vector<int64_t>{0, 1, 4}));
}

TEST(SplitRows, refuses_fractions_that_are_no_whole) {
  EXPECT_EQ(error_of([] { split_rows(10, {.fractions = {0.8, 0.1, 0.2}}); }),
            "OptionError split: the fractions 0.8, 0.1, 0.2 sum to 1.1, expected 1\n"
            "  why  every row goes into one part\n"
            "  fix  0.8, 0.1, 0.1");
  EXPECT_EQ(error_of([] { split_rows(10, {.fractions = {1.1, -0.1}}); }),
            "OptionError split: a fraction is 1.1, expected more than 0 and at most 1\n"
            "  why  it is the share of the rows that one part gets\n"
            "  fix  0.8, 0.1, 0.1");
  EXPECT_EQ(error_of([] { split_rows(10, {.fractions = {1, 0}}); }),
            "OptionError split: a fraction is 0, expected more than 0 and at most 1\n"
            "  why  it is the share of the rows that one part gets\n"
            "  fix  0.8, 0.1, 0.1");
  EXPECT_THROW(split_rows(10, {.fractions = {}}), OptionError);
  EXPECT_THROW(split_rows(10, {.fractions = {std::nan(""), 1}}), OptionError);
}

TEST(SplitRows, refuses_fewer_rows_than_parts) {
  EXPECT_EQ(error_of([] { split_rows(2); }),
            "OptionError split: 2 rows cannot fill 3 parts\n"
            "  why  no part may be empty\n"
            "  fix  more rows");
  EXPECT_EQ(error_of([] { split_stratified(Texts{"a", "a"}); }),
            "OptionError split: 2 rows cannot fill 3 parts\n"
            "  why  no part may be empty\n"
            "  fix  more rows");
  EXPECT_EQ(error_of([] { split_by_group(Texts{"a", "a", "b", "b"}); }),
            "OptionError split: 2 groups cannot fill 3 parts\n"
            "  why  rows of one group stay together, and no part may be empty\n"
            "  fix  a --group of more values, or none");
}

TEST(SplitRows, is_a_partition_with_the_asked_sizes) {
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    Case random(seed);
    const int64_t rows = 4 + random.generator.below(300);
    const Split split = split_rows(rows, {.fractions = random.fractions, .seed = seed});
    expect_partition(split, rows, random.fractions.size());
    const bool few = rows < 60;  // so that a part might have been empty: one more or fewer
    for (size_t k = 0; k < split.size(); ++k) {
      EXPECT_LT(std::abs(off(split[k], random.fractions[k], rows)), few ? 4.0 : 1.0 + 1e-9);
    }
  }
}

TEST(SplitStratified, gives_each_part_its_share_of_each_label) {
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    Case random(seed);
    const int64_t rows = 4 + random.generator.below(400);
    const Texts labels = random.texts(rows, 1 + random.generator.below(30));
    const Split split = split_stratified(labels, {.fractions = random.fractions, .seed = seed});
    expect_partition(split, rows, random.fractions.size());
    std::map<std::string, double> of_label;
    for (const std::string& label : labels) of_label[label] += 1;
    const bool few = rows < 60;
    for (size_t k = 0; k < split.size(); ++k) {
      std::map<std::string, double> here;
      for (int64_t row : split[k]) here[labels[static_cast<size_t>(row)]] += 1;
      for (const auto& [label, count] : of_label) {
        EXPECT_LT(std::abs(here[label] - random.fractions[k] * count), few ? 4.0 : 1.0) << label;
      }
      EXPECT_LT(std::abs(off(split[k], random.fractions[k], rows)), 4.0);
    }
  }
}

TEST(SplitStratified, spreads_labels_too_small_to_divide) {
  Texts labels;
  for (int i = 0; i < 100; ++i) labels.insert(labels.end(), 5, fmt::format("label {}", i));
  EXPECT_THAT(split_stratified(labels), ElementsAre(SizeIs(400), SizeIs(50), SizeIs(50)));
  Texts alone;
  for (int i = 0; i < 100; ++i) alone.push_back(fmt::format("label {}", i));
  EXPECT_THAT(split_stratified(alone), ElementsAre(SizeIs(80), SizeIs(10), SizeIs(10)));
}

TEST(SplitStratified, leaves_no_part_empty) {
  EXPECT_THAT(split_stratified(Texts{"a", "a", "b", "b"}, {.fractions = {0.9, 0.1}}),
              ElementsAre(SizeIs(3), SizeIs(1)));
  EXPECT_THAT(split_stratified(Texts{"a", "b", "c"}), ElementsAre(SizeIs(1), SizeIs(1), SizeIs(1)));
}

TEST(SplitStratified, keeps_to_its_seed) {
  Texts labels;
  for (int i = 0; i < 300; ++i) labels.push_back(std::to_string(i % 7));
  EXPECT_EQ(split_stratified(labels, {.seed = 5}), split_stratified(labels, {.seed = 5}));
  EXPECT_NE(split_stratified(labels, {.seed = 5}), split_stratified(labels, {.seed = 6}));
}

TEST(SplitByGroup, never_divides_a_group) {
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    Case random(seed);
    const int64_t rows = 40 + random.generator.below(300);
    const Texts groups = random.texts(rows, 8 + random.generator.below(200));
    const Split split = split_by_group(groups, {.fractions = random.fractions, .seed = seed});
    expect_partition(split, rows, random.fractions.size());
    std::map<std::string, size_t> part_of;
    std::map<std::string, double> size_of;
    for (size_t k = 0; k < split.size(); ++k) {
      for (int64_t row : split[k]) {
        const std::string& group = groups[static_cast<size_t>(row)];
        EXPECT_EQ(part_of.emplace(group, k).first->second, k) << group;
        size_of[group] += 1;
      }
    }
    double largest = 0;
    for (const auto& [group, size] : size_of) largest = std::max(largest, size);
    for (size_t k = 0; k < split.size(); ++k) {
      const double too_many = off(split[k], random.fractions[k], rows);
      EXPECT_LT(too_many, largest + 1);
      EXPECT_GT(too_many, -static_cast<double>(split.size()) * largest - 1);
    }
  }
}

TEST(SplitByGroup, comes_near_the_fractions_when_groups_are_small) {
  Texts groups;  // sizes 1, 2, …, 140: like source packages, many small ones and a few large ones
  for (int i = 1; i <= 140; ++i) groups.insert(groups.end(), static_cast<size_t>(i), fmt::format("g{}", i));
  EXPECT_EQ(groups.size(), 9870u);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Split split = split_by_group(groups, {.seed = seed});
    EXPECT_NEAR(static_cast<double>(split[0].size()), 7896, 2) << seed;
    EXPECT_NEAR(static_cast<double>(split[1].size()), 987, 2) << seed;
    EXPECT_NEAR(static_cast<double>(split[2].size()), 987, 2) << seed;
  }
}

TEST(SplitByGroup, puts_large_groups_into_any_part) {
  Texts groups(50, "large");
  for (int i = 0; i < 450; ++i) groups.push_back(fmt::format("g{}", i));
  std::set<size_t> parts_of_large;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Split split = split_by_group(groups, {.seed = seed});
    for (size_t k = 0; k < 3; ++k) {
      if (split[k][0] == 0) parts_of_large.insert(k);
    }
  }
  EXPECT_THAT(parts_of_large, ElementsAre(0u, 1u, 2u));
}

TEST(SplitByGroup, fills_every_part_when_groups_are_few) {
  const Texts groups = {"a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c", "c"};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_THAT(split_by_group(groups, {.seed = seed}), ElementsAre(SizeIs(4), SizeIs(4), SizeIs(4)));
  }
}

TEST(SplitByGroup, keeps_to_its_seed) {
  Texts groups;
  for (int i = 0; i < 300; ++i) groups.push_back(std::to_string(i % 70));
  EXPECT_EQ(split_by_group(groups, {.seed = 5}), split_by_group(groups, {.seed = 5}));
  EXPECT_NE(split_by_group(groups, {.seed = 5}), split_by_group(groups, {.seed = 6}));
}

}  // namespace
}  // namespace runnel
