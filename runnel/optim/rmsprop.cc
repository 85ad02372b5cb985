#include "runnel/optim/rmsprop.h"

#include "runnel/kernels/optimizer.h"
#include "runnel/optim/option_check.h"

namespace runnel {
namespace {

constexpr std::string_view kSquareAvg = "square_avg", kGradAvg = "grad_avg", kMomentum = "momentum_buffer";

}  // namespace

RMSprop::RMSprop(ParameterList parameters, RMSpropOptions options)
    : Optimizer({.name = "RMSprop",
                 .keys = {{kSquareAvg}, {kGradAvg, options.centered}, {kMomentum, false}},
                 .lr = options.lr},
                std::move(parameters)),
      options_(options) {
  const OptionCheck check("RMSprop");
  check.fraction("alpha", options.alpha);
  check.not_negative("eps", options.eps);
  check.not_negative("weight_decay", options.weight_decay);
  check.not_negative("momentum", options.momentum);
}

void RMSprop::set_momentum(double momentum) {
  OptionCheck("RMSprop").not_negative("momentum", momentum);
  options_.momentum = momentum;
}

Optimizer::RangeUpdate RMSprop::next_update(size_t parameter) {
  const kernels::RMSpropUpdate update{
      .parameter = parameter_data(parameter),
      .square_avg = remembered(parameter, kSquareAvg),
      .grad_avg = options_.centered ? remembered(parameter, kGradAvg) : nullptr,
      .momentum_buffer = options_.momentum > 0 ? remembered(parameter, kMomentum) : nullptr,
      .maximize = options_.maximize,
      .weight_decay = static_cast<float>(options_.weight_decay),
      .alpha = static_cast<float>(options_.alpha),
      .one_minus_alpha = static_cast<float>(1 - options_.alpha),
      .eps = static_cast<float>(options_.eps),
      .momentum = static_cast<float>(options_.momentum),
      .lr = static_cast<float>(lr()),
  };
  return [update](const float* gradient, int64_t begin, int64_t end) {
    kernels::rmsprop_update(update, gradient, begin, end);
  };
}

}  // namespace runnel
