#include "runnel/train/train_error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace runnel::errors {
namespace {

/// "lr 0.0001 in place of 0.001, or clip_norm 0.5 in place of 5"
ErrorDetail smaller_steps(const TrainMoment& moment) {
  const double lr = std::min(moment.lr / 10, 0.001), clip = moment.clip_norm;
  const std::string other =
      clip > 0 ? fmt::format("clip_norm {:g} in place of {:g}", std::min(clip / 10, 1.0), clip)
               : "clip_norm 1, in place of no limit";
  return {"fix", fmt::format("lr {:g} in place of {:g}, or {}", lr, moment.lr, other)};
}

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
  return OptionError(fmt::format("training: the {} set has no examples", which),
                     {{"why", which == "dev" ? "the weights that are kept are those that do best on it"
                                             : "the weights are moved by what the examples show"}});
}

NumericError loss_not_finite(double loss, const TrainMoment& moment, const std::string& where,
                             const std::string& fault) {
  return NumericError(fmt::format("training: the loss is {} in epoch {}, step {}", loss_text(loss),
                                  moment.epoch, moment.step),
                      {{"first", fmt::format("{}: {}", where, fault)},
                       {"why", "a step went too far: numbers grew past 3.4e38, where float32 ends"},
                       smaller_steps(moment)});
}

NumericError loss_too_large(double loss, const TrainMoment& moment) {
  return NumericError(fmt::format("training: the loss is {} in epoch {}, step {}", loss_text(loss),
                                  moment.epoch, moment.step),
                      {{"why", "the weights are so large that the scores no longer tell probabilities"},
                       smaller_steps(moment)});
}

NumericError dev_loss_too_large(double loss, const TrainMoment& moment) {
  return NumericError(fmt::format("training: the dev loss is {} after epoch {}, step {}", loss_text(loss),
                                  moment.epoch, moment.step),
                      {{"why", "the last steps made the weights too large"}, smaller_steps(moment)});
}

NumericError gradient_not_finite(const TrainMoment& moment, const std::string& parameter,
                                 const std::string& fault) {
  return NumericError(
      fmt::format("training: a gradient is not finite in epoch {}, step {}", moment.epoch, moment.step),
      {{"first", fmt::format("{}: {}", parameter, fault)},
       {"why", "walking back through the steps, numbers grew past 3.4e38, where float32 ends"},
       smaller_steps(moment)});
}

}  // namespace runnel::errors
