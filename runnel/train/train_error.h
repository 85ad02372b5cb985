#pragma once

#include <string>

#include "runnel/base/error.h"
#include "runnel/train/diagnose.h"

/// The sentences about training, each made in one place.
namespace runnel::errors {

/// `which` set has no examples: "training" or "dev".
OptionError nothing_to_train(const std::string& which);
OptionError weight_decay_of_sparse(double weight_decay);
NumericError loss_not_finite(double loss, const TrainMoment& moment, const std::string& where,
                             const std::string& fault);
/// The loss of a step is finite, but from kLossLimit on.
NumericError loss_too_large(double loss, const TrainMoment& moment);
/// The weights that an epoch ended with give no finite loss on the dev set, or one from kLossLimit on.
NumericError dev_loss_too_large(double loss, const TrainMoment& moment);
NumericError gradient_not_finite(const TrainMoment& moment, const std::string& parameter,
                                 const std::string& fault);

}  // namespace runnel::errors
