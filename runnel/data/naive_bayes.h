#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runnel/data/dataset.h"

namespace runnel {

/// Multinomial naive Bayes on bags of words. For a text with words w (each as often as it occurs):
///
///     label    = argmax_c  ln P(c) + Σ_w ln P(w | c)
///     P(c)     = rows of c / rows
///     P(w | c) = (n(w, c) + alpha) / (n(c) + alpha · V)
///
/// n(w, c) counts w in the rows of c, n(c) all words there, V the different words of the training set. Words
/// that are not in the training set, and `<unk>`, are left out. Of equals, the first label wins.
/// Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 13.2.
class NaiveBayes {
 public:
  /// Throws  OptionError when there are no examples.
  explicit NaiveBayes(const TextDataset& train, double alpha = 1);
  int32_t predict(std::span<const int32_t> ids) const;

 private:
  size_t classes_ = 0;
  std::vector<double> log_prior_;       // [class]; −∞ for a label without rows
  std::vector<double> log_likelihood_;  // [vocab, class]
  std::vector<bool> known_;             // [vocab]: the word is in the training set
};

/// Always answering the most frequent label.
struct Majority {
  int32_t label = 0;    ///< the most frequent one of the training set; of equals the first
  double accuracy = 0;  ///< of always answering it
};
/// Fit to `train` and measured on `test`; labels must mean the same in both.
/// Throws  OptionError when one of them has no examples.
Majority measure_majority(const TextDataset& train, const TextDataset& test);

/// What a network must beat to have learned anything, measured on the same split.
struct Baselines {
  Majority majority;
  double naive_bayes_accuracy = 0;
};

/// Both fit to `train` and measured on `test`. Throws  OptionError as measure_majority does.
Baselines measure_baselines(const TextDataset& train, const TextDataset& test);

}  // namespace runnel
