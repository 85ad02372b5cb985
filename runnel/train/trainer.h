#pragma once

#include <cstdint>
#include <vector>

#include "runnel/train/evaluate.h"

namespace runnel {

struct TrainOptions {
  int64_t epochs = 10;      ///< at most
  int64_t batch_size = 64;  ///< sequences a step
  double lr = 2e-3;         ///< Adam's
  double weight_decay = 0;  ///< AdamW's
  double clip_norm = 5;     ///< the longest that the gradient of a step may be; 0: no limit
  int64_t patience = 3;     ///< epochs without a better dev loss before training stops; 0: never stops early
  uint64_t seed = 0;        ///< of the order of the batches and of dropout
};
/// Throws  OptionError for epochs or batch_size below 1, an lr that is not above 0, anything else that
///         is below 0, and what is not finite.
void check_options(const TrainOptions& options);

/// A loss as large as this ends the training. From 2²⁴ on, the float32 numbers that scores are lie 2
/// and more apart, and a difference of 2 between scores is a factor of e² between probabilities: such
/// scores no longer tell probabilities, and the weights will not come back from there. (Guessing costs
/// ln(classes): of 58 classes 4.1.)
inline constexpr double kLossLimit = 0x1p24;

/// Where training is, after a step.
struct TrainProgress {
  int64_t epoch = 0, epochs = 0;    ///< epoch from 1
  int64_t sequences = 0, of = 0;    ///< done in this epoch, and all of it
  double loss = 0;                  ///< mean over the epoch so far
  double sequences_per_second = 0;  ///< in this epoch so far
  double seconds_left_in_epoch = 0;
};

/// What an epoch came to.
struct EpochResult {
  int64_t epoch = 0;  ///< from 1
  double train_loss = 0;
  Evaluation dev;
  double seconds = 0;  ///< of training, without the evaluation
  double sequences_per_second = 0;
  bool best = false;  ///< whether the dev loss is the lowest so far
};

/// Listens to a training; all functions do nothing unless overridden.
class TrainListener {
 public:
  virtual ~TrainListener() = default;
  /// After every step. False ends the training at once; the best weights so far are kept.
  virtual bool on_step(const TrainProgress&) { return true; }
  virtual void on_epoch(const EpochResult&) {}
};

struct TrainResult {
  std::vector<EpochResult> epochs;
  int64_t best_epoch = 0;  ///< from 1; 0 when no epoch was finished
  bool interrupted = false;
  bool stopped_early = false;  ///< by patience
};

/// Trains the model's network with AdamW (with SparseAdam when its Embedding is sparse) on the cross entropy of its scores, measures it on `dev` after every
/// epoch, and leaves it with the weights of the epoch with the lowest dev loss (when interrupted in the first
/// epoch: with those of that moment). The same options, data and model give the same weights, bit for bit,
/// for any number of threads.
///
/// Throws  NumericError when a loss or gradient is not finite; it names the epoch and step, the first layer
///         whose output is at fault, and where in the batch; also when the loss of a step, or the dev loss
///         after an epoch, reaches kLossLimit; the model then holds the best weights so far
///         OptionError for options that cannot be, and when a data set has no examples
TrainResult train(TextClassifier& model, const TextDataset& train_set, const TextDataset& dev_set,
                  const TrainOptions& options, TrainListener& listener);

}  // namespace runnel
