#pragma once

#include "runnel/autograd/variable.h"
#include "runnel/sequence/schedule.h"

/// A sequence becomes one vector. Only the real steps count: padding never changes a result,
/// and gets no gradient.
///
/// Input   x        padded: [batch, seq, feature] or [seq, batch, feature];
///                  or [seq, feature], one sequence without a batch.
///                  There may be more axes behind seq and batch, or none
///         lengths  how many steps of each sequence are real, 0 … seq; one length when there is no batch
/// Output  x without seq: [batch, feature], or [feature]. A sequence of length 0 gives zeros
/// Throws  ShapeError when x has other axes in front, or a length does not fit
namespace runnel {

/// The first step.
Variable pool_first(const Variable& x, const Lengths& lengths);
/// The last real step, for steps that know nothing of each other. After a recurrent layer take h_n
/// of its last layer instead: the last step of a reverse direction has seen only one word.
Variable pool_last(const Variable& x, const Lengths& lengths);
/// (1 / length) · Σ of the steps.
Variable pool_mean(const Variable& x, const Lengths& lengths);
/// The largest number that each feature has in any step. The first step that has it gets the gradient; a NaN
/// counts as the largest.
Variable pool_max(const Variable& x, const Lengths& lengths);

}  // namespace runnel
