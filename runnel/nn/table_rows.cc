#include "runnel/nn/table_rows.h"

namespace runnel {

TableRows::TableRows(const Ids& ids, const Variable& table, const EmbeddingLookup& options)
    : ids_(ids), table_(table), options_(options) {
  check_embedding(ids, table.shape(), options);
  shape_ = ids.shape().inserted(ids.shape().rank(), table.shape()[1]);
}

const Variable& TableRows::copied() const {
  if (!copied_->defined()) *copied_ = embedding(ids_, table_, options_);
  return *copied_;
}

}  // namespace runnel
