#include "runnel/optim/sparse_adam.h"

#include <cmath>

#include "runnel/kernels/optimizer.h"
#include "runnel/optim/option_check.h"

namespace runnel {

SparseAdam::SparseAdam(ParameterList parameters, SparseAdamOptions options)
    : Optimizer({.name = "SparseAdam", .keys = {{"exp_avg"}, {"exp_avg_sq"}}, .lr = options.lr},
                std::move(parameters)),
      options_(options) {
  const OptionCheck check(name());
  check.below_one("betas[0]", options.betas[0]);
  check.below_one("betas[1]", options.betas[1]);
  check.not_negative("eps", options.eps);
}

void SparseAdam::set_momentum(double momentum) {
  OptionCheck(name()).below_one("betas[0]", momentum);
  options_.betas[0] = momentum;
}

Optimizer::RangeUpdate SparseAdam::next_update(size_t parameter) {
  const auto [beta1, beta2] = options_.betas;
  const double step = static_cast<double>(next_step(parameter));
  const kernels::AdamUpdate update{
      .parameter = parameter_data(parameter),
      .exp_avg = remembered(parameter, "exp_avg"),
      .exp_avg_sq = remembered(parameter, "exp_avg_sq"),
      .maximize = options_.maximize,
      .one_minus_beta1 = static_cast<float>(1 - beta1),
      .beta2 = static_cast<float>(beta2),
      .one_minus_beta2 = static_cast<float>(1 - beta2),
      .eps = static_cast<float>(options_.eps),
      .step_size =
          static_cast<float>(lr() * std::sqrt(1 - std::pow(beta2, step)) / (1 - std::pow(beta1, step))),
  };
  return [update](const float* gradient, int64_t begin, int64_t end) {
    kernels::adam_update(update, gradient, begin, end);
  };
}

}  // namespace runnel
