#include "runnel/optim/sgd.h"

#include "runnel/kernels/optimizer.h"
#include "runnel/optim/option_check.h"

namespace runnel {

SGD::SGD(ParameterList parameters, SGDOptions options)
    : Optimizer({.name = "SGD", .keys = {{"momentum_buffer", false}}, .lr = options.lr},
                std::move(parameters)),
      options_(options) {
  const OptionCheck check("SGD");
  check.not_negative("momentum", options.momentum);
  check.finite("dampening", options.dampening);
  check.not_negative("weight_decay", options.weight_decay);
  if (options.nesterov && (options.momentum <= 0 || options.dampening != 0)) {
    throw errors::nesterov_without_momentum(options.momentum, options.dampening);
  }
}

void SGD::set_momentum(double momentum) {
  OptionCheck("SGD").not_negative("momentum", momentum);
  options_.momentum = momentum;
}

Optimizer::RangeUpdate SGD::next_update(size_t parameter) {
  const bool has_momentum = options_.momentum != 0;
  // A new buffer holds zeros, of which nothing is kept: b = g.
  const bool first = has_momentum && !remembers(parameter, "momentum_buffer");
  const kernels::SGDUpdate update{
      .parameter = parameter_data(parameter),
      .momentum_buffer = has_momentum ? remembered(parameter, "momentum_buffer") : nullptr,
      .maximize = options_.maximize,
      .nesterov = options_.nesterov,
      .weight_decay = static_cast<float>(options_.weight_decay),
      .keep = first ? 0.0f : static_cast<float>(options_.momentum),
      .take = first ? 1.0f : static_cast<float>(1 - options_.dampening),
      .momentum = static_cast<float>(options_.momentum),
      .lr = static_cast<float>(lr()),
  };
  return [update](const float* gradient, int64_t begin, int64_t end) {
    kernels::sgd_update(update, gradient, begin, end);
  };
}

}  // namespace runnel
