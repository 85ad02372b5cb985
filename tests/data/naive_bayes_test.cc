#include "runnel/data/naive_bayes.h"

#include <cmath>
#include <gtest/gtest.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

TextDataset labelled(std::vector<std::pair<std::vector<int32_t>, int32_t>> examples, size_t classes = 2) {
  TextDataset dataset{.examples = {}, .labels = {}};
  for (size_t c = 0; c < classes; ++c) dataset.labels.push_back(std::string(1, static_cast<char>('a' + c)));
  for (auto& [ids, label] : examples) dataset.examples.push_back({.ids = ids, .label = label, .row = 0});
  return dataset;
}

// Manning, Raghavan and Schütze, Introduction to Information Retrieval, example 13.1:
// 2 Chinese, 3 Beijing, 4 Shanghai, 5 Macao, 6 Tokyo, 7 Japan; label 1 is "China".
TextDataset china() { return labelled({{{2, 3, 2}, 1}, {{2, 2, 4}, 1}, {{2, 5}, 1}, {{6, 7, 2}, 0}}); }

TEST(NaiveBayes, agrees_with_the_textbook) {
  const NaiveBayes model(china());
  // P(China | d5) ∝ 3/4 · (3/7)³ · 1/14 · 1/14 ≈ 0.0003, P(not China | d5) ∝ 1/4 · (2/9)³ · 2/9 · 2/9 ≈
  // 0.0001
  EXPECT_EQ(model.predict(std::vector<int32_t>{2, 2, 2, 6, 7}), 1);
  EXPECT_EQ(model.predict(std::vector<int32_t>{2, 6, 7}), 0);  // 3/4·3/7·(1/14)² < 1/4·(2/9)³
  EXPECT_EQ(model.predict(std::vector<int32_t>{}), 1);         // the prior alone
}

TEST(NaiveBayes, leaves_out_words_that_training_did_not_have) {
  const NaiveBayes model(labelled({{{1, 1, 1, 2}, 0}, {{3}, 1}, {{3, 5}, 1}}));
  EXPECT_EQ(model.predict(std::vector<int32_t>{1, 1, 1, 1}), 1);
  EXPECT_EQ(model.predict(std::vector<int32_t>{4, 99, 0}), 1);
  EXPECT_EQ(model.predict(std::vector<int32_t>{2, 4}), 0);
}

TEST(NaiveBayes, never_answers_a_label_without_rows) {
  const NaiveBayes model(labelled({{{2}, 1}, {{3}, 2}}, 4));
  EXPECT_EQ(model.predict(std::vector<int32_t>{2}), 1);
  EXPECT_EQ(model.predict(std::vector<int32_t>{3}), 2);
  EXPECT_EQ(model.predict(std::vector<int32_t>{4}), 1);  // of equals the first
}

TEST(Baselines, are_measured_on_the_test_set) {
  const TextDataset test = labelled({{{2, 2}, 1}, {{6, 7}, 0}, {{3}, 0}, {{7}, 0}});
  const Baselines baselines = measure_baselines(china(), test);
  EXPECT_EQ(baselines.majority.label, 1);
  EXPECT_DOUBLE_EQ(baselines.majority.accuracy, 0.25);
  EXPECT_DOUBLE_EQ(baselines.naive_bayes_accuracy, 0.75);  // {3} occurs with label 1 only
}

TEST(Baselines, need_examples) {
  EXPECT_EQ(error_of([] { measure_baselines(labelled({}), china()); }),
            "OptionError baselines: there are no examples");
  EXPECT_EQ(error_of([] { measure_baselines(china(), labelled({})); }),
            "OptionError baselines: there are no examples");
}

}  // namespace
}  // namespace runnel
