// What the forward and the backward walk of a recurrent layer share: the order of the rows and the split over
// the threads. Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_RECURRENCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_RECURRENCE_INL_H_
#undef RUNNEL_KERNELS_RECURRENCE_INL_H_
#else
#define RUNNEL_KERNELS_RECURRENCE_INL_H_
#endif

#include <memory>
#include <vector>

#include "runnel/base/thread_pool.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/step-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// Neighbouring sequences of one step: sequences first … first + count − 1 of the sorted order. Their new
/// states stand at rows after + k of the memory, their old ones at rows before + k (k the sorted place).
struct Segment {
  int64_t first, count;
  int64_t before, after;
  int64_t packed_row;  // packed row of sorted place k is packed_row + k
  int64_t step;        // the place of the step in the walk
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
  /// Calls `body(segment)` for the sequences begin … end − 1 that run at the i-th step that this direction takes.
  template <class Body>
  void for_each_segment(int64_t i, int64_t begin, int64_t end, const Body& body) const {
    const int64_t t = reverse_ ? steps() - 1 - i : i;
    const int64_t running = std::min(end, batch_size(t));
    // At the step walked before: the sequences below `carried` have been there, the others start now.
    const int64_t previous = reverse_ ? t + 1 : t - 1;
    const bool first_step = previous < 0 || previous >= steps();
    const int64_t carried = first_step ? 0 : batch_size(previous);
    const int64_t split = std::clamp(carried, begin, std::max(begin, running));
    const int64_t row = first_row_[static_cast<size_t>(t)];
    const int64_t after = batch() + row;
    if (split > begin) {
      body(Segment{begin, split - begin, batch() + first_row_[static_cast<size_t>(previous)], after, row, i});
    }
    if (running > split) body(Segment{split, running - split, 0, after, row, i});
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

/// What one thread does of one direction: all steps, for some of the sequences or for some of the units.
struct Share {
  int64_t direction;
  int64_t begin, end;   // sequences, of the sorted order
  PanelRange panels;    // of the weights that the walk multiplies with: which units these are
  SpinBarrier* others;  // those that do the other units of the same sequences; null: there are none

  void wait() const {
    if (others) others->wait();
  }
};

/// How a layer call is cut for the threads.
///
///     measured                                                        rule
///     waking a thread costs about 5 µs                                 no share is smaller than kWorthAThread
///     a sequence walked by one thread needs no other                   directions and sequences are shared out first
///     two caches hold twice the weights, a crossing costs 0.2 µs       few sequences: the units are, where a step has
///                                                                      kWorthACrossing of work for each
class Plan {
 public:
  /// `panels`: of one direction. `divisible`: whether units may be shared.
  Plan(const std::vector<Walk>& walks, int64_t work_a_row, int64_t panels, bool divisible) {
    const Walk& walk = walks[0];
    const int64_t directions = static_cast<int64_t>(walks.size()), threads = thread_count();
    const int64_t work = directions * walk.packed_rows() * work_a_row;
    const int64_t useful =
        std::clamp<int64_t>(work / kWorthAThread, 1, std::max<int64_t>(1, threads / directions));
    const int64_t work_a_step = walk.steps() > 0 ? walk.packed_rows() / walk.steps() * work_a_row : 0;
    members_ = divisible && walk.batch() < kEnoughSequences * useful
                   ? std::clamp<int64_t>(std::min(work_a_step / kWorthACrossing, panels), 1, useful)
                   : 1;
    const std::vector<int64_t> cuts = split_batch(walk, members_ > 1 ? 1 : useful);
    barriers_.reserve(walks.size());
    for (int64_t d = 0; d < directions; ++d) {
      barriers_.push_back(std::make_unique<SpinBarrier>(members_));
      for (size_t part = 0; part + 1 < cuts.size(); ++part) {
        for (int64_t m = 0; m < members_; ++m) {
          shares_.push_back({d,
                             cuts[part],
                             cuts[part + 1],
                             {panels * m / members_, panels * (m + 1) / members_},
                             members_ > 1 ? barriers_.back().get() : nullptr});
        }
      }
    }
  }

  /// Calls `body(share)` for every share. Where the threads for a team can't be had, one thread does all units.
  template <class Body>
  void run(const Body& body) {
    const int64_t shares = static_cast<int64_t>(shares_.size());
    const auto one = [&](int64_t i) { body(shares_[static_cast<size_t>(i)]); };
    if (members_ == 1) {
      parallel_tasks(shares, one);
    } else if (!try_team(shares, one)) {
      for (int64_t i = 0; i < shares; i += members_) {
        Share all = shares_[static_cast<size_t>(i)];
        all.panels.last = shares_[static_cast<size_t>(i + members_ - 1)].panels.last;
        all.others = nullptr;
        body(all);
      }
    }
  }

 private:
  static constexpr int64_t kWorthAThread = 1 << 18;    // multiply-adds
  static constexpr int64_t kWorthACrossing = 1 << 14;  // multiply-adds of a member in a step
  static constexpr int64_t kEnoughSequences = 4;       // a thread

  /// Neighbouring sequences of about equally many steps together.
  static std::vector<int64_t> split_batch(const Walk& walk, int64_t parts) {
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

  int64_t members_ = 1;
  std::vector<std::unique_ptr<SpinBarrier>> barriers_;
  std::vector<Share> shares_;
};

inline std::vector<Walk> walks_of(const RecurrentLayer& layer, const SequenceRows& rows) {
  std::vector<Walk> walks;
  for (size_t d = 0; d < layer.directions.size(); ++d) walks.emplace_back(rows, d == 1);
  return walks;
}

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

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_RECURRENCE_INL_H_
