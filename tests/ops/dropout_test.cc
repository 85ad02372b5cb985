#include "runnel/ops/dropout.h"

#include <limits>
#include <numeric>

#include "runnel/base/thread_pool.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;

TEST(Dropout, keeps_the_mean) {
  const int64_t count = 1'000'000;
  const Tensor ones = Tensor::full({{"feature", count}}, 1);
  for (const double p : {0.1, 0.5, 0.9}) {
    Generator generator(7);
    const std::vector<float> y = numbers(dropout(ones, p, true, generator));
    const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(count);
    EXPECT_NEAR(mean, 1,
                5 * std::sqrt(p / (1 - p) / static_cast<double>(count)));  // five standard deviations
    const int64_t dropped = std::count(y.begin(), y.end(), 0.0f);
    EXPECT_NEAR(static_cast<double>(dropped) / static_cast<double>(count), p, 0.003);
    EXPECT_EQ(dropped + std::count(y.begin(), y.end(), static_cast<float>(1 / (1 - p))), count);
  }
}

TEST(Dropout, gives_the_gradient_to_what_it_kept) {
  Generator generator(3);
  const Variable x(random({{"feature", 1000}}, 1, 1, 2), true);
  Recording recording;
  const Variable y = dropout(x, 0.25, true, generator);
  y.backward(Tensor::full(y.shape(), 3));
  for (int64_t i = 0; i < 1000; ++i) {
    EXPECT_FLOAT_EQ(x.grad().at({i}), y.value().at({i}) != 0 ? 3 / 0.75f : 0);
  }
}

TEST(Dropout, is_nothing_outside_training) {
  const Variable x = random({{"feature", 10}});
  Generator generator(3);
  EXPECT_EQ(dropout(x, 0.5, false, generator), x);
  EXPECT_EQ(dropout(x, 0, true, generator), x);
  EXPECT_EQ(generator.below(1'000'000), Generator(3).below(1'000'000)) << "no numbers are drawn for nothing";
}

TEST(Dropout, of_everything_gives_zeros) {
  const Tensor x({{"feature", 3}}, {1, std::numeric_limits<float>::infinity(), -2});
  Generator generator(3);
  EXPECT_THAT(numbers(dropout(x, 1, true, generator)), testing::ElementsAre(0, 0, 0));
  EXPECT_THAT(numbers(gradient_of([&](const Variable& v) { return dropout(v, 1, true, generator); }, x)),
              testing::ElementsAre(0, 0, 0));
}

TEST(Dropout, draws_new_numbers_each_time_and_the_same_for_a_seed) {
  const Tensor x = Tensor::full({{"feature", 100'000}}, 1);
  const auto draw_twice = [&](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    Generator generator(9);
    const std::vector<std::vector<float>> drawn{numbers(dropout(x, 0.5, true, generator)),
                                                numbers(dropout(x, 0.5, true, generator))};
    set_thread_count(before);
    return drawn;
  };
  const auto one = draw_twice(1);
  EXPECT_NE(one[0], one[1]);
  EXPECT_EQ(one, draw_twice(3));
}

TEST(Dropout, draws_from_the_default_generator_unless_told_otherwise) {
  const Tensor x = Tensor::full({{"feature", 100}}, 1);
  manual_seed(5);
  Generator same(5);
  EXPECT_EQ(numbers(dropout(x, 0.5, true)), numbers(dropout(x, 0.5, true, same)));
}

TEST(Dropout, refuses_what_is_no_probability) {
  const Tensor x({{"feature", 1}});
  EXPECT_EQ(error_of([&] { dropout(x, 1.5, true); }), "OptionError: dropout: p is 1.5, expected 0 … 1");
  EXPECT_EQ(error_of([&] { dropout(x, -0.1, false); }), "OptionError: dropout: p is -0.1, expected 0 … 1");
  EXPECT_EQ(error_of([&] { dropout(x, std::numeric_limits<double>::quiet_NaN(), true); }),
            "OptionError: dropout: p is nan, expected 0 … 1");
}

}  // namespace
}  // namespace runnel
