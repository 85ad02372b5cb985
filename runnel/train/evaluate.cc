#include "runnel/train/evaluate.h"

#include <algorithm>

#include "runnel/data/batches.h"
#include "runnel/ops/loss.h"
#include "runnel/tensor/axes.h"

namespace runnel {

Evaluation evaluate(TextClassifier& model, const TextDataset& dataset, int64_t batch_size) {
  Evaluation evaluation{.confusion = ConfusionMatrix(static_cast<int64_t>(model.labels.size()))};
  const bool was_training = model.network.module->training();
  model.network.module->eval();
  for (const std::vector<int64_t>& examples :
       plan_batches(dataset, {.batch_size = batch_size, .shuffle = false})) {
    const Batch batch = make_batch(dataset, examples);
    const Variable scores = model.network.module->forward({batch.ids, batch.lengths}).features("evaluate");
    const Ids targets(Shape{{axes::batch, static_cast<int64_t>(batch.labels.size())}}, batch.labels);
    evaluation.loss += cross_entropy(scores, targets, {.reduction = Reduction::sum}).item();
    const int64_t classes = scores.size(axes::class_);
    for (size_t n = 0; n < batch.labels.size(); ++n) {
      const float* row = scores.value().data() + static_cast<int64_t>(n) * classes;
      evaluation.confusion.add(batch.labels[n],
                               static_cast<int32_t>(std::max_element(row, row + classes) - row));
    }
  }
  model.network.module->train(was_training);
  if (dataset.size() > 0) evaluation.loss /= static_cast<double>(dataset.size());
  return evaluation;
}

}  // namespace runnel
