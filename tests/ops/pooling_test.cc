#include "runnel/ops/pooling.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "runnel/ops/shaping.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Pooling {
  const char* name;
  Variable (*op)(const Variable&, const Lengths&);
  /// Of the real steps of one feature, one or more.
  double (*twin)(const Doubles& steps);
};

const Pooling kPoolings[] = {{"pool_first", pool_first, [](const Doubles& steps) { return steps.front(); }},
                             {"pool_last", pool_last, [](const Doubles& steps) { return steps.back(); }},
                             {"pool_mean", pool_mean,
                              [](const Doubles& steps) {
                                double sum = 0;
                                for (double step : steps) sum += step;
                                return sum / static_cast<double>(steps.size());
                              }},
                             {"pool_max", pool_max, [](const Doubles& steps) {
                                return *std::max_element(steps.begin(), steps.end());
                              }}};

class Poolings : public testing::TestWithParam<Pooling> {};

const Shape kBatchFirst{{"batch", 3}, {"seq", 4}, {"feature", 2}};
const Lengths kLengths{2, 0, 4};

TEST_P(Poolings, see_the_real_steps_only) {
  const Pooling& pooling = GetParam();
  expect_gradients(of_one([&](const Variable& x) { return pooling.op(x, kLengths); }), {random(kBatchFirst)},
                   twin_of_one([&](const Doubles& x) {
                     Doubles y;
                     for (size_t n = 0; n < 3; ++n) {
                       for (size_t k = 0; k < 2; ++k) {
                         Doubles steps;
                         for (size_t t = 0; t < static_cast<size_t>(kLengths[n]); ++t) {
                           steps.push_back(x[(n * 4 + t) * 2 + k]);
                         }
                         y.push_back(steps.empty() ? 0 : pooling.twin(steps));
                       }
                     }
                     return y;
                   }));
}

TEST_P(Poolings, do_not_mind_what_the_padding_holds) {
  Tensor x = random(kBatchFirst);
  const std::vector<float> before = numbers(GetParam().op(x, kLengths));
  for (size_t i = 4; i < 16; ++i)
    x.values()[i] = kNaN;  // the padding of the first sequence, all of the second
  EXPECT_EQ(numbers(GetParam().op(x, kLengths)), before);
}

TEST_P(Poolings, do_not_mind_which_axis_comes_first) {
  const auto pool = [&](const Variable& x) { return GetParam().op(x, kLengths); };
  const auto pool_transposed = [&](const Variable& x) {
    return pool(transpose(x, {"seq", "batch", "feature"}));
  };
  const Tensor x = random(kBatchFirst);
  EXPECT_EQ(pool(x).shape(), (Shape{{"batch", 3}, {"feature", 2}}));
  EXPECT_EQ(pool_transposed(x).shape(), (Shape{{"batch", 3}, {"feature", 2}}));
  EXPECT_EQ(numbers(pool_transposed(x)), numbers(pool(x)));
  EXPECT_EQ(numbers(gradient_of(pool_transposed, x)), numbers(gradient_of(pool, x)));
}

TEST_P(Poolings, take_one_sequence_without_a_batch) {
  const Tensor x = random({{"seq", 4}, {"feature", 2}});
  const Variable y = GetParam().op(x, {3});
  EXPECT_EQ(y.shape(), (Shape{{"feature", 2}}));
  EXPECT_EQ(numbers(y), numbers(GetParam().op(x.reshape({{"batch", 1}, {"seq", 4}, {"feature", 2}}), {3})));
  EXPECT_THAT(numbers(GetParam().op(x, {0})), ElementsAre(0, 0));
}

TEST_P(Poolings, take_more_axes_or_none_behind) {
  EXPECT_EQ(GetParam().op(random({{"batch", 2}, {"seq", 3}}), {1, 2}).shape(), (Shape{{"batch", 2}}));
  EXPECT_EQ(GetParam().op(random({{"seq", 3}, {"batch", 2}, {"gate", 4}, {"hidden", 5}}), {1, 2}).shape(),
            (Shape{{"batch", 2}, {"gate", 4}, {"hidden", 5}}));
}

TEST_P(Poolings, explain_what_does_not_fit) {
  const Pooling& pooling = GetParam();
  EXPECT_EQ(error_of([&] { pooling.op(Tensor({{"batch", 2}, {"feature", 3}}), {1, 1}); }),
            "ShapeError: " + std::string(pooling.name) +
                ": a padded batch has the axes seq and batch in front\n"
                "  expected  [batch, seq, feature]    or [seq, batch, feature]\n"
                "  got       [batch=2, feature=3]\n"
                "  why       the names of the axes tell steps from sequences\n"
                "  fix       one step a sequence: reshape(x, Shape{{\"batch\", 2}, {\"seq\", 1}, "
                "{\"feature\", 3}})");
  EXPECT_THAT(error_of([&] { pooling.op(Tensor({{"feature", 2}, {"batch", 2}, {"seq", 3}}), {1, 1}); }),
              testing::HasSubstr("a padded batch has the axes seq and batch in front"));
  EXPECT_THAT(error_of([&] { pooling.op(Tensor(kBatchFirst), {1, 2}); }),
              testing::HasSubstr("got 2 lengths for a batch of 3 sequences"));
  EXPECT_THAT(error_of([&] { pooling.op(Tensor(kBatchFirst), {1, 5, 2}); }),
              testing::HasSubstr("sequence 1 has length 5, but the batch has 4 steps"));
}

INSTANTIATE_TEST_SUITE_P(, Poolings, testing::ValuesIn(kPoolings),
                         [](const auto& each) { return each.param.name; });

TEST(PoolMax, gives_the_gradient_to_the_first_of_equals) {
  const Tensor x({{"seq", 4}, {"feature", 1}}, {1, 3, 3, 9});
  EXPECT_THAT(numbers(gradient_of([](const Variable& v) { return pool_max(v, {3}); }, x)),
              ElementsAre(0, 1, 0, 0));
}

TEST(PoolMax, keeps_a_nan_of_a_real_step) {
  EXPECT_TRUE(std::isnan(pool_max(Tensor({{"seq", 3}, {"feature", 1}}, {1, kNaN, 3}), {3}).item()));
}

RC_GTEST_PROP(Pooling, of_a_sequence_does_not_depend_on_its_batch, ()) {
  const int64_t batch = *rc::gen::inRange<int64_t>(1, 6), seq = *rc::gen::inRange<int64_t>(1, 8);
  const Lengths lengths =
      *rc::gen::container<Lengths>(static_cast<size_t>(batch), rc::gen::inRange<int64_t>(0, seq + 1));
  const Tensor x = random({{"batch", batch}, {"seq", seq}, {"feature", 3}}, *rc::gen::arbitrary<uint64_t>());
  const Pooling& pooling =
      *rc::gen::elementOf(std::vector<Pooling>(std::begin(kPoolings), std::end(kPoolings)));
  const Variable together = pooling.op(x, lengths);
  for (int64_t n = 0; n < batch; ++n) {
    const int64_t length = lengths[static_cast<size_t>(n)];
    const Variable alone = pooling.op(slice(select(x, "batch", n), "seq", {.stop = length}), {length});
    RC_ASSERT(numbers(alone) == numbers(select(together, "batch", n)));
  }
}

}  // namespace
}  // namespace runnel
