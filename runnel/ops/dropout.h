#pragma once

#include "runnel/autograd/variable.h"
#include "runnel/base/random.h"

namespace runnel {

/// Inverted dropout: while training, each number becomes 0 with probability p, and the others are divided by
/// 1 − p, so that the mean stays. Otherwise, and for p = 0, the result is x itself. p = 1 gives zeros.
///
/// Every call draws new numbers from `generator`; one seed gives the same zeros on any number of threads.
/// Output  the shape of x
/// Throws  OptionError unless p lies in 0 … 1
Variable dropout(const Variable& x, double p, bool training, Generator& generator = default_generator());

}  // namespace runnel
