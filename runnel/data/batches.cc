#include "runnel/data/batches.h"

#include <algorithm>
#include <numeric>

#include "runnel/base/random.h"
#include "runnel/data/data_errors.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// No other use of the seed draws the same numbers: streams 2⁴⁸, 2⁴⁸ + 1, … are the epochs.
constexpr uint64_t kBatchStream = uint64_t{1} << 48;

std::vector<int64_t> in_order(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  return order;
}

}  // namespace

std::vector<std::vector<int64_t>> plan_batches(std::span<const int64_t> lengths,
                                               const BatchOptions& options) {
  if (options.batch_size < 1) throw errors::bad_batch_option("batch_size", options.batch_size, 1);
  if (options.chunk_batches < 0) throw errors::bad_batch_option("chunk_batches", options.chunk_batches, 0);
  Generator generator(options.seed, kBatchStream + static_cast<uint64_t>(options.epoch));
  const int64_t count = static_cast<int64_t>(lengths.size());
  std::vector<int64_t> order = options.shuffle ? generator.permutation(count) : in_order(count);
  const int64_t batch = std::min(options.batch_size, std::max<int64_t>(count, 1));
  const int64_t most = (count + batch - 1) / batch;  // batches
  const int64_t chunk = batch * (options.chunk_batches == 0 ? most : std::min(options.chunk_batches, most));
  if (options.sort_by_length) {
    std::vector<int64_t> place(order.size());  // of an example in the order so far
    for (int64_t i = 0; i < count; ++i) place[static_cast<size_t>(order[static_cast<size_t>(i)])] = i;
    const auto shorter = [&](int64_t a, int64_t b) {
      const size_t i = static_cast<size_t>(a), j = static_cast<size_t>(b);
      return lengths[i] != lengths[j] ? lengths[i] < lengths[j] : place[i] < place[j];
    };
    for (int64_t begin = 0; begin < count; begin += chunk) {
      std::sort(order.begin() + begin, order.begin() + std::min(count, begin + chunk), shorter);
    }
  }
  std::vector<std::vector<int64_t>> plan(static_cast<size_t>(most));
  const std::vector<int64_t> places = options.shuffle ? generator.permutation(most) : in_order(most);
  for (int64_t i = 0; i < most; ++i) {
    plan[static_cast<size_t>(places[static_cast<size_t>(i)])].assign(
        order.begin() + i * batch, order.begin() + std::min(count, (i + 1) * batch));
  }
  return plan;
}

std::vector<std::vector<int64_t>> plan_batches(const TextDataset& dataset, const BatchOptions& options) {
  std::vector<int64_t> lengths;
  lengths.reserve(dataset.examples.size());
  for (const auto& example : dataset.examples) lengths.push_back(static_cast<int64_t>(example.ids.size()));
  return plan_batches(lengths, options);
}

Batch make_batch(const TextDataset& dataset, std::span<const int64_t> examples) {
  Batch batch;
  size_t longest = 1;
  for (int64_t index : examples) {
    const TextExample& example = dataset.examples.at(static_cast<size_t>(index));
    longest = std::max(longest, example.ids.size());
    batch.lengths.push_back(static_cast<int64_t>(example.ids.size()));
    batch.labels.push_back(example.label);
    batch.examples.push_back(index);
  }
  batch.ids =
      Ids({{axes::batch, static_cast<int64_t>(examples.size())}, {axes::seq, static_cast<int64_t>(longest)}});
  batch.ids.fill(Vocabulary::kPad);
  int32_t* row = batch.ids.data();
  for (int64_t index : examples) {
    const std::vector<int32_t>& ids = dataset.examples[static_cast<size_t>(index)].ids;
    std::copy(ids.begin(), ids.end(), row);
    row += longest;
  }
  return batch;
}

}  // namespace runnel
