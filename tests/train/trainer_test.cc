#include "runnel/train/trainer.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "runnel/base/thread_pool.h"

#include "tests/text/error_text.h"
#include "tests/train/toy.h"

namespace runnel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Writes down what happens; ends the training after `most_steps` steps.
class Recorder : public TrainListener {
 public:
  explicit Recorder(int64_t most_steps = std::numeric_limits<int64_t>::max()) : most_steps_(most_steps) {}
  bool on_step(const TrainProgress& progress) override {
    steps.push_back(progress);
    return static_cast<int64_t>(steps.size()) < most_steps_;
  }
  void on_epoch(const EpochResult& result) override { epochs.push_back(result); }

  std::vector<TrainProgress> steps;
  std::vector<EpochResult> epochs;

 private:
  int64_t most_steps_;
};

TrainResult train_toy(TextClassifier& model, const TrainOptions& options, TrainListener& listener) {
  return train(model, toy_dataset(200, 1), toy_dataset(60, 2), options, listener);
}

/// The bytes of a model that was trained on so many threads.
std::string trained_on(int threads) {
  const int before = thread_count();
  set_thread_count(threads);
  TextClassifier model =
      toy_model("Embedding(40) -> Dropout(0.2) -> LSTM(48, bidirectional=True) -> max -> Linear");
  TrainListener listener;
  train_toy(model, {.epochs = 2, .batch_size = 32, .seed = 4}, listener);
  set_thread_count(before);
  return model.to_bytes();
}

TEST(Train, learns_a_toy_data_set) {
  TextClassifier model = toy_model();
  Recorder recorder;
  const TrainResult result = train_toy(model, {.epochs = 15, .batch_size = 20, .lr = 2e-2}, recorder);
  EXPECT_EQ(evaluate(model, toy_dataset(100, 3)).accuracy(), 1);
  EXPECT_LT(recorder.epochs.back().train_loss, recorder.epochs.front().train_loss / 5);
  EXPECT_FALSE(result.interrupted);
}

TEST(Train, learns_with_a_sparse_embedding) {
  TextClassifier model = toy_model("Embedding(6, sparse=True) -> GRU(8) -> last -> Linear");
  Recorder recorder;
  train_toy(model, {.epochs = 15, .batch_size = 20, .lr = 2e-2}, recorder);
  EXPECT_EQ(evaluate(model, toy_dataset(100, 3)).accuracy(), 1);
}

TEST(Train, refuses_weight_decay_with_a_sparse_embedding) {
  TextClassifier model = toy_model("Embedding(6, sparse=True) -> GRU(8) -> last -> Linear");
  Recorder recorder;
  try {
    train_toy(model, {.weight_decay = 0.1}, recorder);
    FAIL() << "no error";
  } catch (const OptionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("weight_decay is 0.1, but the network's Embedding has sparse=True"));
  }
}

TEST(Train, tells_its_listener_of_every_step_and_epoch) {
  TextClassifier model = toy_model();
  Recorder recorder;
  const TrainResult result = train_toy(model, {.epochs = 2, .batch_size = 64}, recorder);
  ASSERT_EQ(recorder.steps.size(), 8u);  // ⌈200 / 64⌉ steps an epoch
  EXPECT_EQ(recorder.steps[3].sequences, 200);
  EXPECT_EQ(recorder.steps[3].of, 200);
  EXPECT_EQ(recorder.steps[4].epoch, 2);
  EXPECT_EQ(recorder.steps[4].epochs, 2);
  ASSERT_EQ(recorder.epochs.size(), 2u);
  EXPECT_EQ(result.epochs.size(), 2u);
  EXPECT_EQ(recorder.epochs[1].epoch, 2);
  EXPECT_DOUBLE_EQ(recorder.epochs[0].train_loss, recorder.steps[3].loss);
  EXPECT_EQ(recorder.epochs[0].dev.confusion.total(), 60);
}

TEST(Train, gives_the_same_weights_for_any_number_of_threads) { EXPECT_EQ(trained_on(1), trained_on(2)); }

TEST(Train, gives_other_weights_for_another_seed) {
  std::string bytes[2];
  for (uint64_t seed : {0, 1}) {
    TextClassifier model = toy_model();
    TrainListener listener;
    train_toy(model, {.epochs = 1, .seed = seed}, listener);
    bytes[seed] = model.to_bytes();
  }
  EXPECT_NE(bytes[0], bytes[1]);
}

TEST(Train, stops_when_nothing_gets_better_and_keeps_the_best_weights) {
  TextClassifier model = toy_model();
  Recorder recorder;
  // The dev set contradicts the training set, so that learning makes it worse.
  TextDataset dev = toy_dataset(60, 2);
  for (TextExample& example : dev.examples) example.label = 1 - example.label;
  const TrainResult result = train(model, toy_dataset(200, 1), dev,
                                   {.epochs = 30, .batch_size = 20, .lr = 2e-2, .patience = 2}, recorder);
  EXPECT_TRUE(result.stopped_early);
  EXPECT_EQ(static_cast<int64_t>(result.epochs.size()), result.best_epoch + 2);
  const EpochResult& best = result.epochs[static_cast<size_t>(result.best_epoch - 1)];
  EXPECT_TRUE(best.best);
  for (const EpochResult& epoch : result.epochs) EXPECT_GE(epoch.dev.loss, best.dev.loss);
  EXPECT_DOUBLE_EQ(evaluate(model, dev).loss, best.dev.loss);
}

TEST(Train, ends_at_once_when_its_listener_says_so) {
  TextClassifier model = toy_model();
  Recorder in_first_epoch(3);
  const TrainResult first = train_toy(model, {.epochs = 5, .batch_size = 20}, in_first_epoch);
  EXPECT_TRUE(first.interrupted);
  EXPECT_EQ(first.best_epoch, 0);
  EXPECT_EQ(in_first_epoch.steps.size(), 3u);
  EXPECT_NE(model.to_bytes(), toy_model().to_bytes());  // the weights of that moment

  Recorder in_second_epoch(13);
  const TrainResult second = train_toy(model, {.epochs = 5, .batch_size = 20}, in_second_epoch);
  EXPECT_TRUE(second.interrupted);
  EXPECT_EQ(second.best_epoch, 1);
  EXPECT_DOUBLE_EQ(evaluate(model, toy_dataset(60, 2)).loss, second.epochs[0].dev.loss);
}

TEST(Train, names_the_parameter_that_is_not_finite) {
  TextClassifier model = toy_model();
  Variable weight = model.network.module->named_parameters()[1].variable;
  weight.mutable_value().data()[7] = std::nanf("");
  TrainListener listener;
  EXPECT_EQ(error_of([&] { train_toy(model, {}, listener); }),
            "NumericError training: the loss is nan in epoch 1, step 1\n"
            "  first  parameter 2.weight_ih_l0: nan at [gate·hidden=1, feature=1]\n"
            "  why    a step went too far: numbers grew past 3.4e38, where float32 ends\n"
            "  fix    lr 0.0002 in place of 0.002, or clip_norm 0.5 in place of 5");
}

TEST(Train, names_the_moment_when_the_learning_rate_is_far_too_large) {
  TextClassifier model = toy_model();
  TrainListener listener;
  const std::string error =
      error_of([&] { train_toy(model, {.epochs = 3, .batch_size = 20, .lr = 1e38}, listener); });
  EXPECT_EQ(error,
            "NumericError training: the loss is nan in epoch 1, step 2\n"
            "  first  parameter 0.weight: nan at [vocab=0, feature=0]\n"
            "  why    a step went too far: numbers grew past 3.4e38, where float32 ends\n"
            "  fix    lr 0.001 in place of 1e+38, or clip_norm 0.5 in place of 5");
}

TEST(Train, names_the_layer_whose_output_is_not_finite) {
  TextClassifier model = toy_model("Embedding(6) -> max -> Linear");
  std::vector<Variable> parameters = model.network.module->parameters();
  parameters[0].mutable_value().fill(3e38F);
  parameters[1].mutable_value().fill(2);
  TrainListener listener;
  const std::string error = error_of([&] { train_toy(model, {}, listener); });
  EXPECT_THAT(error,
              HasSubstr("in epoch 1, step 1\n  first  layer 2, Linear(6, 2): inf at [batch=0, class=0]\n"));
}

TEST(Train, refuses_to_end_an_epoch_with_weights_that_give_no_finite_dev_loss) {
  TextClassifier model = toy_model();
  TrainListener listener;
  EXPECT_EQ(error_of([&] { train_toy(model, {.epochs = 1, .batch_size = 200, .lr = 1e38}, listener); }),
            "NumericError training: the dev loss is nan after epoch 1, step 1\n"
            "  why  the last steps made the weights too large\n"
            "  fix  lr 0.001 in place of 1e+38, or clip_norm 0.5 in place of 5");
}

TEST(Train, ends_when_the_loss_is_finite_but_beyond_what_scores_can_tell) {
  TextClassifier model = toy_model();
  TrainListener listener;
  const std::string error =
      error_of([&] { train_toy(model, {.epochs = 3, .batch_size = 20, .lr = 1e10}, listener); });
  EXPECT_THAT(error, StartsWith("NumericError training: the loss is "));
  EXPECT_THAT(error,
              HasSubstr(" in epoch 1, step 2\n"
                        "  why  the weights are so large that the scores no longer tell probabilities\n"
                        "  fix  lr 0.001 in place of 1e+10, or clip_norm 0.5 in place of 5"));
}

TEST(Train, refuses_to_end_an_epoch_with_a_dev_loss_beyond_what_scores_can_tell) {
  TextClassifier model = toy_model();
  TrainListener listener;
  const TextDataset train_set = toy_dataset(200, 1);
  TextDataset dev =
      train_set;  // one huge step finds the right side of every text; the dev set wants the other
  for (TextExample& example : dev.examples) example.label = 1 - example.label;
  const TrainOptions options{.epochs = 1, .batch_size = 200, .lr = 1e10};
  EXPECT_THAT(
      error_of([&] { train(model, train_set, dev, options, listener); }),
      testing::MatchesRegex("NumericError training: the dev loss is [0-9.]+e.[0-9]+ after epoch 1, step 1\n"
                            "  why  the last steps made the weights too large\n"
                            "  fix  lr 0.001 in place of 1e.10, or clip_norm 0.5 in place of 5"));
}

TEST(Train, needs_examples_to_train_and_to_measure_on) {
  TextClassifier model = toy_model();
  TrainListener listener;
  const TextDataset some = toy_dataset(4, 1), none{.examples = {}, .labels = some.labels};
  EXPECT_EQ(error_of([&] { train(model, none, some, {}, listener); }),
            "OptionError training: the training set has no examples\n"
            "  why  the weights are moved by what the examples show");
  EXPECT_EQ(error_of([&] { train(model, some, none, {}, listener); }),
            "OptionError training: the dev set has no examples\n"
            "  why  the weights that are kept are those that do best on it");
}

TEST(Train, refuses_options_that_cannot_be) {
  TextClassifier model = toy_model();
  TrainListener listener;
  const auto error_for = [&](const TrainOptions& options) {
    return error_of([&] { train_toy(model, options, listener); });
  };
  EXPECT_EQ(error_for({.epochs = 0}), "OptionError training: epochs is 0, expected 1 or more");
  EXPECT_EQ(error_for({.batch_size = 0}), "OptionError training: batch_size is 0, expected 1 or more");
  EXPECT_EQ(error_for({.clip_norm = std::nan("")}),
            "OptionError training: clip_norm is nan, expected 0 or more");
  EXPECT_EQ(error_for({.patience = -1}), "OptionError training: patience is -1, expected 0 or more");
  EXPECT_EQ(error_for({.lr = -1}), "OptionError training: lr is -1, expected more than 0");
  EXPECT_EQ(error_for({.lr = 0}), "OptionError training: lr is 0, expected more than 0");
  EXPECT_EQ(error_for({.lr = std::nan("")}), "OptionError training: lr is nan, expected more than 0");
  EXPECT_EQ(error_for({.weight_decay = -1}), "OptionError training: weight_decay is -1, expected 0 or more");
}

}  // namespace
}  // namespace runnel
