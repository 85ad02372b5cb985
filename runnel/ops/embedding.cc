#include "runnel/ops/embedding.h"

#include <algorithm>

#include "runnel/autograd/tape.h"
#include "runnel/ops/map.h"
#include "runnel/ops/op_error.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// d_weight[ids[i], :] += d_y[i, :]. Threads share out the features, so each sum has the order of the ids.
Tensor scatter_add(const Ids& ids, const Tensor& d_y, const Shape& weight, int64_t padding_idx) {
  Tensor d_weight(weight);
  const int64_t width = weight[1].size;
  constexpr int64_t kFewestFeatures = 16;  // a cache line
  const int64_t grain = std::max(kFewestFeatures, thread_grain(ids.count()));
  parallel_for(width, grain, [&, out = d_weight.data()](int64_t begin, int64_t end) {
    const float* d = d_y.data();
    for (int32_t id : ids.values()) {
      if (id != padding_idx) {
        float* row = out + id * width;
        for (int64_t k = begin; k < end; ++k) row[k] += d[k];
      }
      d += width;
    }
  });
  return d_weight;
}

/// Which ids occur where: id and place as one number, in rising order.
std::vector<uint64_t> places_by_id(const Ids& ids, int64_t padding_idx) {
  std::vector<uint64_t> places;
  places.reserve(static_cast<size_t>(ids.count()));
  for (int64_t i = 0; i < ids.count(); ++i) {
    const int32_t id = ids.data()[i];
    if (id != padding_idx) places.push_back(static_cast<uint64_t>(id) << 32 | static_cast<uint64_t>(i));
  }
  std::sort(places.begin(), places.end());
  return places;
}

/// The rows of scatter_add that an id names, with the same sums.
RowGradient gather_rows(const Ids& ids, const Tensor& d_y, const Shape& weight, int64_t padding_idx) {
  const std::vector<uint64_t> places = places_by_id(ids, padding_idx);
  RowGradient gradient;
  std::vector<size_t> first_places;
  for (size_t i = 0; i < places.size(); ++i) {
    const auto id = static_cast<int32_t>(places[i] >> 32);
    if (!gradient.rows.empty() && gradient.rows.back() == id) continue;
    gradient.rows.push_back(id);
    first_places.push_back(i);
  }
  first_places.push_back(places.size());
  const auto rows = static_cast<int64_t>(gradient.rows.size());
  const int64_t width = weight[1].size;
  gradient.values = Tensor(Shape{{axes::row, rows}, weight[1]});
  parallel_for(rows, thread_grain(width), [&, out = gradient.values.data()](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* sum = out + row * width;
      for (size_t i = first_places[static_cast<size_t>(row)]; i < first_places[static_cast<size_t>(row) + 1];
           ++i) {
        const float* d = d_y.data() + static_cast<int64_t>(places[i] & 0xffffffff) * width;
        for (int64_t k = 0; k < width; ++k) sum[k] += d[k];
      }
    }
  });
  return gradient;
}

}  // namespace

void check_embedding(const Ids& ids, const Shape& weight, const EmbeddingLookup& options) {
  const int64_t padding_idx = options.padding_idx;
  if (weight.rank() != 2 || !(weight[0].name == axes::vocab)) throw errors::not_an_embedding_weight(weight);
  const int64_t vocab = weight[0].size;
  if (padding_idx < -1 || padding_idx >= vocab) throw errors::padding_idx_out_of_range(padding_idx, vocab);
  const auto outside = std::find_if(ids.values().begin(), ids.values().end(),
                                    [vocab](int32_t id) { return id < 0 || id >= vocab; });
  if (outside != ids.values().end()) {
    throw errors::id_out_of_range(options.where, ids, outside - ids.values().begin(), weight);
  }
}

Variable embedding(const Ids& ids, const Variable& weight, const EmbeddingLookup& options) {
  const Shape& table = weight.shape();
  check_embedding(ids, table, options);
  const int64_t width = table[1].size;
  Tensor y = Tensor::uninitialized(ids.shape().inserted(ids.shape().rank(), table[1]));
  parallel_for(ids.count(), thread_grain(width), [&, out = y.data()](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      std::copy_n(weight.value().data() + ids.data()[i] * width, width, out + i * width);
    }
  });
  return record("embedding", {weight}, y, [ids, table, options](const Tensor& d_y) -> std::vector<Gradient> {
    if (options.sparse) return {Gradient(gather_rows(ids, d_y, table, options.padding_idx))};
    return {scatter_add(ids, d_y, table, options.padding_idx)};
  });
}

}  // namespace runnel
