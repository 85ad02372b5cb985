#include "runnel/train/train_error.h"

#include <fmt/format.h>

namespace runnel::errors {
namespace {

constexpr const char* kFix = "a smaller lr, or a smaller clip_norm";

}  // namespace

OptionError train_option(const std::string& option, double value, const std::string& expected) {
  return OptionError(fmt::format("training: {} is {}, expected {}", option, value, expected));
}

NumericError loss_not_finite(double loss, const TrainMoment& moment, const std::string& where,
                             const std::string& fault) {
  return NumericError(
      fmt::format("training: the loss is {} in epoch {}, step {}", loss, moment.epoch, moment.step),
      {{"first", fmt::format("{}: {}", where, fault)}, {"fix", kFix}});
}

NumericError gradient_not_finite(const TrainMoment& moment, const std::string& parameter,
                                 const std::string& fault) {
  return NumericError(
      fmt::format("training: a gradient is not finite in epoch {}, step {}", moment.epoch, moment.step),
      {{"first", fmt::format("{}: {}", parameter, fault)}, {"fix", kFix}});
}

}  // namespace runnel::errors
