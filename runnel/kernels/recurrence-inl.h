// What the forward and the backward walk of a recurrent layer share: the order of the rows, the padded layout
// of the memory, and the products of one step. Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_RECURRENCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_RECURRENCE_INL_H_
#undef RUNNEL_KERNELS_RECURRENCE_INL_H_
#else
#define RUNNEL_KERNELS_RECURRENCE_INL_H_
#endif

#include <vector>

#include "runnel/base/thread_pool.h"
#include "runnel/kernels/cells-inl.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// Calls `body(cell)` with an object of the cell's struct.
template <class Body>
void with_cell(Cell cell, const Body& body) {
  switch (cell) {
    case Cell::rnn_tanh:
      return body(RnnCell<false>());
    case Cell::rnn_relu:
      return body(RnnCell<true>());
    case Cell::lstm:
      return body(LstmCell());
    case Cell::gru:
      return body(GruCell());
  }
}

/// Vectors of a panel in the plain row products, and the tile's rows there.
inline constexpr int kProductVectors = 2;
inline constexpr int kProductRows = kAccumulators / kProductVectors;
/// Rows in the memory are as long as a whole number of tiles; the places behind the real ones hold finite
/// numbers.
inline int64_t padded(int64_t count) {
  const int64_t tile = kProductVectors * kLanes;
  return (count + tile - 1) / tile * tile;
}

/// The sizes of a layer and its rows in memory, in floats.
struct Sizes {
  explicit Sizes(const RecurrentLayer& layer)
      : input(layer.input_size),
        hidden(layer.hidden_size),
        output(layer.output_size()),
        projected(layer.proj_size > 0),
        hidden_row(padded(hidden)),
        state_row(padded(output)),
        directions(static_cast<int64_t>(layer.directions.size())) {}
  int64_t input, hidden, output;
  bool projected;
  int64_t hidden_row, state_row;
  int64_t directions;
};

/// Neighbouring sequences of one step: sequences first … first + count − 1 of the sorted order. Their new
/// states stand at rows after + k of the memory, their old ones at rows before + k (k the sorted place).
struct Segment {
  int64_t first, count;
  int64_t before, after;
  int64_t packed_row;  // packed row of sorted place k is packed_row + k
};

/// The order in which one direction walks the packed rows. The states in memory: one row a sequence before
/// the first step, then one for each packed row.
class Walk {
 public:
  Walk(const SequenceRows& rows, bool reverse) : rows_(rows), reverse_(reverse) {
    first_row_.reserve(rows.batch_sizes.size());
    for (const int64_t batch : rows.batch_sizes) {
      first_row_.push_back(packed_rows_);
      packed_rows_ += batch;
    }
  }

  int64_t steps() const { return static_cast<int64_t>(first_row_.size()); }
  int64_t batch() const { return static_cast<int64_t>(rows_.sequence.size()); }
  int64_t packed_rows() const { return packed_rows_; }
  bool reverse() const { return reverse_; }
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
  /// The i-th step that this direction takes.
  int64_t step(int64_t i) const { return reverse_ ? steps() - 1 - i : i; }

  /// Calls `body(segment)` for the sequences begin … end − 1 that run at step t.
  template <class Body>
  void for_each_segment(int64_t t, int64_t begin, int64_t end, const Body& body) const {
    const int64_t running = std::min(end, batch_size(t));
    // At the step walked before: the sequences below `carried` have been there, the others start now.
    const int64_t previous = reverse_ ? t + 1 : t - 1;
    const bool first_step = previous < 0 || previous >= steps();
    const int64_t carried = first_step ? 0 : batch_size(previous);
    const int64_t split = std::clamp(carried, begin, std::max(begin, running));
    const int64_t row = first_row_[static_cast<size_t>(t)];
    const int64_t after = batch() + row;
    if (split > begin) {
      body(Segment{begin, split - begin, batch() + first_row_[static_cast<size_t>(previous)], after, row});
    }
    if (running > split) body(Segment{split, running - split, 0, after, row});
  }

  /// The row in memory of a sequence's state after its last step in this direction.
  int64_t last_state(int64_t k) const {
    const int64_t length = this->length(k);
    if (length == 0) return k;
    return batch() + (reverse_ ? 0 : first_row_[static_cast<size_t>(length - 1)]) + k;
  }

  int64_t length(int64_t k) const {
    return std::partition_point(rows_.batch_sizes.begin(), rows_.batch_sizes.end(),
                                [k](int64_t batch) { return batch > k; }) -
           rows_.batch_sizes.begin();
  }

 private:
  int64_t batch_size(int64_t t) const { return rows_.batch_sizes[static_cast<size_t>(t)]; }

  const SequenceRows& rows_;
  bool reverse_;
  std::vector<int64_t> first_row_;
  int64_t packed_rows_ = 0;
};

/// Cuts the batch for the threads: neighbouring sequences of about equally many steps together. A sequence is
/// walked by one thread from end to end, so threads meet only once a layer.
inline std::vector<int64_t> split_batch(const Walk& walk, int64_t parts, int64_t work_a_row) {
  constexpr int64_t kWorthAThread = 1 << 18;  // multiply-adds: tens of microseconds
  parts = std::min({parts, walk.batch(), walk.packed_rows() * work_a_row / kWorthAThread});
  std::vector<int64_t> cuts{0};
  int64_t rows = 0;
  for (int64_t k = 0; k < walk.batch() && parts > 1; ++k) {
    rows += walk.length(k);
    const int64_t made = static_cast<int64_t>(cuts.size());
    if (made < parts && rows * parts >= made * walk.packed_rows()) cuts.push_back(k + 1);
  }
  if (cuts.back() != walk.batch()) cuts.push_back(walk.batch());
  return cuts;
}

/// Calls `body(direction, begin, end)` for each direction and part of the batch, on all threads.
template <class Body>
void for_each_part(const std::vector<Walk>& walks, int64_t work_a_row, const Body& body) {
  const int64_t directions = static_cast<int64_t>(walks.size());
  const int64_t parts_each = std::max<int64_t>(1, thread_count() / directions);
  const std::vector<int64_t> cuts = split_batch(walks[0], parts_each, work_a_row);
  const int64_t parts = static_cast<int64_t>(cuts.size()) - 1;
  parallel_tasks(directions * parts, [&](int64_t task) {
    const size_t part = static_cast<size_t>(task % parts);
    body(task / parts, cuts[part], cuts[part + 1]);
  });
}

inline std::vector<Walk> walks_of(const RecurrentLayer& layer, const SequenceRows& rows) {
  std::vector<Walk> walks;
  for (size_t d = 0; d < layer.directions.size(); ++d) walks.emplace_back(rows, d == 1);
  return walks;
}

/// The right-hand side of a product that every step repeats, packed once: panels of 2 vectors.
struct RowProduct {
  Buffer panels;
  int64_t inner = 0, cols = 0;

  RowProduct() = default;
  RowProduct(int64_t inner_size, int64_t col_count)
      : panels(inner_size * padded(col_count)), inner(inner_size), cols(col_count) {}

  /// Rows k … k + m.rows − 1 of the right-hand side.
  void pack(const Matrix& m, int64_t k) {
    const int64_t width = kProductVectors * kLanes;
    for (int64_t c = 0; c < cols; c += width) {
      const Block block{0, m.rows, c, std::min(width, cols - c)};
      pack_rows(m, block, width, panels.data() + c * inner + k * width, width);
    }
  }
  /// Zeros in rows k … k + rows − 1.
  void pack_zeros(int64_t k, int64_t rows) {
    const int64_t width = kProductVectors * kLanes;
    for (int64_t c = 0; c < cols; c += width) {
      std::fill_n(panels.data() + c * inner + k * width, rows * width, 0.0f);
    }
  }

  /// out[r, :] = start + in[r, :]·B, where start is out itself when `accumulate`, else 0. Rows of `out` are
  /// padded.
  void multiply(const float* in, int64_t in_row, int64_t rows, float* out, int64_t out_row,
                bool accumulate) const {
    const FloatTag d;
    const int64_t width = kProductVectors * kLanes;
    for (int64_t c = 0; c < cols; c += width) {
      const float* panel = panels.data() + c * inner;
      for (int64_t r = 0; r < rows; r += kProductRows) {
        with_row_count<kProductRows>(std::min<int64_t>(kProductRows, rows - r), [&]<int Rows>() {
          FloatVector sums[Rows][kProductVectors];
          for (int i = 0; i < Rows; ++i) {
            const float* start = out + (r + i) * out_row + c;
            for (int v = 0; v < kProductVectors; ++v) {
              sums[i][v] = accumulate ? hn::Load(d, start + v * kLanes) : hn::Zero(d);
            }
          }
          multiply_tile<Rows, kProductVectors>({in + r * in_row, in_row, 1}, panel, inner, sums);
          for (int i = 0; i < Rows; ++i) {
            for (int v = 0; v < kProductVectors; ++v) {
              hn::Store(sums[i][v], d, out + (r + i) * out_row + c + v * kLanes);
            }
          }
        });
      }
    }
  }
};

/// Copies a row of `count` numbers (zeros when `source` is null) and clears the padding behind it.
inline void copy_padded(const float* source, int64_t count, float* target, int64_t row) {
  if (source) {
    std::copy_n(source, count, target);
    std::fill(target + count, target + row, 0.0f);
  } else {
    std::fill_n(target, row, 0.0f);
  }
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_RECURRENCE_INL_H_
