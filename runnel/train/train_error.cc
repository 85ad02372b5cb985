#include "runnel/train/train_error.h"

#include <cmath>
#include <fmt/format.h>

namespace runnel::errors {
namespace {

constexpr const char* kFix = "a smaller lr, or a smaller clip_norm";

/// "nan" or "inf" or a number; the sign of a NaN tells nothing.
std::string loss_text(double loss) { return std::isnan(loss) ? "nan" : fmt::format("{}", loss); }

}  // namespace

OptionError train_option(const std::string& option, double value, const std::string& expected) {
  return OptionError(fmt::format("training: {} is {}, expected {}", option, value, expected));
}

NumericError loss_not_finite(double loss, const TrainMoment& moment, const std::string& where,
                             const std::string& fault) {
  return NumericError(fmt::format("training: the loss is {} in epoch {}, step {}", loss_text(loss),
                                  moment.epoch, moment.step),
                      {{"first", fmt::format("{}: {}", where, fault)}, {"fix", kFix}});
}

NumericError dev_loss_not_finite(double loss, const TrainMoment& moment) {
  return NumericError(fmt::format("training: the dev loss is {} after epoch {}, step {}", loss_text(loss),
                                  moment.epoch, moment.step),
                      {{"why", "the last steps made the weights too large"}, {"fix", kFix}});
}

NumericError gradient_not_finite(const TrainMoment& moment, const std::string& parameter,
                                 const std::string& fault) {
  return NumericError(
      fmt::format("training: a gradient is not finite in epoch {}, step {}", moment.epoch, moment.step),
      {{"first", fmt::format("{}: {}", parameter, fault)}, {"fix", kFix}});
}

}  // namespace runnel::errors
