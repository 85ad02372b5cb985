#include "runnel/ops/reduce.h"

#include <cmath>
#include <limits>

#include "runnel/base/thread_pool.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

const Tensor kX({{"batch", 2}, {"seq", 3}}, {1, 5, 3, 4, 2, 6});

/// Lines of `size` numbers `stride` apart, each reduced by `reduce`.
template <class Reduce>
DoubleTwin along(size_t size, size_t stride, Reduce reduce) {
  return twin_of_one([=](const Doubles& x) {
    Doubles y;
    for (size_t i = 0; i < x.size() / size; ++i) {
      Doubles line;
      for (size_t k = 0; k < size; ++k)
        line.push_back(x[i / stride * stride * size + i % stride + k * stride]);
      y.push_back(reduce(line));
    }
    return y;
  });
}

double total(const Doubles& x) {
  double sum = 0;
  for (double value : x) sum += value;
  return sum;
}

TEST(Reduce, agrees_with_its_twin_along_every_axis) {
  const Tensor x = random({{"batch", 2}, {"seq", 3}, {"feature", 4}});
  const struct {
    const char* axis;
    size_t size, stride;
  } axes[] = {{"batch", 2, 12}, {"seq", 3, 4}, {"feature", 4, 1}};
  for (const auto& [text, size, stride] : axes) {
    const AxisName axis = text;
    const double n = static_cast<double>(size);
    expect_gradients(of_one([axis](const Variable& v) { return sum(v, axis); }), {x},
                     along(size, stride, total));
    expect_gradients(of_one([axis](const Variable& v) { return mean(v, axis); }), {x},
                     along(size, stride, [n](const Doubles& line) { return total(line) / n; }));
    expect_gradients(
        of_one([axis](const Variable& v) { return max(v, axis).values; }), {x},
        along(size, stride, [](const Doubles& line) { return *std::max_element(line.begin(), line.end()); }));
  }
}

TEST(Reduce, agrees_with_its_twin_over_everything) {
  const Tensor x = random({{"batch", 2}, {"seq", 3}});
  expect_gradients(of_one([](const Variable& v) { return sum(v); }), {x},
                   twin_of_one([](const Doubles& v) { return Doubles{total(v)}; }));
  expect_gradients(of_one([](const Variable& v) { return mean(v); }), {x},
                   twin_of_one([](const Doubles& v) { return Doubles{total(v) / 6}; }));
}

TEST(Reduce, takes_the_axis_away) {
  EXPECT_EQ(sum(kX, "seq").shape(), (Shape{{"batch", 2}}));
  EXPECT_THAT(numbers(sum(kX, "seq")), ElementsAre(9, 12));
  EXPECT_THAT(numbers(mean(kX, "batch")), ElementsAre(2.5, 3.5, 4.5));
  EXPECT_EQ(sum(kX).shape(), Shape());
  EXPECT_EQ(sum(kX).item(), 21);
  EXPECT_EQ(mean(kX).item(), 3.5);
}

TEST(Reduce, of_nothing_is_zero_or_nan) {
  const Tensor nothing({{"batch", 2}, {"seq", 0}});
  EXPECT_THAT(numbers(sum(nothing, "seq")), ElementsAre(0, 0));
  EXPECT_THAT(numbers(mean(nothing, "seq")), NumbersNear({kNaN, kNaN}));
  EXPECT_EQ(sum(nothing, "batch").value().count(), 0);
  EXPECT_EQ(sum(nothing).item(), 0);
  EXPECT_TRUE(std::isnan(mean(nothing).item()));
}

TEST(Reduce, sums_many_numbers_without_drifting) {
  const int64_t count = 3'000'000;  // in float, one after the other, the sum would be 0.1 % off
  const Tensor x = Tensor::full({{"feature", count}}, 0.1f);
  EXPECT_FLOAT_EQ(sum(x).item(), static_cast<float>(0.1f * static_cast<double>(count)));
  EXPECT_FLOAT_EQ(sum(x, "feature").item(), static_cast<float>(0.1f * static_cast<double>(count)));
}

TEST(Reduce, gives_the_same_bits_on_any_number_of_threads) {
  const Tensor x = random({{"seq", 700}, {"feature", 1000}});
  const auto on_threads = [&](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    std::vector<float> all = numbers(sum(x, "seq"));
    all.push_back(sum(x).item());
    all.push_back(sum(sum(x, "feature")).item());
    set_thread_count(before);
    return all;
  };
  EXPECT_EQ(on_threads(1), on_threads(4));
}

TEST(Max, says_where) {
  const Maximum along_seq = max(kX, "seq");
  EXPECT_THAT(numbers(along_seq.values), ElementsAre(5, 6));
  EXPECT_THAT(numbers(along_seq.indices), ElementsAre(1, 2));
  const Maximum along_batch = max(kX, "batch");
  EXPECT_THAT(numbers(along_batch.values), ElementsAre(4, 5, 6));
  EXPECT_THAT(numbers(along_batch.indices), ElementsAre(1, 0, 1));
  EXPECT_EQ(along_batch.indices.shape(), (Shape{{"seq", 3}}));
}

TEST(Max, takes_the_first_of_equals_and_keeps_nan) {
  const Maximum equal = max(Tensor({{"seq", 3}}, {1, 7, 7}), "seq");
  EXPECT_EQ(equal.indices.item(), 1);
  const Maximum nan = max(Tensor({{"seq", 4}}, {1, kNaN, 9, kNaN}), "seq");
  EXPECT_TRUE(std::isnan(nan.values.item()));
  EXPECT_EQ(nan.indices.item(), 1);
}

TEST(Max, explains_that_nothing_has_no_maximum) {
  EXPECT_EQ(error_of([] { max(Tensor({{"batch", 2}, {"seq", 0}}), "seq"); }),
            "ShapeError: max: axis seq has size 0, and nothing has no largest value\n"
            "  got  [batch=2, seq=0]\n"
            "  fix  leave out what is empty before; mean and sum of nothing are 0");
  EXPECT_THAT(error_of([] { max(kX, "hidden"); }),
              testing::StartsWith("ShapeError: there is no axis hidden; "));
}

}  // namespace
}  // namespace runnel
