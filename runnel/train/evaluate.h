#pragma once

#include "runnel/data/dataset.h"
#include "runnel/model/text_classifier.h"
#include "runnel/train/metrics.h"

namespace runnel {

/// What a model does on examples that it is measured on.
struct Evaluation {
  double loss = 0;  ///< mean cross entropy, in nats
  ConfusionMatrix confusion{0};

  double accuracy() const { return confusion.accuracy(); }
  double macro_f1() const { return confusion.macro_f1(); }
};

/// Runs the model over all examples, dropout off. The labels of the dataset must be the model's.
Evaluation evaluate(TextClassifier& model, const TextDataset& dataset, int64_t batch_size = 256);

}  // namespace runnel
