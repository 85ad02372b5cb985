#include "runnel/train/metrics.h"

#include <gtest/gtest.h>

namespace runnel {
namespace {

/// Rows are the actual class, columns the predicted one.
ConfusionMatrix matrix(const std::vector<std::vector<int>>& counts) {
  ConfusionMatrix confusion(static_cast<int64_t>(counts.size()));
  for (size_t actual = 0; actual < counts.size(); ++actual) {
    for (size_t predicted = 0; predicted < counts.size(); ++predicted) {
      for (int i = 0; i < counts[actual][predicted]; ++i) {
        confusion.add(static_cast<int32_t>(actual), static_cast<int32_t>(predicted));
      }
    }
  }
  return confusion;
}

TEST(ConfusionMatrix, counts_what_was_taken_for_what) {
  const ConfusionMatrix confusion = matrix({{3, 1}, {0, 2}});
  EXPECT_EQ(confusion.classes(), 2);
  EXPECT_EQ(confusion.total(), 6);
  EXPECT_EQ(confusion.count(0, 1), 1);
  EXPECT_EQ(confusion.count(1, 0), 0);
}

TEST(ConfusionMatrix, gives_accuracy_as_the_right_ones_among_all) {
  EXPECT_DOUBLE_EQ(matrix({{3, 1}, {0, 2}}).accuracy(), 5.0 / 6);
  EXPECT_EQ(ConfusionMatrix(2).accuracy(), 0);
}

TEST(ConfusionMatrix, measures_each_class) {
  const ClassMetrics m = matrix({{3, 1, 0}, {2, 2, 0}, {1, 0, 4}}).of_class(0);
  EXPECT_EQ(m.support, 4);
  EXPECT_EQ(m.predicted, 6);
  EXPECT_DOUBLE_EQ(m.precision, 3.0 / 6);
  EXPECT_DOUBLE_EQ(m.recall, 3.0 / 4);
  EXPECT_DOUBLE_EQ(m.f1, 0.6);  // 2 · 1/2 · 3/4 / (1/2 + 3/4)
}

TEST(ConfusionMatrix, gives_zeros_for_a_class_that_never_occurs) {
  const ClassMetrics m = matrix({{3, 0}, {0, 0}}).of_class(1);
  EXPECT_EQ(m.precision, 0);
  EXPECT_EQ(m.recall, 0);
  EXPECT_EQ(m.f1, 0);
}

TEST(ConfusionMatrix, takes_the_mean_f1_of_the_classes_that_occur) {
  // F1: 6/10, 4/7, 8/9; the fourth class occurs nowhere.
  EXPECT_DOUBLE_EQ(matrix({{3, 1, 0, 0}, {2, 2, 0, 0}, {1, 0, 4, 0}, {0, 0, 0, 0}}).macro_f1(),
                   (6.0 / 10 + 4.0 / 7 + 8.0 / 9) / 3);
  // A class that was only predicted counts, with 0.
  EXPECT_DOUBLE_EQ(matrix({{1, 1}, {0, 0}}).macro_f1(), (2.0 / 3 + 0) / 2);
  EXPECT_EQ(ConfusionMatrix(3).macro_f1(), 0);
}

TEST(ConfusionMatrix, lists_the_most_frequent_mistakes_first) {
  const std::vector<Confusion> mistakes = matrix({{9, 1, 2}, {0, 9, 3}, {2, 0, 9}}).most_confused(3);
  ASSERT_EQ(mistakes.size(), 3u);
  EXPECT_EQ(mistakes[0].actual, 1);
  EXPECT_EQ(mistakes[0].predicted, 2);
  EXPECT_EQ(mistakes[0].count, 3);
  EXPECT_EQ(mistakes[1].actual, 0);  // of two equally frequent ones the lower label
  EXPECT_EQ(mistakes[1].predicted, 2);
  EXPECT_EQ(mistakes[2].actual, 2);
  EXPECT_EQ(mistakes[2].predicted, 0);
  EXPECT_TRUE(matrix({{9, 0}, {0, 9}}).most_confused(3).empty());
}

}  // namespace
}  // namespace runnel
