#include "runnel/train/metrics.h"

#include <algorithm>
#include <cassert>

namespace runnel {
namespace {

double ratio(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(int64_t classes)
    : classes_(classes), counts_(static_cast<size_t>(classes * classes), 0) {}

void ConfusionMatrix::add(int32_t actual, int32_t predicted) {
  assert(actual >= 0 && actual < classes_ && predicted >= 0 && predicted < classes_);
  ++counts_[static_cast<size_t>(actual * classes_ + predicted)];
  ++total_;
}

int64_t ConfusionMatrix::count(int32_t actual, int32_t predicted) const {
  return counts_[static_cast<size_t>(actual * classes_ + predicted)];
}

double ConfusionMatrix::accuracy() const {
  int64_t right = 0;
  for (int32_t label = 0; label < classes_; ++label) right += count(label, label);
  return ratio(right, total_);
}

ClassMetrics ConfusionMatrix::of_class(int32_t label) const {
  ClassMetrics metrics;
  for (int32_t other = 0; other < classes_; ++other) {
    metrics.support += count(label, other);
    metrics.predicted += count(other, label);
  }
  const int64_t right = count(label, label);
  metrics.precision = ratio(right, metrics.predicted);
  metrics.recall = ratio(right, metrics.support);
  metrics.f1 = ratio(2 * right, metrics.support + metrics.predicted);
  return metrics;
}

double ConfusionMatrix::macro_f1() const {
  double sum = 0;
  int64_t occurring = 0;
  for (int32_t label = 0; label < classes_; ++label) {
    const ClassMetrics metrics = of_class(label);
    if (metrics.support + metrics.predicted == 0) continue;
    sum += metrics.f1;
    ++occurring;
  }
  return occurring == 0 ? 0.0 : sum / static_cast<double>(occurring);
}

std::vector<Confusion> ConfusionMatrix::most_confused(int64_t most) const {
  std::vector<Confusion> mistakes;
  for (int32_t actual = 0; actual < classes_; ++actual) {
    for (int32_t predicted = 0; predicted < classes_; ++predicted) {
      const int64_t times = count(actual, predicted);
      if (actual != predicted && times > 0) mistakes.push_back({actual, predicted, times});
    }
  }
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  if (static_cast<int64_t>(mistakes.size()) > most) mistakes.resize(static_cast<size_t>(most));
  return mistakes;
}

}  // namespace runnel
