#pragma once

#include "runnel/data/dataset.h"
#include "runnel/model/text_classifier.h"

namespace runnel {

/// Texts of the words "a" and "b" and fillers: the label tells whether an "a" is in it.
inline TextDataset toy_dataset(int64_t size, uint64_t seed) {
  Generator generator(seed);
  TextDataset dataset{.examples = {}, .labels = {"no", "yes"}};
  for (int64_t n = 0; n < size; ++n) {
    TextExample example{.ids = {}, .label = static_cast<int32_t>(n % 2), .row = n};
    const int64_t length = 1 + generator.below(8);
    for (int64_t i = 0; i < length; ++i) example.ids.push_back(3 + static_cast<int32_t>(generator.below(4)));
    if (example.label == 1) example.ids[static_cast<size_t>(generator.below(length))] = 2;
    dataset.examples.push_back(std::move(example));
  }
  return dataset;
}

inline TextClassifier toy_model(
    const std::string& chain = "Embedding(6) -> Dropout(0.1) -> GRU(8) -> last -> Linear") {
  TextClassifier model;
  model.vocabulary = Vocabulary::from_tokens({"<pad>", "<unk>", "a", "b", "c", "d", "e"});
  model.labels = {"no", "yes"};
  Generator generator(1);
  model.make_network_from(chain, generator);
  return model;
}

}  // namespace runnel
