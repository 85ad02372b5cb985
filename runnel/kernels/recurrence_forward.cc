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
        weights_(args.layer.directions[static_cast<size_t>(direction)]),
        sizes_(args.layer),
        walk_(walk),
        memory_(memory) {
    const int64_t states = walk.batch() + walk.packed_rows();
    memory.gates = Buffer(walk.packed_rows() * gates_row());
    memory.state = Buffer(states * sizes_.state_row);
    if (CellType::kHasCell) memory.cell = Buffer(states * sizes_.hidden_row);
    if (sizes_.projected) memory.hidden = Buffer(walk.packed_rows() * sizes_.hidden_row);
    pack_weights();
  }

  /// The input's side of all pre-activations, a matrix product for each gate.
  void project_input() {
    for (int64_t row = 0; row < walk_.packed_rows() * kSlots; ++row) {
      float* slot = memory_.gates.data() + row * sizes_.hidden_row;
      std::fill(slot + sizes_.hidden, slot + sizes_.hidden_row, 0.0f);
    }
    const Matrix x = walk_.x_rows(args_.x, sizes_.input);
    for (int gate = 0; gate < kGates; ++gate) {
      const float* weight = weights_.weight_ih + gate * sizes_.hidden * sizes_.input;
      kernels::gemm({.a = x,
                     .b = {weight, sizes_.input, sizes_.hidden, sizes_.input, true},
                     .c = memory_.gates.data() + CellType::input_slot(gate) * sizes_.hidden_row,
                     .c_stride = gates_row(),
                     .bias = weights_.bias_ih ? weights_.bias_ih + gate * sizes_.hidden : nullptr});
    }
  }

  /// Walks the sequences begin … end − 1 of the sorted order through all their steps.
  void run(int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) start(k);
    for (int64_t i = 0; i < walk_.steps(); ++i) {
      walk_.for_each_segment(walk_.step(i), begin, end, [&](const Segment& segment) { step(segment); });
    }
    for (int64_t k = begin; k < end; ++k) finish(k);
  }

 private:
  static constexpr int kGates = CellType::kGates, kSlots = CellType::kSlots;
  static constexpr int kTileRows = kGates == 1 ? 8 : kAccumulators / kGates;

  int64_t gates_row() const { return kSlots * sizes_.hidden_row; }
  float* state(int64_t row) { return memory_.state.data() + row * sizes_.state_row; }
  float* cell(int64_t row) { return memory_.cell.data() + row * sizes_.hidden_row; }
  /// Where a step puts o ⊙ tanh(c): a row of its own when a projection follows, else the new state.
  float* hidden(const Segment& segment, int64_t k) {
    if (!sizes_.projected) return state(segment.after + k);
    return memory_.hidden.data() + (segment.packed_row + k) * sizes_.hidden_row;
  }

  /// W_hh in panels: for kLanes units, for each k, the vectors of all gates side by side.
  void pack_weights() {
    const int64_t blocks = (sizes_.hidden + kLanes - 1) / kLanes;
    panels_ = Buffer(blocks * kLanes * kGates * sizes_.output);
    bias_ = Buffer(kGates * blocks * kLanes);
    for (int64_t block = 0; block < blocks; ++block) {
      const int64_t unit = block * kLanes, units = std::min(kLanes, sizes_.hidden - unit);
      for (int64_t gate = 0; gate < kGates; ++gate) {
        const float* weight = weights_.weight_hh + gate * sizes_.hidden * sizes_.output;
        const Matrix m{weight, sizes_.output, sizes_.hidden, sizes_.output, true};
        pack_rows(m, {0, sizes_.output, unit, units}, kLanes, panel(unit) + gate * kLanes, kGates * kLanes);
        const float* bias = weights_.bias_hh ? weights_.bias_hh + gate * sizes_.hidden + unit : nullptr;
        copy_padded(bias, units, bias_.data() + kGates * unit + gate * kLanes, kLanes);
      }
    }
    if (sizes_.projected) {
      projection_ = RowProduct(sizes_.hidden, sizes_.output);
      projection_.pack({weights_.weight_hr, sizes_.hidden, sizes_.output, sizes_.hidden, true}, 0);
    }
  }
  float* panel(int64_t unit) { return panels_.data() + unit * kGates * sizes_.output; }

  void start(int64_t k) {
    const int64_t row = direction_ * walk_.batch() + walk_.sequence(k);
    copy_padded(args_.h_0 ? args_.h_0 + row * sizes_.output : nullptr, sizes_.output, state(k),
                sizes_.state_row);
    if (CellType::kHasCell) {
      copy_padded(args_.c_0 ? args_.c_0 + row * sizes_.hidden : nullptr, sizes_.hidden, cell(k),
                  sizes_.hidden_row);
    }
  }

  void step(const Segment& segment) {
    const int64_t end = segment.first + segment.count;
    for (int64_t unit = 0; unit < sizes_.hidden; unit += kLanes) {
      for (int64_t k = segment.first; k < end; k += kTileRows) {
        with_row_count<kTileRows>(std::min<int64_t>(kTileRows, end - k),
                                  [&]<int Rows>() { tile<Rows>(segment, k, unit); });
      }
    }
    if (sizes_.projected) {
      projection_.multiply(hidden(segment, segment.first), sizes_.hidden_row, segment.count,
                           state(segment.after + segment.first), sizes_.state_row, false);
    }
    for (int64_t k = segment.first; k < end; ++k) {
      float* out =
          args_.output + walk_.output_row(segment.packed_row + k) * sizes_.directions * sizes_.output;
      std::copy_n(state(segment.after + k), sizes_.output, out + direction_ * sizes_.output);
    }
  }

  /// kLanes units of Rows sequences, from the old state to the new one.
  template <int Rows>
  HWY_INLINE void tile(const Segment& segment, int64_t k, int64_t unit) {
    const FloatTag d;
    FloatVector sums[Rows][kGates];
    for (int r = 0; r < Rows; ++r) {
      for (int g = 0; g < kGates; ++g) sums[r][g] = hn::Load(d, bias_.data() + kGates * unit + g * kLanes);
    }
    multiply_tile<Rows, kGates>({state(segment.before + k), sizes_.state_row, 1}, panel(unit), sizes_.output,
                                sums);
    for (int r = 0; r < Rows; ++r) {
      float* gates = memory_.gates.data() + (segment.packed_row + k + r) * gates_row() + unit;
      FloatVector slots[kSlots];
      for (int s = 0; s < kSlots; ++s) slots[s] = hn::Load(d, gates + s * sizes_.hidden_row);
      UnitState before{hn::Zero(d), hn::Zero(d)};
      if (!sizes_.projected) before.h = hn::Load(d, state(segment.before + k + r) + unit);
      if (CellType::kHasCell) before.c = hn::Load(d, cell(segment.before + k + r) + unit);
      const UnitState after = CellType::forward(slots, sums[r], before);
      for (int s = 0; s < kSlots; ++s) hn::Store(slots[s], d, gates + s * sizes_.hidden_row);
      hn::Store(after.h, d, hidden(segment, k + r) + unit);
      if (CellType::kHasCell) hn::Store(after.c, d, cell(segment.after + k + r) + unit);
    }
  }

  void finish(int64_t k) {
    const int64_t row = direction_ * walk_.batch() + walk_.sequence(k), last = walk_.last_state(k);
    std::copy_n(state(last), sizes_.output, args_.h_n + row * sizes_.output);
    if (CellType::kHasCell) std::copy_n(cell(last), sizes_.hidden, args_.c_n + row * sizes_.hidden);
  }

  const RecurrenceForward& args_;
  int64_t direction_;
  const RecurrentWeights& weights_;
  Sizes sizes_;
  const Walk& walk_;
  RecurrentMemory& memory_;
  Buffer panels_, bias_;
  RowProduct projection_;
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
      directions.back().project_input();
    }
    const int64_t work_a_row = CellType::kGates * args.layer.hidden_size * args.layer.output_size();
    for_each_part(walks, work_a_row, [&](int64_t direction, int64_t begin, int64_t end) {
      directions[static_cast<size_t>(direction)].run(begin, end);
    });
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
