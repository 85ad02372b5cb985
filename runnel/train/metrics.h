#pragma once

#include <cstdint>
#include <vector>

namespace runnel {

/// How well one class is found.
struct ClassMetrics {
  int64_t support = 0;    ///< examples of this class
  int64_t predicted = 0;  ///< examples taken for this class
  double precision = 0;   ///< right among those predicted; 0 when none was
  double recall = 0;      ///< right among those of the class; 0 when there is none
  double f1 = 0;          ///< 2 · precision · recall / (precision + recall); 0 when both are 0
};

/// A pair of classes that are taken for each other.
struct Confusion {
  int32_t actual = 0;
  int32_t predicted = 0;
  int64_t count = 0;
};

/// How often each class was taken for each other one.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(int64_t classes);

  void add(int32_t actual, int32_t predicted);

  int64_t classes() const { return classes_; }
  int64_t count(int32_t actual, int32_t predicted) const;
  int64_t total() const { return total_; }
  /// Right answers among all; 0 when there are no examples.
  double accuracy() const;
  ClassMetrics of_class(int32_t label) const;
  /// The mean F1 of the classes that occur, in the data or in the predictions; 0 when none does.
  double macro_f1() const;
  /// The `most` most frequent mistakes; equally frequent ones in the order of the labels.
  std::vector<Confusion> most_confused(int64_t most) const;

 private:
  int64_t classes_;
  int64_t total_ = 0;
  std::vector<int64_t> counts_;  // [actual, predicted]
};

}  // namespace runnel
