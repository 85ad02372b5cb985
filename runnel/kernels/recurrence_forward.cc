#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/recurrence_forward.cc"
#include <hwy/foreach_target.h>
//
#include <cassert>

#include "runnel/kernels/gemm.h"
#include "runnel/kernels/recurrence-inl.h"
#include "runnel/kernels/recurrence.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// One direction of the layer, ready to walk.
template <class CellType>
class ForwardDirection {
 public:
  ForwardDirection(const RecurrenceForward& args, int64_t direction, const Walk& walk,
                   RecurrentMemory& memory)
      : args_(args),
        direction_(direction),
        sizes_(args.layer, StepKernel<CellType>::kUnits),
        walk_(walk),
        memory_(memory),
        kernel_(sizes_, weights()) {
    const int64_t states = walk.batch() + walk.packed_rows();
    if (!args.memory.empty()) memory.gates = Buffer(walk.packed_rows() * slots_row());
    memory.state = Buffer(states * sizes_.state_row);
    if (CellType::kHasCell) memory.cell = Buffer(states * sizes_.hidden_row);
    if (sizes_.projected) {
      memory.hidden = Buffer(walk.packed_rows() * sizes_.hidden_row);
      projection_ = PackedMatrix<Sizes::StatePanel>(
          {weights().weight_hr, sizes_.hidden, sizes_.output, sizes_.hidden, true});
    }
  }

  const StepKernel<CellType>& kernel() const { return kernel_; }

  /// Walks a share through all its steps.
  void run(const Share& share) {
    const Columns of_h = columns_of(share, sizes_.output), of_c = columns_of(share, sizes_.hidden);
    for (int64_t k = share.begin; k < share.end; ++k) {
      const int64_t row = direction_ * walk_.batch() + walk_.sequence(k);
      copy_padded(args_.h_0, row, of_h, state(k), {sizes_.output, sizes_.state_row});
      if (CellType::kHasCell) copy_padded(args_.c_0, row, of_c, cell(k), {sizes_.hidden, sizes_.hidden_row});
    }
    share.wait();
    InputSide input(*this, share);
    for (int64_t i = 0; i < walk_.steps(); ++i) {
      input.prepare(i);
      walk_.for_each_segment(i, share.begin, share.end, [&](const Segment& segment) {
        step(segment, input, share);
        write_output(segment, of_h);
      });
      share.wait();
    }
    for (int64_t k = share.begin; k < share.end; ++k) {
      const int64_t row = direction_ * walk_.batch() + walk_.sequence(k), last = walk_.last_state(k);
      copy_columns(state(last), of_h, args_.h_n + row * sizes_.output);
      if (CellType::kHasCell) copy_columns(cell(last), of_c, args_.c_n + row * sizes_.hidden);
    }
  }

 private:
  static constexpr int kSlots = CellType::kSlots;

  /// The columns that a share writes, of rows of `count`; all of a state that a projection makes.
  Columns columns_of(const Share& share, int64_t count) const {
    const bool all = share.panels.last == kernel_.panels();
    return {share.panels.first * StepKernel<CellType>::kUnits,
            all ? count : share.panels.last * StepKernel<CellType>::kUnits};
  }

  /// The input's side of the steps. Where few sequences run at a time, the rows of many steps are multiplied with the
  /// weights together, so that these are read once for all; else each step's tiles read both sides' weights.
  class InputSide {
   public:
    InputSide(const ForwardDirection& direction, const Share& share)
        : direction_(direction), share_(share), walk_(direction.walk_), width_(direction.sizes_.input) {
      const int64_t rows = share.end - share.begin, steps = std::max<int64_t>(1, walk_.steps());
      chunked_ = steps > 1 && walk_.packed_rows() < kManyRows * steps && rows < kManyRows;
      in_place_ = !chunked_ && !walk_.x_index();
      if (chunked_) {
        most_ = std::clamp<int64_t>(kChunkFloats / direction.kernel_.start_row(), kManyRows, kChunkRows);
        starts_ = Buffer(most_ * direction.kernel_.start_row());
      } else {
        most_ = rows;
      }
      if (!in_place_) x_ = Buffer(most_ * width_);
    }

    /// Makes the rows of the i-th step ready, and in chunks those of the steps after it.
    void prepare(int64_t i) {
      if (in_place_) return;
      if (chunked_ && i < ready_) return;
      first_row_.clear();
      int64_t rows = 0;
      first_step_ = i;
      do {
        first_row_.push_back(rows);
        rows = copy_rows(i, rows);
        ++i;
      } while (chunked_ && i < walk_.steps() && rows + share_.end - share_.begin <= most_);
      ready_ = i;
      if (chunked_) direction_.kernel_.project(x_.data(), rows, starts_.data(), share_.panels);
    }

    /// Puts the rows of a segment of step i into `rows`.
    void fill(int64_t i, const Segment& segment, StepRows& rows) const {
      rows.start = direction_.kernel_.bias();
      if (in_place_) {
        rows.x = direction_.args_.x + (segment.packed_row + segment.first) * width_;
        rows.x_stride = width_;
        return;
      }
      const int64_t row = first_row_[static_cast<size_t>(i - first_step_)] + segment.first - share_.begin;
      if (chunked_) {
        rows.start_stride = direction_.kernel_.start_row();
        rows.start = starts_.data() + row * rows.start_stride;
      } else {
        rows.x = x_.data() + row * width_;
        rows.x_stride = width_;
      }
    }

   private:
    static constexpr int64_t kManyRows = 4;           // a tile's, about
    static constexpr int64_t kChunkRows = 64;         // weights read once for so many rows cost nothing
    static constexpr int64_t kChunkFloats = 1 << 18;  // and stay in the cache

    int64_t copy_rows(int64_t i, int64_t to) {
      walk_.for_each_segment(i, share_.begin, share_.end, [&](const Segment& segment) {
        for (int64_t k = segment.first; k < segment.first + segment.count; ++k, ++to) {
          const int64_t packed = segment.packed_row + k;
          const int64_t row = walk_.x_index() ? walk_.x_index()[packed] : packed;
          std::copy_n(direction_.args_.x + row * width_, width_, x_.data() + to * width_);
        }
      });
      return to;
    }

    const ForwardDirection& direction_;
    const Share& share_;
    const Walk& walk_;
    int64_t width_;
    bool chunked_, in_place_;
    int64_t most_ = 0;
    int64_t first_step_ = 0, ready_ = 0;  // the steps whose rows are there
    std::vector<int64_t> first_row_;
    Buffer x_, starts_;
  };

  const RecurrentWeights& weights() const { return args_.layer.directions[static_cast<size_t>(direction_)]; }
  int64_t slots_row() const { return kSlots * sizes_.hidden_row; }
  float* state(int64_t row) { return memory_.state.data() + row * sizes_.state_row; }
  float* cell(int64_t row) { return memory_.cell.data() + row * sizes_.hidden_row; }

  void step(const Segment& segment, const InputSide& input, const Share& share) {
    const int64_t before = segment.before + segment.first, after = segment.after + segment.first;
    const int64_t packed = segment.packed_row + segment.first;
    StepRows rows{.rows = segment.count, .h = state(before), .h_stride = sizes_.state_row};
    if (CellType::kHasCell) {
      rows.c = cell(before);
      rows.c_after = cell(after);
    }
    rows.h_after = sizes_.projected ? memory_.hidden.data() + packed * sizes_.hidden_row : state(after);
    rows.h_after_stride = sizes_.projected ? sizes_.hidden_row : sizes_.state_row;
    if (memory_.gates.count() > 0) rows.slots = memory_.gates.data() + packed * slots_row();
    input.fill(segment.step, segment, rows);
    kernel_.step(rows, share.panels);
    if (sizes_.projected) {
      multiply<Sizes::StatePanel>({.in = rows.h_after,
                                   .in_stride = sizes_.hidden_row,
                                   .rows = segment.count,
                                   .out = state(after),
                                   .out_stride = sizes_.state_row},
                                  projection_, {0, projection_.panels()});
    }
  }

  void write_output(const Segment& segment, const Columns& columns) {
    for (int64_t k = segment.first; k < segment.first + segment.count; ++k) {
      const int64_t row = walk_.output_row(segment.packed_row + k) * sizes_.directions + direction_;
      copy_columns(state(segment.after + k), columns, args_.output + row * sizes_.output);
    }
  }

  const RecurrenceForward& args_;
  int64_t direction_;
  Sizes sizes_;
  const Walk& walk_;
  RecurrentMemory& memory_;
  StepKernel<CellType> kernel_;
  PackedMatrix<Sizes::StatePanel> projection_;
};

void forward(const RecurrenceForward& args) {
  const std::vector<Walk> walks = walks_of(args.layer, args.rows);
  std::vector<RecurrentMemory> own(args.memory.empty() ? walks.size() : 0);
  const std::span<RecurrentMemory> memory = args.memory.empty() ? std::span(own) : args.memory;
  with_cell(args.layer.cell, [&]<class CellType>(CellType) {
    std::vector<ForwardDirection<CellType>> directions;
    directions.reserve(walks.size());
    for (size_t d = 0; d < walks.size(); ++d) {
      directions.emplace_back(args, static_cast<int64_t>(d), walks[d], memory[d]);
    }
    const RecurrentLayer& layer = args.layer;
    const int64_t work_a_row =
        CellType::kGates * layer.hidden_size * (layer.input_size + layer.output_size());
    Plan(walks, work_a_row, directions[0].kernel().panels(), layer.proj_size == 0)
        .run([&](const Share& share) { directions[static_cast<size_t>(share.direction)].run(share); });
  });
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {

HWY_EXPORT(forward);

void recurrence_forward(const RecurrenceForward& args) {
  assert(args.layer.cell == Cell::lstm || args.layer.proj_size == 0);
  assert(args.memory.empty() || args.memory.size() == args.layer.directions.size());
  HWY_DYNAMIC_DISPATCH(forward)(args);
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
