#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runnel/data/dataset.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

struct BatchOptions {
  int64_t batch_size = 64;
  bool shuffle = true;         ///< another order every epoch
  bool sort_by_length = true;  ///< examples of like length share a batch
  int64_t chunk_batches = 50;  ///< how many batches are sorted together; 0 = all
  uint64_t seed = 0;
  int64_t epoch = 0;
};

/// Which examples make up each batch, in the order of training: a function of the lengths
/// and the options alone.
///
///     order    = shuffle ? a random permutation by (seed, epoch) : 0, 1, 2, …
///     chunks   = order, cut every chunk_batches · batch_size examples;
///                each sorted by length, equals left in order
///     batches  = chunks, cut every batch_size examples;
///                shuffled again as wholes, when shuffle
///
/// A chunk of many batches leaves little padding; that it is not the whole set leaves the batches of an epoch
/// different from those of the next. Every example is in one batch; the last of a plan may be smaller.
///
/// Throws  OptionError for a batch_size below 1 or a negative chunk_batches.
std::vector<std::vector<int64_t>> plan_batches(std::span<const int64_t> lengths,
                                               const BatchOptions& options = {});
/// The same for the lengths of a dataset's examples.
std::vector<std::vector<int64_t>> plan_batches(const TextDataset& dataset, const BatchOptions& options = {});

/// Several examples side by side, filled up with Vocabulary::kPad to the longest.
struct Batch {
  Ids ids;                        ///< [batch, seq]; seq is 1 where no example has a word
  std::vector<int64_t> lengths;   ///< [batch]: the ids of an example that are no padding
  std::vector<int32_t> labels;    ///< [batch]
  std::vector<int64_t> examples;  ///< [batch]: indices into the dataset's examples
};

Batch make_batch(const TextDataset& dataset, std::span<const int64_t> examples);

}  // namespace runnel
