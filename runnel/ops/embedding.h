#pragma once

#include <string>

#include "runnel/autograd/variable.h"

namespace runnel {

struct EmbeddingLookup {
  /// This word's row gets no gradient. -1: there is none.
  int64_t padding_idx = -1;
  /// The weight's gradient is sparse (a RowGradient): the rows of the words that occurred, and no others.
  bool sparse = false;
  std::string where = "embedding";  ///< what errors call it: the layer
};

/// Throws  as embedding() does when the table, the ids and the option do not go together
void check_embedding(const Ids& ids, const Shape& weight, const EmbeddingLookup& options);

/// The rows of a table that the ids name: y[…, :] = weight[ids[…], :].
///
/// Input   ids     any axes
///         weight  [vocab, feature]
/// Output  the axes of ids, then feature (whatever the second axis of the weight is called)
/// Throws  ShapeError that names the first id that is not a row of the table, and its place
///
/// The ids must not change before backward(). The gradient of a row is summed in the order of the ids, on any
/// number of threads.
Variable embedding(const Ids& ids, const Variable& weight, const EmbeddingLookup& options = {});

}  // namespace runnel
