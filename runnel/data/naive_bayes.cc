#include "runnel/data/naive_bayes.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "runnel/data/data_errors.h"

namespace runnel {
namespace {

std::vector<int64_t> rows_per_class(const TextDataset& dataset) {
  std::vector<int64_t> rows(dataset.labels.size());
  for (const TextExample& example : dataset.examples) ++rows.at(static_cast<size_t>(example.label));
  return rows;
}

bool is_word(int32_t id) { return id > Vocabulary::kUnk; }

}  // namespace

NaiveBayes::NaiveBayes(const TextDataset& train, double alpha) : classes_(train.labels.size()) {
  if (train.examples.empty()) throw errors::no_examples("naive Bayes");
  int32_t most = Vocabulary::kUnk;
  for (const TextExample& example : train.examples) {
    for (int32_t id : example.ids) most = std::max(most, id);
  }
  const size_t vocab = static_cast<size_t>(most) + 1;
  log_likelihood_.resize(vocab * classes_);  // first the counts n(w, c)
  known_.resize(vocab);
  std::vector<double> words_of_class(classes_);
  for (const TextExample& example : train.examples) {
    const size_t label = static_cast<size_t>(example.label);
    for (int32_t id : example.ids) {
      if (!is_word(id)) continue;
      log_likelihood_[static_cast<size_t>(id) * classes_ + label] += 1;
      words_of_class[label] += 1;
      known_[static_cast<size_t>(id)] = true;
    }
  }
  const double different = static_cast<double>(std::count(known_.begin(), known_.end(), true));
  for (size_t word = 0; word < vocab; ++word) {
    for (size_t c = 0; c < classes_; ++c) {
      double& entry = log_likelihood_[word * classes_ + c];
      entry = std::log((entry + alpha) / (words_of_class[c] + alpha * different));
    }
  }
  for (int64_t rows : rows_per_class(train)) {
    log_prior_.push_back(std::log(static_cast<double>(rows) / static_cast<double>(train.size())));
  }
}

int32_t NaiveBayes::predict(std::span<const int32_t> ids) const {
  std::vector<double> score = log_prior_;
  for (int32_t id : ids) {
    const size_t word = static_cast<size_t>(id);
    if (!is_word(id) || word >= known_.size() || !known_[word]) continue;
    for (size_t c = 0; c < classes_; ++c) score[c] += log_likelihood_[word * classes_ + c];
  }
  return static_cast<int32_t>(std::max_element(score.begin(), score.end()) - score.begin());
}

Majority measure_majority(const TextDataset& train, const TextDataset& test) {
  if (train.examples.empty() || test.examples.empty()) throw errors::no_examples("baselines");
  assert(train.labels == test.labels);
  const std::vector<int64_t> rows = rows_per_class(train);
  const auto label = static_cast<int32_t>(std::max_element(rows.begin(), rows.end()) - rows.begin());
  const int64_t right = rows_per_class(test)[static_cast<size_t>(label)];
  return {label, static_cast<double>(right) / static_cast<double>(test.size())};
}

Baselines measure_baselines(const TextDataset& train, const TextDataset& test) {
  Baselines result{.majority = measure_majority(train, test)};
  const NaiveBayes naive_bayes(train);
  int64_t right = 0;
  for (const TextExample& example : test.examples) right += example.label == naive_bayes.predict(example.ids);
  result.naive_bayes_accuracy = static_cast<double>(right) / static_cast<double>(test.size());
  return result;
}

}  // namespace runnel
