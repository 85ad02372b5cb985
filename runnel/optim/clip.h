#pragma once

#include "runnel/optim/parameter_list.h"

namespace runnel {

struct ClipGradNormOptions {
  double norm_type = 2;  ///< p of the p-norm, more than 0; infinity for the largest absolute value
  bool error_if_nonfinite = false;
};

/// Scales all gradients by one factor, so that together, as one long vector,
/// they are no longer than `max_norm`.
///
///     norm     = (Σ |gradient|^p)^(1/p)
///     gradient ← gradient · min(1, max_norm / (norm + 1e-6))
///
/// The sum is taken in double and in a fixed order: the same bits for any number of threads. Parameters
/// without a gradient are passed over. An infinite max_norm only measures.
///
/// Output  norm, before the clipping; 0 without gradients
/// Throws  OptionError for a negative max_norm or a norm_type not above 0
///         NumericError when norm is NaN or infinite and `error_if_nonfinite`; then nothing is scaled
/// Source  torch.nn.utils.clip_grad_norm_, 2.13
double clip_grad_norm(ParameterList parameters, double max_norm, ClipGradNormOptions options = {});

/// Limits each number of each gradient to −clip_value … clip_value. NaN stays NaN.
///
/// Throws  OptionError for a negative clip_value
/// Source  torch.nn.utils.clip_grad_value_, 2.13
void clip_grad_value(ParameterList parameters, double clip_value);

}  // namespace runnel
