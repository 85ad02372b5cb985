#pragma once

#include <string>

#include "runnel/base/error.h"
#include "runnel/train/diagnose.h"

/// The sentences about training, each made in one place.
namespace runnel::errors {

OptionError train_option(const std::string& option, double value, const std::string& expected);
NumericError loss_not_finite(double loss, const TrainMoment& moment, const std::string& where,
                             const std::string& fault);
/// The weights that an epoch ended with give no finite loss on the dev set.
NumericError dev_loss_not_finite(double loss, const TrainMoment& moment);
NumericError gradient_not_finite(const TrainMoment& moment, const std::string& parameter,
                                 const std::string& fault);

}  // namespace runnel::errors
