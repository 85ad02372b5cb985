#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "runnel/base/thread_pool.h"
#include "runnel/ops/loss.h"
#include "runnel/ops/softmax.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

const Shape kLogits{{"batch", 4}, {"class", 3}};
const Ids kTarget({{"batch", 4}}, {2, 0, -100, 1});
const Tensor kWeight({{"class", 3}}, {0.5f, 2, 1.25f});

/// The equation of loss.h for rows of `classes` scores; log-probabilities when `nll`.
Doubles twin_losses(const Doubles& x, const std::vector<int32_t>& target, const CrossEntropyOptions& options,
                    bool nll = false) {
  const size_t classes = x.size() / target.size();
  const auto weight = [&](size_t c) {
    return options.weight.defined() ? double{options.weight.value().values()[c]} : 1.0;
  };
  Doubles losses;
  double divisor = 0, total = 0;
  for (size_t row = 0; row < target.size(); ++row) {
    losses.push_back(0);
    if (target[row] == options.ignore_index) continue;
    double sum = 0, smooth = 0;
    for (size_t c = 0; c < classes; ++c) sum += std::exp(x[row * classes + c]);
    const auto log_p = [&](size_t c) { return x[row * classes + c] - (nll ? 0 : std::log(sum)); };
    for (size_t c = 0; c < classes; ++c) smooth -= weight(c) * log_p(c);
    const size_t t = static_cast<size_t>(target[row]);
    losses[row] = (1 - options.label_smoothing) * -weight(t) * log_p(t) +
                  options.label_smoothing / static_cast<double>(classes) * smooth;
    divisor += weight(t);
    total += losses[row];
  }
  if (options.reduction == Reduction::none) return losses;
  return {options.reduction == Reduction::mean ? total / divisor : total};
}

TEST(CrossEntropy, agrees_with_its_twin_under_all_options) {
  for (const Reduction reduction : {Reduction::none, Reduction::mean, Reduction::sum}) {
    for (const double label_smoothing : {0.0, 0.3, 1.0}) {
      for (const Variable& weight : {Variable(), Variable(kWeight)}) {
        const CrossEntropyOptions options{
            .weight = weight, .reduction = reduction, .label_smoothing = label_smoothing};
        expect_gradients(of_one([options](const Variable& x) { return cross_entropy(x, kTarget, options); }),
                         {random(kLogits)}, twin_of_one([options](const Doubles& x) {
                           return twin_losses(x, numbers(kTarget), options);
                         }));
      }
    }
  }
}

TEST(CrossEntropy, takes_a_step_of_classes_for_every_step_of_a_sequence) {
  const Ids target({{"batch", 2}, {"seq", 3}}, {0, 1, 2, 1, -100, 0});
  const CrossEntropyOptions options{.reduction = Reduction::none};
  const auto loss = [=](const Variable& x) { return cross_entropy(x, target, options); };
  const Tensor logits = random({{"batch", 2}, {"seq", 3}, {"class", 4}});
  EXPECT_EQ(loss(logits).shape(), target.shape());
  expect_gradients(of_one(loss), {logits},
                   twin_of_one([=](const Doubles& x) { return twin_losses(x, numbers(target), options); }));
}

TEST(CrossEntropy, finds_the_classes_wherever_they_stand) {
  const Ids target({{"batch", 2}, {"seq", 3}}, {0, 1, 2, 1, 3, 0});
  const Tensor logits = random({{"batch", 2}, {"class", 4}, {"seq", 3}});
  const Tensor moved = logits.transpose({"batch", "seq", "class"});
  const auto loss = [&](const Variable& x) { return cross_entropy(x, target); };
  EXPECT_EQ(loss(logits).item(), loss(moved).item());
  EXPECT_EQ(numbers(gradient_of(loss, logits)),
            numbers(gradient_of(loss, moved).transpose({"batch", "class", "seq"})));
}

TEST(CrossEntropy, takes_the_last_axis_when_none_is_called_class) {
  const Tensor logits = random({{"batch", 4}, {"vocab", 3}});
  EXPECT_EQ(cross_entropy(logits, kTarget).item(),
            cross_entropy(logits.renamed("vocab", "class"), kTarget).item());
}

TEST(CrossEntropy, takes_one_row_without_a_batch) {
  const Variable loss =
      cross_entropy(Tensor({{"class", 2}}, {0, 0}), Ids({}, {1}), {.reduction = Reduction::none});
  EXPECT_EQ(loss.shape(), Shape());
  EXPECT_NEAR(loss.item(), std::log(2.0), 1e-7);
}

TEST(CrossEntropy, is_the_surprise_at_the_right_class) {
  const float ln = std::log(4.0f);
  const Tensor logits({{"batch", 2}, {"class", 3}}, {0, 0, std::log(2.0f), 1000, 0, -1000});
  const Ids target({{"batch", 2}}, {0, 2});
  EXPECT_THAT(numbers(cross_entropy(logits, target, {.reduction = Reduction::none})),
              NumbersNear({ln, 2000}));
}

TEST(CrossEntropy, with_no_place_that_counts_is_nan_with_gradient_zero) {
  const Ids target({{"batch", 2}}, {-100, -100});
  const Tensor logits = random({{"batch", 2}, {"class", 3}});
  EXPECT_TRUE(std::isnan(cross_entropy(logits, target).item()));
  EXPECT_EQ(cross_entropy(logits, target, {.reduction = Reduction::sum}).item(), 0);
  EXPECT_THAT(numbers(gradient_of([&](const Variable& x) { return cross_entropy(x, target); }, logits)),
              testing::Each(0));
}

TEST(CrossEntropy, ignores_the_number_that_it_is_told) {
  const Ids target({{"batch", 4}}, {2, 0, 0, 1});
  const Tensor logits = random(kLogits);
  const auto losses =
      numbers(cross_entropy(logits, target, {.ignore_index = 0, .reduction = Reduction::none}));
  EXPECT_EQ(losses[1], 0);
  EXPECT_EQ(losses[2], 0);
  EXPECT_FLOAT_EQ(cross_entropy(logits, target, {.ignore_index = 0}).item(), (losses[0] + losses[3]) / 2);
}

TEST(CrossEntropy, gives_the_same_bits_on_any_number_of_threads) {
  const Tensor logits = random({{"batch", 3000}, {"class", 60}});
  Ids target({{"batch", 3000}});
  Generator generator(5);
  for (int32_t& t : target.values()) t = static_cast<int32_t>(generator.below(60));
  const auto on_threads = [&](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    const auto loss = [&](const Variable& x) { return cross_entropy(x, target); };
    std::vector<float> all = numbers(gradient_of(loss, logits));
    all.push_back(loss(logits).item());
    set_thread_count(before);
    return all;
  };
  EXPECT_EQ(on_threads(1), on_threads(4));
}

TEST(CrossEntropy, names_a_class_that_is_none) {
  EXPECT_EQ(error_of([] { cross_entropy(Tensor(kLogits), Ids({{"batch", 4}}, {0, 1, 3, 9})); }),
            "ShapeError: cross_entropy: class 3 at [batch=2] of the target is not among the 3 classes\n"
            "  why  axis class of the logits has a score for each of the classes 0 … 2\n"
            "  fix  number the classes from 0; places that do not count get ignore_index");
  EXPECT_EQ(error_of([] { cross_entropy(Tensor({{"class", 3}}), Ids({}, {-1})); }),
            "ShapeError: cross_entropy: class -1 of the target is not among the 3 classes\n"
            "  why  axis class of the logits has a score for each of the classes 0 … 2\n"
            "  fix  number the classes from 0; places that do not count get ignore_index");
}

TEST(CrossEntropy, explains_a_target_of_another_shape) {
  EXPECT_EQ(error_of([] {
              cross_entropy(Tensor({{"batch", 3}, {"seq", 5}, {"class", 7}}),
                            Ids({{"batch", 3}, {"seq", 7}}));
            }),
            "ShapeError: cross_entropy: the target has one class for each place of the logits\n"
            "  expected  [batch=3, seq=5]    the logits [batch=3, seq=5, class=7] without class\n"
            "  got       [batch=3, seq=7]    the target\n"
            "  why       the classes lie along axis class\n"
            "  fix       Ids target(Shape{{\"batch\", 3}, {\"seq\", 5}}, …)");
  EXPECT_EQ(error_of([] { cross_entropy(Tensor({{"batch", 3}, {"vocab", 7}}), Ids({{"vocab", 7}})); }),
            "ShapeError: cross_entropy: the target has one class for each place of the logits\n"
            "  expected  [batch=3]    the logits [batch=3, vocab=7] without vocab\n"
            "  got       [vocab=7]    the target\n"
            "  why       the classes lie along axis vocab, the last one, as none is called class\n"
            "  fix       Ids target(Shape{{\"batch\", 3}}, …)");
}

TEST(CrossEntropy, explains_options_that_cannot_be) {
  const Tensor logits(kLogits);
  EXPECT_EQ(error_of([&] { cross_entropy(logits, kTarget, {.label_smoothing = 2}); }),
            "OptionError: cross_entropy: label_smoothing is 2, expected 0 … 1");
  EXPECT_THAT(error_of([&] { cross_entropy(logits, kTarget, {.weight = Tensor({{"class", 4}})}); }),
              testing::StartsWith("ShapeError: weight of cross_entropy: "));
  EXPECT_EQ(error_of([] { cross_entropy(Tensor({}, {1}), Ids({}, {0})); }),
            "ShapeError: cross_entropy: the logits have no axis of classes\n"
            "  expected  [batch, class]\n"
            "  got       []\n"
            "  why       it compares a score for each class with the class that is right");
}

RC_GTEST_PROP(CrossEntropy, is_nll_loss_of_log_softmax, ()) {
  const Tensor logits = random(kLogits, *rc::gen::arbitrary<uint64_t>(), -10, 10);
  const float fused = cross_entropy(logits, kTarget, {.weight = kWeight}).item();
  const float in_steps = nll_loss(log_softmax(logits, "class"), kTarget, {.weight = kWeight}).item();
  RC_ASSERT(std::abs(fused - in_steps) <= 1e-6f * (1 + std::abs(fused)));
}

TEST(NLLLoss, agrees_with_its_twin_under_all_options) {
  for (const Reduction reduction : {Reduction::none, Reduction::mean, Reduction::sum}) {
    for (const Variable& weight : {Variable(), Variable(kWeight)}) {
      expect_gradients(of_one([=](const Variable& x) {
                         return nll_loss(x, kTarget, {.weight = weight, .reduction = reduction});
                       }),
                       {random(kLogits)}, twin_of_one([=](const Doubles& x) {
                         return twin_losses(x, numbers(kTarget), {.weight = weight, .reduction = reduction},
                                            true);
                       }));
    }
  }
}

TEST(NLLLoss, names_a_class_that_is_none) {
  EXPECT_THAT(
      error_of([] { nll_loss(Tensor(kLogits), Ids({{"batch", 4}}, {0, 1, 2, 3})); }),
      testing::StartsWith("ShapeError: nll_loss: class 3 at [batch=3] of the target is not among the 3 "
                          "classes\n"));
}

}  // namespace
}  // namespace runnel
