#include "runnel/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

#include "runnel/autograd/tape.h"
#include "runnel/data/batches.h"
#include "runnel/nn/embedding.h"
#include "runnel/ops/loss.h"
#include "runnel/optim/adam.h"
#include "runnel/optim/clip.h"
#include "runnel/optim/option_check.h"
#include "runnel/optim/sparse_adam.h"
#include "runnel/tensor/axes.h"
#include "runnel/train/diagnose.h"
#include "runnel/train/train_error.h"

namespace runnel {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool has_sparse_embedding(const TextClassifier& model) {
  const std::vector<Layer*> layers = model.network.layers();
  return std::any_of(layers.begin(), layers.end(), [](const Layer* layer) {
    const auto* embedding = dynamic_cast<const Embedding*>(layer);
    return embedding && embedding->options().sparse;
  });
}

std::unique_ptr<Optimizer> make_optimizer(const TextClassifier& model, const TrainOptions& options) {
  const ParameterList parameters = model.network.module->named_parameters();
  if (!has_sparse_embedding(model)) {
    return std::make_unique<AdamW>(parameters,
                                   AdamWOptions{.lr = options.lr, .weight_decay = options.weight_decay});
  }
  if (options.weight_decay != 0) throw errors::weight_decay_of_sparse(options.weight_decay);
  return std::make_unique<SparseAdam>(parameters, SparseAdamOptions{.lr = options.lr});
}

/// One training from its first step to its last.
class Trainer {
 public:
  Trainer(TextClassifier& model, const TextDataset& train_set, const TextDataset& dev_set,
          const TrainOptions& options, TrainListener& listener)
      : model_(model),
        module_(*model.network.module),
        train_(train_set),
        dev_(dev_set),
        options_(options),
        listener_(listener),
        optimizer_(make_optimizer(model, options)) {}

  TrainResult run() {
    // Dropout draws from a stream of its own, so that it does not repeat the numbers of the initial weights.
    default_generator().seed(options_.seed, /*stream=*/1);
    try {
      for (int64_t epoch = 1; epoch <= options_.epochs && !finished(); ++epoch) run_epoch(epoch);
    } catch (...) {
      restore_best();
      throw;
    }
    restore_best();
    return std::move(result_);
  }

 private:
  bool finished() const { return result_.interrupted || result_.stopped_early; }

  void run_epoch(int64_t epoch) {
    EpochResult result{.epoch = epoch, .dev = {}};
    const Clock::time_point start = Clock::now();
    module_.train();
    double loss_sum = 0;
    int64_t done = 0;
    const BatchOptions plan{.batch_size = options_.batch_size, .seed = options_.seed, .epoch = epoch};
    for (const std::vector<int64_t>& examples : plan_batches(train_, plan)) {
      const int64_t size = static_cast<int64_t>(examples.size());
      loss_sum += step(make_batch(train_, examples), epoch) * static_cast<double>(size);
      done += size;
      const double seconds = seconds_since(start),
                   speed = static_cast<double>(done) / std::max(seconds, 1e-9);
      const TrainProgress progress{
          .epoch = epoch,
          .epochs = options_.epochs,
          .sequences = done,
          .of = train_.size(),
          .loss = loss_sum / static_cast<double>(done),
          .sequences_per_second = speed,
          .seconds_left_in_epoch = static_cast<double>(train_.size() - done) / speed};
      if (!listener_.on_step(progress)) {
        result_.interrupted = true;
        return;
      }
    }
    result.seconds = seconds_since(start);
    result.sequences_per_second = static_cast<double>(done) / std::max(result.seconds, 1e-9);
    result.train_loss = loss_sum / static_cast<double>(std::max<int64_t>(1, done));
    result.dev = evaluate(model_, dev_);
    if (!(result.dev.loss < kLossLimit)) {
      throw errors::dev_loss_too_large(result.dev.loss, moment_in(epoch));
    }
    finish_epoch(std::move(result));
  }

  TrainMoment moment_in(int64_t epoch) const {
    return {.epoch = epoch, .step = steps_, .lr = options_.lr, .clip_norm = options_.clip_norm};
  }

  /// One step of the optimizer; returns the mean loss of the batch.
  double step(const Batch& batch, int64_t epoch) {
    ++steps_;
    Recording recording;
    const Ids targets(Shape{{axes::batch, static_cast<int64_t>(batch.labels.size())}}, batch.labels);
    optimizer_->zero_grad();
    const Variable loss =
        cross_entropy(module_.forward({batch.ids, batch.lengths}).features("train"), targets);
    const double value = loss.item();
    const TrainMoment moment = moment_in(epoch);
    if (!std::isfinite(value)) throw_loss_not_finite(model_, {batch.ids, batch.lengths}, value, moment);
    if (value >= kLossLimit) throw errors::loss_too_large(value, moment);
    loss.backward();
    const double limit =
        options_.clip_norm > 0 ? options_.clip_norm : std::numeric_limits<double>::infinity();
    if (!std::isfinite(clip_grad_norm(module_.named_parameters(), limit)))
      throw_gradient_not_finite(model_, moment);
    optimizer_->step();
    return value;
  }

  void finish_epoch(EpochResult result) {
    result.best = best_.empty() || result.dev.loss < best_loss_;
    if (result.best) {
      best_loss_ = result.dev.loss;
      result_.best_epoch = result.epoch;
      best_.clear();
      for (const Variable& parameter : module_.parameters()) best_.push_back(parameter.value().clone());
    }
    listener_.on_epoch(result);
    result_.epochs.push_back(std::move(result));
    const int64_t waited = result_.epochs.back().epoch - result_.best_epoch;
    result_.stopped_early = options_.patience > 0 && waited >= options_.patience;
  }

  void restore_best() {
    if (best_.empty()) return;
    std::vector<Variable> parameters = module_.parameters();
    for (size_t i = 0; i < parameters.size(); ++i) parameters[i].mutable_value() = best_[i];
  }

  TextClassifier& model_;
  Layer& module_;
  const TextDataset& train_;
  const TextDataset& dev_;
  const TrainOptions& options_;
  TrainListener& listener_;
  std::unique_ptr<Optimizer> optimizer_;
  TrainResult result_;
  std::vector<Tensor> best_;
  double best_loss_ = 0;
  int64_t steps_ = 0;
};

}  // namespace

void check_options(const TrainOptions& options) {
  const OptionCheck check("training");
  check.at_least_one("epochs", static_cast<double>(options.epochs));
  check.at_least_one("batch_size", static_cast<double>(options.batch_size));
  check.positive("lr", options.lr);
  check.not_negative("weight_decay", options.weight_decay);
  check.not_negative("clip_norm", options.clip_norm);
  check.not_negative("patience", static_cast<double>(options.patience));
}

TrainResult train(TextClassifier& model, const TextDataset& train_set, const TextDataset& dev_set,
                  const TrainOptions& options, TrainListener& listener) {
  check_options(options);
  if (train_set.examples.empty()) throw errors::nothing_to_train("training");
  if (dev_set.examples.empty()) throw errors::nothing_to_train("dev");
  return Trainer(model, train_set, dev_set, options, listener).run();
}

}  // namespace runnel
