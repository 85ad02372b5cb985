#pragma once

#include <optional>

#include "runnel/nn/layer.h"

namespace runnel {

/// PyTorch's options of nn.Embedding, under its names.
struct EmbeddingOptions {
  int64_t num_embeddings = 0;  ///< words in the vocabulary; needed
  int64_t embedding_dim = 0;   ///< numbers that describe one word; needed
  std::optional<int64_t> padding_idx =
      {};  ///< its row starts as zeros and gets no gradient; < 0: from the end
  /// The gradient is sparse: only the rows of the words that occurred. For large vocabularies; SparseAdam, and SGD
  /// without momentum and weight_decay, take it.
  bool sparse = false;
};

/// A table of word vectors: looks up one row for each id.
///
/// Input   ids [*], each in 0 … num_embeddings − 1
/// Output  [*, feature = embedding_dim]
/// Throws  ShapeError for an id outside the table, naming the id and its place;
///         OptionError for options that cannot be
///
/// Parameters: weight [vocab = num_embeddings, feature = embedding_dim], from N(0, 1).
/// Source: torch.nn.Embedding.
class Embedding : public Layer {
 public:
  explicit Embedding(const EmbeddingOptions& options, Generator& generator = default_generator());

  Variable operator()(const Ids& ids) const;
  const EmbeddingOptions& options() const { return options_; }
  /// A handle: filling its value fills the table.
  const Variable& weight() const { return weight_; }

  /// Whether a recurrent layer right behind it reads the table itself where `steps` steps look words up: the table is
  /// small for them (table_is_small) and its gradient not sparse. Not while num_embeddings is symbolic.
  bool read_as_table(int64_t steps) const;

  Shape output_shape(const Shape& ids) const override;
  Signal forward(const Signal& input) override;
  std::string to_string() const override;

 private:
  EmbeddingLookup lookup() const;

  EmbeddingOptions options_;
  Variable weight_;
};

}  // namespace runnel
