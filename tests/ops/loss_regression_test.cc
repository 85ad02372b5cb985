#include <cmath>
#include <limits>

#include "runnel/ops/loss.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

const Shape kShape{{"batch", 2}, {"feature", 3}};
const Tensor kTarget(kShape, {0, 0.5f, -1, 2, -0.25f, 1});

/// The loss of one difference, reduced over all.
template <class OfDifference>
DoubleTwin twin(Reduction reduction, OfDifference of_difference) {
  return twin_of_one([=](const Doubles& x) {
    Doubles losses;
    double total = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      losses.push_back(of_difference(x[i] - kTarget.values()[i]));
      total += losses.back();
    }
    if (reduction == Reduction::none) return losses;
    return Doubles{reduction == Reduction::mean ? total / static_cast<double>(x.size()) : total};
  });
}

TEST(RegressionLosses, agree_with_their_twins) {
  const std::vector<Tensor> x{random(kShape)};
  for (const Reduction reduction : {Reduction::none, Reduction::mean, Reduction::sum}) {
    expect_gradients(of_one([=](const Variable& v) { return mse_loss(v, kTarget, reduction); }), x,
                     twin(reduction, [](double d) { return d * d; }));
    expect_gradients(of_one([=](const Variable& v) { return l1_loss(v, kTarget, reduction); }), x,
                     twin(reduction, [](double d) { return std::abs(d); }));
    for (const double delta : {0.1, 1.0, 10.0}) {
      expect_gradients(of_one([=](const Variable& v) {
                         return huber_loss(v, kTarget, {.delta = delta, .reduction = reduction});
                       }),
                       x, twin(reduction, [delta](double d) {
                         return std::abs(d) <= delta ? d * d / 2 : delta * (std::abs(d) - delta / 2);
                       }));
    }
  }
}

TEST(L1Loss, has_gradient_zero_where_nothing_is_wrong) {
  const auto loss = [](const Variable& x) { return l1_loss(x, kTarget, Reduction::sum); };
  EXPECT_THAT(numbers(gradient_of(loss, Tensor(kShape, {0, 1, -1, 1, -1, 1}))),
              ElementsAre(0, 1, 0, -1, -1, 0));
}

TEST(RegressionLosses, of_nothing_are_nan) {
  const Tensor nothing({{"batch", 0}});
  EXPECT_TRUE(std::isnan(mse_loss(nothing, nothing).item()));
  EXPECT_EQ(mse_loss(nothing, nothing, Reduction::sum).item(), 0);
}

TEST(RegressionLosses, keep_a_nan) {
  const Tensor nan({{"feature", 1}}, {std::numeric_limits<float>::quiet_NaN()}), zero({{"feature", 1}});
  EXPECT_TRUE(std::isnan(mse_loss(nan, zero).item()));
  EXPECT_TRUE(std::isnan(l1_loss(nan, zero).item()));
  EXPECT_TRUE(std::isnan(huber_loss(nan, zero).item()));
}

TEST(RegressionLosses, want_one_shape) {
  const Tensor column({{"batch", 2}, {"feature", 1}}), row({{"batch", 2}});
  EXPECT_THAT(error_of([&] { mse_loss(column, row); }), testing::StartsWith("ShapeError: mse_loss: "));
  EXPECT_THAT(error_of([&] { l1_loss(column, row); }), testing::StartsWith("ShapeError: l1_loss: "));
  EXPECT_THAT(error_of([&] { huber_loss(column, row); }), testing::StartsWith("ShapeError: huber_loss: "));
}

TEST(HuberLoss, wants_a_positive_delta) {
  EXPECT_EQ(error_of([] { huber_loss(Tensor(kShape), kTarget, {.delta = 0}); }),
            "OptionError: huber_loss: delta is 0, expected more than 0");
}

}  // namespace
}  // namespace runnel
