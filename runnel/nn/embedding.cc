#include "runnel/nn/embedding.h"

#include <algorithm>
#include <numeric>

#include "runnel/nn/constructor_text.h"
#include "runnel/nn/init.h"
#include "runnel/nn/nn_error.h"
#include "runnel/ops/embedding.h"
#include "runnel/ops/recurrence.h"
#include "runnel/tensor/axes.h"

namespace runnel {

Embedding::Embedding(const EmbeddingOptions& options, Generator& generator)
    : Layer("Embedding"), options_(options) {
  ShapesOnly::check_size(kind(), "num_embeddings", options.num_embeddings);
  ShapesOnly::check_size(kind(), "embedding_dim", options.embedding_dim);
  const Shape shape{{axes::vocab, options.num_embeddings}, {axes::feature, options.embedding_dim}};
  Tensor weight = standard_normal(shape, generator);
  if (options.padding_idx) {
    const int64_t given = *options.padding_idx, rows = options.num_embeddings;
    const bool known = rows != Axis::kSymbolic;
    if (known && (given < -rows || given >= rows)) throw errors::padding_idx_outside(given, rows);
    options_.padding_idx = given < 0 && known ? given + rows : given;
    if (weight.count() > 0)
      std::fill_n(weight.data() + *options_.padding_idx * options.embedding_dim, options.embedding_dim, 0.0f);
  }
  weight_ = add_parameter("weight", weight);
}

EmbeddingLookup Embedding::lookup() const {
  return {.padding_idx = options_.padding_idx.value_or(-1), .sparse = options_.sparse, .where = label()};
}

Variable Embedding::operator()(const Ids& ids) const { return embedding(ids, weight_, lookup()); }

bool Embedding::read_as_table(int64_t steps) const {
  const int64_t words = options_.num_embeddings;
  return !options_.sparse && words != Axis::kSymbolic && table_is_small(words, steps);
}

Shape Embedding::output_shape(const Shape& ids) const {
  return ids.inserted(ids.rank(), {axes::feature, options_.embedding_dim});
}

Signal Embedding::forward(const Signal& input) {
  const Ids& ids = input.ids(label());
  const Lengths* lengths = input.lengths ? &*input.lengths : nullptr;
  const int64_t steps = lengths ? std::accumulate(lengths->begin(), lengths->end(), int64_t{0}) : ids.count();
  Signal output{.data = ids, .lengths = input.lengths, .h_0 = input.h_0, .c_0 = input.c_0};
  if (ids.shape().rank() == 2 && read_as_table(steps)) {
    output.data = TableRows(ids, weight_, lookup());
  } else {
    output.data = (*this)(ids);
  }
  return output;
}

std::string Embedding::to_string() const {
  ConstructorText text(kind());
  text.positional({axes::vocab, options_.num_embeddings}).positional({axes::feature, options_.embedding_dim});
  if (options_.padding_idx) text.keyword("padding_idx", std::to_string(*options_.padding_idx));
  if (options_.sparse) text.keyword("sparse", "True");
  return text.finish();
}

}  // namespace runnel
