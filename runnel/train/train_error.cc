#include "runnel/train/train_error.h"

#include <cmath>
#include <fmt/format.h>

namespace runnel::errors {
namespace {

constexpr const char* kFix = "a smaller lr, or a smaller clip_norm";

/// "nan" or "inf" or a number; the sign of a NaN tells nothing.
std::string loss_text(double loss) { return std::isnan(loss) ? "nan" : fmt::format("{:.3g}", loss); }

}  // namespace

OptionError weight_decay_of_sparse(double weight_decay) {
  return OptionError(
      fmt::format("training: weight_decay is {}, but the network's Embedding has sparse=True", weight_decay),
      {{"why",
        "weight decay shrinks every word's vector at every step, a sparse Embedding moves only the words "
        "that occur"},
       {"fix", "a weight_decay of 0, or the Embedding without sparse=True"}});
}

OptionError nothing_to_train(const std::string& which) {
  return OptionError(fmt::format("training: the {} set has no examples", which));
}

NumericError loss_not_finite(double loss, const TrainMoment& moment, const std::string& where,
                             const std::string& fault) {
  return NumericError(fmt::format("training: the loss is {} in epoch {}, step {}", loss_text(loss),
                                  moment.epoch, moment.step),
                      {{"first", fmt::format("{}: {}", where, fault)}, {"fix", kFix}});
}

NumericError loss_too_large(double loss, const TrainMoment& moment) {
  return NumericError(
      fmt::format("training: the loss is {} in epoch {}, step {}", loss_text(loss), moment.epoch,
                  moment.step),
      {{"why", "the weights are so large that the scores no longer tell probabilities"}, {"fix", kFix}});
}

NumericError dev_loss_too_large(double loss, const TrainMoment& moment) {
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
