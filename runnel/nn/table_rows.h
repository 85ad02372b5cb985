#pragma once

#include <memory>

#include "runnel/ops/embedding.h"

namespace runnel {

/// Word vectors that still stand in their table: what an Embedding hands on when few words are read by many steps
/// (table_is_small). A recurrent layer reads the table itself; any other layer asks for copied().
class TableRows {
 public:
  /// Throws  ShapeError as embedding() does
  TableRows(const Ids& ids, const Variable& table, const EmbeddingLookup& options);

  const Ids& ids() const { return ids_; }
  const Variable& table() const { return table_; }
  const EmbeddingLookup& options() const { return options_; }
  /// Of copied(): the axes of the ids, then feature.
  const Shape& shape() const { return shape_; }
  /// embedding(ids, table, options), made at the first call.
  const Variable& copied() const;

 private:
  Ids ids_;
  Variable table_;
  EmbeddingLookup options_;
  Shape shape_;
  std::shared_ptr<Variable> copied_ = std::make_shared<Variable>();
};

}  // namespace runnel
