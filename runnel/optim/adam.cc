#include "runnel/optim/adam.h"

#include <cmath>

#include "runnel/kernels/optimizer.h"
#include "runnel/optim/option_check.h"

namespace runnel {
namespace {

constexpr std::string_view kExpAvg = "exp_avg", kExpAvgSq = "exp_avg_sq", kMaxExpAvgSq = "max_exp_avg_sq";

}  // namespace

Adam::Adam(ParameterList parameters, AdamOptions options) : Adam("Adam", std::move(parameters), options) {}

Adam::Adam(std::string_view name, ParameterList parameters, const AdamOptions& options)
    : Optimizer(
          {.name = name, .keys = {{kExpAvg}, {kExpAvgSq}, {kMaxExpAvgSq, options.amsgrad}}, .lr = options.lr},
          std::move(parameters)),
      options_(options) {
  const OptionCheck check(name);
  check.below_one("betas[0]", options.betas[0]);
  check.below_one("betas[1]", options.betas[1]);
  check.not_negative("eps", options.eps);
  check.not_negative("weight_decay", options.weight_decay);
}

void Adam::set_momentum(double momentum) {
  OptionCheck(name()).below_one("betas[0]", momentum);
  options_.betas[0] = momentum;
}

Optimizer::RangeUpdate Adam::next_update(size_t parameter) {
  const auto [beta1, beta2] = options_.betas;
  const double step = static_cast<double>(next_step(parameter));
  const double correction2_sqrt = std::sqrt(1 - std::pow(beta2, step));
  const bool decoupled = options_.decoupled_weight_decay;
  const kernels::AdamUpdate update{
      .parameter = parameter_data(parameter),
      .exp_avg = remembered(parameter, kExpAvg),
      .exp_avg_sq = remembered(parameter, kExpAvgSq),
      .max_exp_avg_sq = options_.amsgrad ? remembered(parameter, kMaxExpAvgSq) : nullptr,
      .maximize = options_.maximize,
      .weight_decay = decoupled ? 0.0f : static_cast<float>(options_.weight_decay),
      .shrink = decoupled ? static_cast<float>(1 - lr() * options_.weight_decay) : 1.0f,
      .one_minus_beta1 = static_cast<float>(1 - beta1),
      .beta2 = static_cast<float>(beta2),
      .one_minus_beta2 = static_cast<float>(1 - beta2),
      .bias_correction2_sqrt = static_cast<float>(correction2_sqrt),
      .eps = static_cast<float>(eps_beside_root(correction2_sqrt)),
      .step_size = static_cast<float>(lr() / (1 - std::pow(beta1, step))),
  };
  return [update](const float* gradient, int64_t begin, int64_t end) {
    kernels::adam_update(update, gradient, begin, end);
  };
}

AdamW::AdamW(ParameterList parameters, const AdamWOptions& options)
    : Adam("AdamW", std::move(parameters),
           {.lr = options.lr,
            .betas = options.betas,
            .eps = options.eps,
            .weight_decay = options.weight_decay,
            .amsgrad = options.amsgrad,
            .maximize = options.maximize,
            .decoupled_weight_decay = true}) {}

}  // namespace runnel
