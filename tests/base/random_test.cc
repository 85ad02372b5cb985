#include "runnel/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "runnel/base/thread_pool.h"

namespace runnel {
namespace {

using testing::Each;
using testing::ElementsAre;

struct KnownAnswer {
  std::array<uint32_t, 4> counter;
  std::array<uint32_t, 2> key;
  std::array<uint32_t, 4> words;
};

// The lines "philox4x32 10" of kat_vectors in Random123, the authors' own implementation.
TEST(Philox, gives_the_published_words) {
  const KnownAnswer answers[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const KnownAnswer& answer : answers)
    EXPECT_EQ(philox4x32_10(answer.counter, answer.key), answer.words);
}

struct Quantile {
  double p;
  double value;
};

// mpmath 1.3 with 40 digits: sqrt(2) * erfinv(2p - 1), in the far tail the root of log(ncdf(x)) = log(p).
TEST(NormalQuantile, agrees_with_known_values_to_14_digits) {
  const Quantile quantiles[] = {
      {0.5, 0.0},
      {0.500001, 2.506628274705705199e-6},
      {0.6, 0.2533471031357997413},
      {0.075, -1.439531470938455935},
      {0.925, 1.439531470938456229},
      {0.9, 1.281551565544600593},
      {0.99, 2.326347874040840768},
      {0.001, -3.090232306167813535},
      {0.02425, -1.972961051311884838},
      {1e-10, -6.361340902404056199},
      {1e-20, -9.26234008979840758},
      {1e-100, -21.27345356096532429},
      {1e-300, -37.04709629936119924},
      {0x1p-33, -6.3379577545537892525},  // the smallest that fill_normal asks for
      {1 - 0x1p-33, 6.3379577545537892525},
      {std::numeric_limits<double>::min(), -37.519379347144499821},
  };
  for (const Quantile& quantile : quantiles) {
    EXPECT_NEAR(normal_quantile(quantile.p), quantile.value, 1e-14 * std::abs(quantile.value)) << quantile.p;
  }
}

RC_GTEST_PROP(NormalQuantile, is_odd_about_one_half, ()) {
  const double p = *rc::gen::inRange<uint32_t>(1, uint32_t{1} << 31) * 0x1p-32;  // 1 - p is exact
  RC_ASSERT(normal_quantile(p) == -normal_quantile(1 - p));
}

RC_GTEST_PROP(NormalQuantile, is_the_inverse_of_the_distribution, ()) {
  const double p = (*rc::gen::arbitrary<uint32_t>() + 0.5) * 0x1p-32;
  const double back = 0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0));
  RC_ASSERT(std::abs(back - p) <= 1e-13 * p);
}

std::vector<float> uniform(Generator& generator, size_t count, float low = 0, float high = 1) {
  std::vector<float> values(count);
  generator.fill_uniform(values, low, high);
  return values;
}

std::vector<float> normal(Generator& generator, size_t count, float mean = 0, float std = 1) {
  std::vector<float> values(count);
  generator.fill_normal(values, mean, std);
  return values;
}

struct Moments {
  double mean, std, skewness, kurtosis;
};

Moments moments_of(const std::vector<float>& values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double m2 = 0, m3 = 0, m4 = 0;
  for (const float value : values) {
    const double d = value - mean;
    m2 += d * d / n;
    m3 += d * d * d / n;
    m4 += d * d * d * d / n;
  }
  return {mean, std::sqrt(m2), m3 / std::pow(m2, 1.5), m4 / (m2 * m2)};
}

// Made from the words of Philox's first known answer: 0x6627e8 / 2^24, …, and normal_quantile((0x6627e8d5 +
// 0.5) / 2^32), … by mpmath. They must never change, or a seed no longer means what it meant.
TEST(Generator, of_a_seed_gives_these_numbers_on_every_machine) {
  Generator generator(0);
  EXPECT_THAT(uniform(generator, 4), ElementsAre(0x6627e8p-24f, 0xe169c5p-24f, 0xbc57acp-24f, 0x9b00dbp-24f));
  generator.seed(0);
  EXPECT_THAT(normal(generator, 4), ElementsAre(-0.25581598f, 1.1775912f, 0.63018364f, 0.26756224f));
  generator.seed(0);
  EXPECT_EQ(generator.uniform(), 0xcc4fd1abc2d38p-52 / 2);
  generator.seed(0);
  EXPECT_EQ(generator.below(10), 0x6627e8d5e169c58d % 10);
  generator.seed(42, 7);
  std::vector<float> values(4);
  generator.fill_uniform(values);
  const auto words = philox4x32_10({0, 0, 7, 0}, {42, 0});
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(values[i], static_cast<float>(words[i] >> 8) * 0x1p-24f);
}

TEST(Generator, repeats_itself_after_seeding) {
  Generator generator(3, 1);
  const std::vector<float> first = uniform(generator, 10);
  EXPECT_NE(uniform(generator, 10), first);
  generator.seed(3, 1);
  EXPECT_EQ(uniform(generator, 10), first);
}

TEST(Generator, differs_between_seeds_and_between_streams) {
  std::set<std::vector<float>> seen;
  const uint64_t high = uint64_t{1} << 32;  // each of the 128 bits of seed and stream counts
  for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, high}) {
    for (const uint64_t stream : {uint64_t{0}, uint64_t{1}, high}) {
      Generator generator(seed, stream);
      seen.insert(uniform(generator, 4));
    }
  }
  EXPECT_EQ(seen.size(), 9u);
}

TEST(Generator, gives_the_first_numbers_of_a_longer_fill_to_a_shorter_one) {
  Generator a(5), b(5);
  const std::vector<float> longer = uniform(a, 11), shorter = uniform(b, 6);
  EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

TEST(Generator, gives_the_same_numbers_whatever_the_number_of_threads) {
  const int before = thread_count();
  std::vector<std::vector<float>> drawn;
  for (const int threads : {1, 2, 5}) {
    set_thread_count(threads);
    Generator generator(11);
    std::vector<float> all(100003);
    generator.fill_uniform(all, -2, 3);
    std::vector<float> more(100003);
    generator.fill_normal(more, 1, 2);
    all.insert(all.end(), more.begin(), more.end());
    generator.fill_bernoulli(more, 0.3);
    all.insert(all.end(), more.begin(), more.end());
    drawn.push_back(std::move(all));
  }
  set_thread_count(before);
  EXPECT_EQ(drawn[0], drawn[1]);
  EXPECT_EQ(drawn[0], drawn[2]);
}

TEST(Generator, gives_each_number_once_to_threads_that_draw_together) {
  constexpr size_t kDraws = 500, kThreads = 4;
  Generator shared(13);
  std::vector<std::vector<double>> drawn(kThreads);
  std::vector<std::thread> threads;
  for (std::vector<double>& mine : drawn) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < kDraws; ++i) mine.push_back(shared.uniform());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> together, alone;
  for (const auto& mine : drawn) together.insert(together.end(), mine.begin(), mine.end());
  Generator generator(13);
  for (size_t i = 0; i < kDraws * kThreads; ++i) alone.push_back(generator.uniform());
  EXPECT_THAT(together, testing::UnorderedElementsAreArray(alone));
}

TEST(Generator, fills_nothing_with_nothing) {
  Generator generator;
  uniform(generator, 0);
  EXPECT_TRUE(normal(generator, 0).empty());
}

// n = 10^6: the mean is off by about 1e-3 standard deviations; five times that is far outside chance.
TEST(Generator, fills_uniformly) {
  Generator generator(17);
  const std::vector<float> values = uniform(generator, 1000000, -1, 3);
  EXPECT_GE(*std::min_element(values.begin(), values.end()), -1);
  EXPECT_LT(*std::max_element(values.begin(), values.end()), 3);
  const Moments moments = moments_of(values);
  EXPECT_NEAR(moments.mean, 1, 0.006);
  EXPECT_NEAR(moments.std, 4 / std::sqrt(12.0), 0.003);
  EXPECT_NEAR(moments.skewness, 0, 0.01);
  EXPECT_NEAR(moments.kurtosis, 1.8, 0.01);
  std::vector<int> bins(16, 0);
  for (const float value : values) ++bins[static_cast<size_t>((value + 1) * 4)];
  EXPECT_THAT(bins, Each(testing::AllOf(testing::Gt(62500 - 1300), testing::Lt(62500 + 1300))));
}

TEST(Generator, never_reaches_the_upper_end_of_a_uniform_range) {
  // Of these ranges, most values round to an end: few floats lie between.
  const std::pair<float, float> ranges[] = {
      {1, 1 + 2e-7f}, {1e6f, 1e6f + 0.125f}, {-1, -1 + 1e-7f}, {-1e-3f, 1}, {16777215, 16777216}};
  for (const auto& [low, high] : ranges) {
    Generator generator(19);
    const std::vector<float> values = uniform(generator, 100000, low, high);
    EXPECT_GE(*std::min_element(values.begin(), values.end()), low);
    EXPECT_LT(*std::max_element(values.begin(), values.end()), high) << low << " … " << high;
  }
}

TEST(Generator, fills_with_the_only_number_of_an_empty_range) {
  Generator generator;
  EXPECT_THAT(uniform(generator, 9, 2.5f, 2.5f), Each(2.5f));
}

TEST(Generator, fills_with_normal_numbers) {
  Generator generator(23);
  const std::vector<float> values = normal(generator, 1000000, 2, 3);
  const Moments moments = moments_of(values);
  EXPECT_NEAR(moments.mean, 2, 0.015);
  EXPECT_NEAR(moments.std, 3, 0.011);
  EXPECT_NEAR(moments.skewness, 0, 0.0125);
  EXPECT_NEAR(moments.kurtosis, 3, 0.025);
  const auto beyond = [&](float limit) {
    return std::count_if(values.begin(), values.end(), [&](float x) { return std::abs(x - 2) > limit; });
  };
  EXPECT_NEAR(beyond(3), 317311, 2400);  // beyond one standard deviation, of a million
  EXPECT_NEAR(beyond(9), 2700, 260);     // beyond three
}

TEST(Generator, fills_with_ones_as_often_as_asked) {
  Generator generator(29);
  std::vector<float> values(1000000);
  generator.fill_bernoulli(values, 0.3);
  EXPECT_THAT(std::set<float>(values.begin(), values.end()), ElementsAre(0, 1));
  EXPECT_NEAR(moments_of(values).mean, 0.3, 0.0025);
  generator.fill_bernoulli(values, 0);
  EXPECT_THAT(std::set<float>(values.begin(), values.end()), ElementsAre(0));
  generator.fill_bernoulli(values, 1);
  EXPECT_THAT(std::set<float>(values.begin(), values.end()), ElementsAre(1));
}

TEST(Generator, draws_integers_below_a_bound_equally_often) {
  Generator generator(31);
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70000; ++i) ++counts[static_cast<size_t>(generator.below(7))];
  EXPECT_THAT(counts, Each(testing::AllOf(testing::Gt(9500), testing::Lt(10500))));
  EXPECT_EQ(generator.below(1), 0);
}

TEST(Generator, draws_integers_below_the_largest_bound) {
  Generator generator(37);
  const int64_t bound = std::numeric_limits<int64_t>::max();
  int64_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    const int64_t value = generator.below(bound);
    ASSERT_GE(value, 0);
    ASSERT_LT(value, bound);
    largest = std::max(largest, value);
  }
  EXPECT_GT(largest, bound / 10 * 9);
}

TEST(Generator, draws_doubles_from_zero_to_below_one) {
  Generator generator(41);
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = generator.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
}

RC_GTEST_PROP(Generator, permutes_without_losing_a_number, (uint64_t seed)) {
  const int64_t n = *rc::gen::inRange<int64_t>(0, 200);
  Generator generator(seed);
  std::vector<int64_t> order = generator.permutation(n);
  generator.seed(seed);
  RC_ASSERT(generator.permutation(n) == order);
  std::sort(order.begin(), order.end());
  std::vector<int64_t> all(static_cast<size_t>(n));
  std::iota(all.begin(), all.end(), int64_t{0});
  RC_ASSERT(order == all);
}

TEST(Generator, permutes_into_every_order_equally_often) {
  Generator generator(43);
  std::map<std::vector<int64_t>, int> counts;
  for (int i = 0; i < 24000; ++i) ++counts[generator.permutation(4)];
  EXPECT_EQ(counts.size(), 24u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 160);
}

TEST(Generator, permutes_differently_for_another_seed) {
  EXPECT_NE(Generator(1).permutation(20), Generator(2).permutation(20));
}

TEST(DefaultGenerator, is_seeded_by_manual_seed) {
  manual_seed(99);
  const std::vector<float> first = uniform(default_generator(), 5);
  Generator generator(99);
  EXPECT_EQ(uniform(generator, 5), first);
  manual_seed(99);
  EXPECT_EQ(uniform(default_generator(), 5), first);
}

}  // namespace
}  // namespace runnel
