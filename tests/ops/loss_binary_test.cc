#include <cmath>
#include <limits>

#include "runnel/ops/loss.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;

const Shape kShape{{"batch", 3}, {"class", 2}};
const Tensor kTarget(kShape, {0, 1, 1, 0.25f, 0, 1});

TEST(BinaryCrossEntropyWithLogits, agrees_with_its_twin_under_all_options) {
  const Tensor weight({{"batch", 3}}, {1, 0.5f, 2}), pos_weight({{"class", 2}}, {3, 0.25f});
  for (const Reduction reduction : {Reduction::none, Reduction::mean, Reduction::sum}) {
    for (const bool weighted : {false, true}) {
      BCEWithLogitsOptions options{.reduction = reduction};
      if (weighted) {
        options.weight = weight;
        options.pos_weight = pos_weight;
      }
      expect_gradients(
          of_one([=](const Variable& x) { return binary_cross_entropy_with_logits(x, kTarget, options); }),
          {random(kShape)}, twin_of_one([=](const Doubles& x) {
            Doubles losses;
            double total = 0;
            for (size_t i = 0; i < x.size(); ++i) {
              const double y = kTarget.values()[i], p = 1 / (1 + std::exp(-x[i]));
              const double w = weighted ? weight.values()[i / 2] : 1,
                           pos = weighted ? pos_weight.values()[i % 2] : 1;
              losses.push_back(-w * (pos * y * std::log(p) + (1 - y) * std::log(1 - p)));
              total += losses.back();
            }
            if (reduction == Reduction::none) return losses;
            return Doubles{reduction == Reduction::mean ? total / 6 : total};
          }));
    }
  }
}

TEST(BinaryCrossEntropyWithLogits, holds_at_the_ends) {
  const Tensor x({{"feature", 4}}, {1000, -1000, 1000, -1000}), y({{"feature", 4}}, {1, 0, 0, 1});
  const auto loss = [&](const Variable& v) {
    return binary_cross_entropy_with_logits(v, y, {.reduction = Reduction::none});
  };
  EXPECT_THAT(numbers(loss(x)), testing::ElementsAre(0, 0, 1000, 1000));
  EXPECT_THAT(numbers(gradient_of(loss, x)), testing::ElementsAre(0, 0, 1, -1));
}

TEST(BinaryCrossEntropyWithLogits, explains_what_does_not_fit) {
  const Tensor x(kShape);
  EXPECT_THAT(error_of([&] { binary_cross_entropy_with_logits(x, Tensor({{"batch", 3}})); }),
              testing::StartsWith("ShapeError: binary_cross_entropy_with_logits: "));
  EXPECT_THAT(
      error_of([&] { binary_cross_entropy_with_logits(x, kTarget, {.weight = Tensor({{"class", 3}})}); }),
      testing::StartsWith(
          "ShapeError: weight of binary_cross_entropy_with_logits: axis class has size 2 in one "
          "operand and 3 in the other\n"));
  EXPECT_EQ(error_of([&] {
              binary_cross_entropy_with_logits(
                  x, kTarget, {.pos_weight = Tensor({{"batch", 3}, {"class", 2}, {"seq", 1}})});
            }),
            "ShapeError: pos_weight of binary_cross_entropy_with_logits: it has more axes than the logits\n"
            "  expected  [batch=3, class=2]           the logits; some of these axes\n"
            "  got       [batch=3, class=2, seq=1]\n"
            "  why       a weight is for axes of the logits, such as one for each class");
}

}  // namespace
}  // namespace runnel
