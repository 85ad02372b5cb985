#pragma once

#include "runnel/model/text_classifier.h"

/// Finding out where a number that is not finite came from.
namespace runnel {

/// A moment of a training, both counted from 1; `step` over all epochs.
struct TrainMoment {
  int64_t epoch = 0;
  int64_t step = 0;
  double lr = 0;         ///< TrainOptions::lr
  double clip_norm = 0;  ///< TrainOptions::clip_norm
};

/// Runs the batch through the layers once more, one by one.
/// Throws  NumericError always: the moment, the loss, and the first parameter that is not finite,
///         or else the first layer whose output is not, with the place in it
[[noreturn]] void throw_loss_not_finite(TextClassifier& model, const Signal& batch, double loss,
                                        const TrainMoment& moment);

/// Throws  NumericError always: the moment and the first parameter whose gradient is not finite
[[noreturn]] void throw_gradient_not_finite(TextClassifier& model, const TrainMoment& moment);

}  // namespace runnel
