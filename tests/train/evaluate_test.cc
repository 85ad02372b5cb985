#include "runnel/train/evaluate.h"

#include <cmath>
#include <gtest/gtest.h>

#include "tests/train/toy.h"

namespace runnel {
namespace {

TEST(Evaluate, agrees_with_the_models_predictions) {
  TextClassifier model = toy_model();
  model.network.module->eval();
  const TextDataset dataset = toy_dataset(31, 5);
  double loss = 0;
  int64_t right = 0;
  for (const TextExample& example : dataset.examples) {
    const Variable scores = model.scores({example.ids});
    const float no = scores.value().values()[0], yes = scores.value().values()[1];
    loss += std::log(std::exp(no) + std::exp(yes)) - (example.label == 1 ? yes : no);
    right += (yes > no) == (example.label == 1) ? 1 : 0;
  }
  const Evaluation evaluation = evaluate(model, dataset, /*batch_size=*/7);
  EXPECT_NEAR(evaluation.loss, loss / 31, 1e-5);
  EXPECT_DOUBLE_EQ(evaluation.accuracy(), static_cast<double>(right) / 31);
  EXPECT_EQ(evaluation.confusion.total(), 31);
}

TEST(Evaluate, does_not_depend_on_the_size_of_batches) {
  TextClassifier model = toy_model();
  const TextDataset dataset = toy_dataset(31, 5);
  EXPECT_NEAR(evaluate(model, dataset, 1).loss, evaluate(model, dataset, 256).loss, 1e-6);
}

TEST(Evaluate, leaves_the_mode_of_the_network_as_it_was) {
  TextClassifier model = toy_model();
  for (const bool training : {true, false}) {
    model.network.module->train(training);
    evaluate(model, toy_dataset(4, 5));
    EXPECT_EQ(model.network.module->training(), training);
  }
}

TEST(Evaluate, gives_zeros_for_no_examples) {
  TextClassifier model = toy_model();
  const Evaluation evaluation = evaluate(model, {.examples = {}, .labels = {"no", "yes"}});
  EXPECT_EQ(evaluation.loss, 0);
  EXPECT_EQ(evaluation.accuracy(), 0);
}

}  // namespace
}  // namespace runnel
