#pragma once

#include <cstdint>
#include <vector>

#include "runnel/tensor/tensor.h"

namespace runnel {

/// A sparse gradient: numbers for some rows of a parameter, zeros for all others. An Embedding with `sparse` gives
/// one, with the words that occurred, so that a training step costs what its batch has words, not what the table has.
struct RowGradient {
  std::vector<int32_t> rows;  ///< places along the parameter's first axis, rising, none twice
  Tensor values;              ///< [row = rows.size(), then the parameter's other axes]

  /// The whole gradient, shaped like the parameter.
  Tensor dense(const Shape& parameter) const;
};

/// a + b: the rows of both.
RowGradient sum_of(const RowGradient& a, const RowGradient& b);

/// dense[rows[i]] += values[i]
void add_rows(Tensor& dense, const RowGradient& gradient);

}  // namespace runnel
