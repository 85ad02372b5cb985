#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runnel/tensor/shape.h"

namespace runnel {

/// How long each sequence of a batch is, in the caller's order. Any order, and a length of 0, are legal.
using Lengths = std::vector<int64_t>;

/// One step through a packed batch: it reads the rows first_row … first_row + batch − 1 and updates the first
/// `batch` sequences of the sorted order.
struct Step {
  int64_t first_row;
  int64_t batch;
  friend bool operator==(const Step&, const Step&) = default;
};

/// The order in which a batch of sequences is walked. Sequences are sorted by length, the longest first
/// (equal lengths keep the caller's order), so that those still running at a step are always the first ones.
/// Padded and packed, unsorted and sorted, forward and reverse differ in nothing else: reverse walks the
/// steps from the last to the first.
///
///     lengths 5, 2, 7  →  sorted_indices 2 0 1, steps (0, 3) (3, 3) (6, 2) (8, 2) (10, 2) (12, 1) (13, 1)
class Schedule {
 public:
  /// Throws  ShapeError when a length is negative; it names the sequence.
  explicit Schedule(Lengths lengths);
  /// `batch` sequences of `seq` steps each.
  static Schedule uniform(int64_t batch, int64_t seq) {
    return Schedule(Lengths(static_cast<size_t>(batch), seq));
  }

  int64_t batch() const { return static_cast<int64_t>(lengths_.size()); }
  /// Real steps in all, the rows of packed data: ΣL.
  int64_t rows() const { return rows_; }
  int64_t longest() const { return static_cast<int64_t>(steps_.size()); }
  const Lengths& lengths() const { return lengths_; }
  const std::vector<Step>& steps() const { return steps_; }
  /// How many sequences still run at each step. It is not the lengths.
  std::vector<int64_t> batch_sizes() const;
  /// sorted_indices()[k] is the caller's number of the k-th longest sequence.
  const std::vector<int32_t>& sorted_indices() const { return sorted_indices_; }
  /// unsorted_indices()[n] is the place of the caller's sequence n in the sorted order.
  const std::vector<int32_t>& unsorted_indices() const { return unsorted_indices_; }

  /// For every packed row, its row in padded data of shape [seq, batch, …]
  /// ([batch, seq, …] when batch_first), all axes behind the first two taken together.
  std::vector<int32_t> padded_rows(int64_t seq, bool batch_first) const;

 private:
  Lengths lengths_;
  int64_t rows_ = 0;
  std::vector<Step> steps_;
  std::vector<int32_t> sorted_indices_, unsorted_indices_;
};

/// Throws  ShapeError unless there is one length for each of `batch` sequences and each lies in 0 … seq.
void check_lengths(const Lengths& lengths, int64_t batch, int64_t seq);

}  // namespace runnel
