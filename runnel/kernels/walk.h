#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runnel/kernels/gemm.h"
#include "runnel/kernels/recurrence.h"

namespace runnel::kernels {

/// Which states of a walk stay in memory.
enum class Kept {
  all,  ///< one row a sequence before the first step, then one for each packed row: what a backward pass reads
  two,  ///< two rows a sequence, written in turn
};

/// Neighbouring sequences of one step: sequences first … first + count − 1 of the sorted order. Their new states stand
/// at rows after + k of the memory, their old ones at rows before + k (k the sorted place).
struct Segment {
  int64_t first, count;
  int64_t before, after;
  int64_t packed_row;  ///< packed row of sorted place k is packed_row + k
  int64_t step;        ///< the place of the step in the walk
};

/// The order in which one direction walks the packed rows, and the rows of its states in memory.
class Walk {
 public:
  Walk() = default;
  Walk(const SequenceRows& rows, bool reverse, Kept kept) { assign(rows, reverse, kept); }

  /// Takes over other rows. Allocates only where there are more steps than ever before.
  void assign(const SequenceRows& rows, bool reverse, Kept kept) {
    rows_ = rows;
    reverse_ = reverse;
    kept_ = kept;
    first_row_.clear();
    first_row_.reserve(rows.batch_sizes.size());
    packed_rows_ = 0;
    for (const int64_t batch : rows.batch_sizes) {
      first_row_.push_back(packed_rows_);
      packed_rows_ += batch;
    }
  }

  int64_t steps() const { return static_cast<int64_t>(first_row_.size()); }
  int64_t batch() const { return static_cast<int64_t>(rows_.sequence.size()); }
  int64_t packed_rows() const { return packed_rows_; }
  /// Rows of states in memory.
  int64_t states() const { return kept_ == Kept::all ? batch() + packed_rows_ : 2 * batch(); }
  int64_t output_row(int64_t packed) const {
    return rows_.output_row.empty() ? packed : rows_.output_row[static_cast<size_t>(packed)];
  }
  /// x as a matrix of packed rows.
  Matrix x_rows(const float* x, int64_t input_size) const {
    return {x, packed_rows_, input_size, input_size, false, x_index()};
  }
  const int32_t* x_index() const { return rows_.x_row.empty() ? nullptr : rows_.x_row.data(); }
  /// The caller's number of the sequence at sorted place k.
  int64_t sequence(int64_t k) const { return rows_.sequence[static_cast<size_t>(k)]; }

  /// Calls `body(segment)` for the sequences begin … end − 1 that run at the i-th step that this direction takes.
  template <class Body>
  void for_each_segment(int64_t i, int64_t begin, int64_t end, const Body& body) const {
    const int64_t t = reverse_ ? steps() - 1 - i : i;
    const int64_t running = std::min(end, batch_size(t)), row = first_row_[static_cast<size_t>(t)];
    if (running <= begin) return;
    if (kept_ == Kept::two) return body(Segment{begin, running - begin, turn(i - 1), turn(i), row, i});
    // At the step walked before: the sequences below `carried` have been there, the others start now.
    const int64_t previous = reverse_ ? t + 1 : t - 1;
    const int64_t carried = i == 0 ? 0 : batch_size(previous);
    const int64_t split = std::clamp(carried, begin, running);
    const int64_t after = batch() + row;
    if (split > begin) {
      body(Segment{begin, split - begin, batch() + first_row_[static_cast<size_t>(previous)], after, row, i});
    }
    if (running > split) body(Segment{split, running - split, 0, after, row, i});
  }

  /// The row in memory of the state of sorted place k before its first step.
  int64_t first_state(int64_t k) const {
    if (kept_ == Kept::all) return k;
    return turn((reverse_ ? steps() - length(k) : 0) - 1) + k;
  }
  /// The row in memory of its state after its last step in this direction.
  int64_t last_state(int64_t k) const {
    const int64_t length = this->length(k);
    if (length == 0) return first_state(k);
    if (kept_ == Kept::two) return turn((reverse_ ? steps() : length) - 1) + k;
    return batch() + (reverse_ ? 0 : first_row_[static_cast<size_t>(length - 1)]) + k;
  }

  int64_t length(int64_t k) const {
    return std::partition_point(rows_.batch_sizes.begin(), rows_.batch_sizes.end(),
                                [k](int64_t batch) { return batch > k; }) -
           rows_.batch_sizes.begin();
  }

 private:
  int64_t batch_size(int64_t t) const { return rows_.batch_sizes[static_cast<size_t>(t)]; }
  /// The first row of the states after step i, where two are kept; −1: before the walk.
  int64_t turn(int64_t i) const { return i % 2 == 0 ? batch() : 0; }

  SequenceRows rows_;
  bool reverse_ = false;
  Kept kept_ = Kept::all;
  std::vector<int64_t> first_row_;
  int64_t packed_rows_ = 0;
};

/// Columns first … last − 1 of a row: the part that one share writes.
struct Columns {
  int64_t first, last;
};

/// A row in memory: `count` real numbers and padding up to `stride`.
struct PaddedRow {
  int64_t count, stride;
};

/// Copies columns of row `row` of `source` ([…, count]; absent: zeros) and clears the padding behind the last.
inline void copy_padded(const float* source, int64_t row, const Columns& columns, float* target,
                        const PaddedRow& sizes) {
  for (int64_t i = columns.first; i < columns.last; ++i)
    target[i] = source ? source[row * sizes.count + i] : 0.0f;
  if (columns.last == sizes.count) std::fill(target + sizes.count, target + sizes.stride, 0.0f);
}

inline void copy_columns(const float* source, const Columns& columns, float* target) {
  std::copy(source + columns.first, source + columns.last, target + columns.first);
}

}  // namespace runnel::kernels
