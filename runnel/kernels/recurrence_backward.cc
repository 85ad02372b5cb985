#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/recurrence_backward.cc"
#include <hwy/foreach_target.h>
//
#include <cassert>

#include "runnel/base/thread_pool.h"
#include "runnel/kernels/cache_sizes.h"
#include "runnel/kernels/gemm.h"
#include "runnel/kernels/plan.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/step-inl.h"
#include "runnel/kernels/walk.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// One direction of the layer, ready to walk back.
template <class CellType>
class BackwardDirection {
 public:
  /// `whole_rows`: whoever does a row of a step does all of its units.
  BackwardDirection(const RecurrenceBackward& args, int64_t direction, const Walk& walk, bool whole_rows)
      : args_(args),
        direction_(direction),
        weights_(args.layer.directions[static_cast<size_t>(direction)]),
        sizes_(args.layer, StepKernel<CellType>::kUnits, kSlots),
        walk_(walk),
        memory_(args.memory[static_cast<size_t>(direction)]),
        unit_row_(whole_rows ? sizes_.hidden : sizes_.hidden_row),
        d_state_(walk.batch() * sizes_.state_row),
        d_cell_(CellType::kHasCell ? walk.batch() * sizes_.hidden_row : 0),
        d_hidden_(sizes_.projected ? walk.batch() * d_hidden_row() : 0),
        d_projected_(sizes_.projected ? walk.packed_rows() * sizes_.state_row : 0),
        input_rows_(weight_rows(0, &CellType::input_slot)),
        hidden_rows_(weight_rows(CellType::kHiddenSlot, &CellType::hidden_slot)),
        to_state_(Matrix{weights_.weight_hh, kGates * unit_row_, sizes_.output, sizes_.output, false,
                         hidden_rows_.data()}) {
    if (sizes_.projected) {
      to_hidden_ = PackedMatrix({weights_.weight_hr, sizes_.output, sizes_.hidden, sizes_.hidden});
    }
  }

  /// Panels of the product whose result is the gradient of the old state.
  static int64_t panels(const RecurrentLayer& layer) { return (layer.output_size() + kWidth - 1) / kWidth; }

  /// Walks a share back through all its steps: leaves the gradients of the pre-activations in the memory's gates, and
  /// those of the first states.
  void run(const Share& share) {
    const Columns of_h = columns_of(share, sizes_.output), of_c = columns_of(share, sizes_.hidden);
    for (int64_t k = share.begin; k < share.end; ++k) {
      const int64_t row = direction_ * walk_.batch() + walk_.sequence(k);
      copy_padded(args_.d_h_n, row, of_h, d_state(k), {sizes_.output, sizes_.state_row});
      if (CellType::kHasCell)
        copy_padded(args_.d_c_n, row, of_c, d_cell(k), {sizes_.hidden, sizes_.hidden_row});
    }
    Buffer kept(narrows() ? kSlots * sizes_.hidden_row : 0);
    for (int64_t i = walk_.steps() - 1; i >= 0; --i) {
      walk_.for_each_segment(i, share.begin, share.end,
                             [&](const Segment& segment) { cells(segment, of_h, of_c, kept.data()); });
      share.wait();
      walk_.for_each_segment(i, share.begin, share.end, [&](const Segment& segment) {
        to_old_state(segment, share.panels, i % 2 == 0);
      });
    }
    for (int64_t k = share.begin; k < share.end; ++k) {
      const int64_t row = direction_ * walk_.batch() + walk_.sequence(k);
      if (args_.d_h_0) copy_columns(d_state(k), of_h, args_.d_h_0 + row * sizes_.output);
      if (CellType::kHasCell && args_.d_c_0) copy_columns(d_cell(k), of_c, args_.d_c_0 + row * sizes_.hidden);
    }
  }

  /// After run() over the whole batch: d_x of this direction's share, and the gradients of the weights, products over all
  /// steps. `d` may be null.
  void products(const RecurrentWeightGradients* d) {
    if (is_table()) {
      sum_by_table_row();
      if (args_.d_x) input_gradient({0, args_.rows.table_rows});
      if (d && d->weight_ih) input_weights(*d, {0, args_.rows.table_rows});
    }
    const std::vector<int32_t> before = d && d->weight_hh ? states_before() : std::vector<int32_t>();
    const int64_t rows = walk_.packed_rows(), most = block_rows();
    for (int64_t first = 0; first == 0 || first < rows; first += most) {
      const Rows block{first, std::min(most, rows - first)};
      if (args_.d_x && !is_table()) input_gradient(block);
      if (d) weight_gradients(*d, block, before);
    }
    for (int gate = 0; gate < kGates && d && d->bias_hh; ++gate) {
      if (d->bias_ih && same_sum(gate))
        std::copy_n(d->bias_ih + gate * sizes_.hidden, sizes_.hidden, d->bias_hh + gate * sizes_.hidden);
    }
  }

 private:
  static constexpr int kGates = CellType::kGates, kSlots = CellType::kSlots;
  static constexpr int64_t kLeastBlock = 192;  // rows, so that starting products costs little

  /// Packed rows, or rows of the table.
  struct Rows {
    int64_t first, count;
  };

  /// How many rows all products go through before the next ones: their gradients are read by four products, so they stay in
  /// the second cache, unless the gradients of the weights, which each block reads and writes, would not.
  int64_t block_rows() const {
    static const int64_t room = cache_sizes().l2 / 2 / static_cast<int64_t>(sizeof(float));
    const int64_t weights = kGates * sizes_.hidden * (sizes_.input + sizes_.output);
    if (weights > room / 4) return std::max<int64_t>(1, walk_.packed_rows());
    return std::max<int64_t>(kLeastBlock, room / sizes_.slots_row);
  }

  /// Where x is a table: sums the gradients of the steps that read the same row, in the order of the packed rows.
  /// Threads share out the columns.
  void sum_by_table_row() {
    const int64_t columns = table_row(), table_rows = args_.rows.table_rows;
    d_table_ = Buffer(table_rows * columns);
    std::fill_n(d_table_.data(), table_rows * columns, 0.0f);
    constexpr int64_t kWorthAThread = 1 << 15;
    const int64_t grain = 1 + kWorthAThread / (walk_.packed_rows() * kLanes);
    parallel_for(columns / kLanes, grain, [&](int64_t begin, int64_t end) {
      const FloatTag d;
      for (int64_t packed = 0; packed < walk_.packed_rows(); ++packed) {
        const float* from = gates(packed);
        float* to = d_table_.data() + walk_.x_index()[packed] * columns;
        for (int64_t k = begin * kLanes; k < end * kLanes; k += kLanes) {
          hn::Store(hn::Add(hn::Load(d, to + k), hn::Load(d, from + k)), d, to + k);
        }
      }
    });
  }

  void input_gradient(const Rows& rows) const {
    const int32_t* index = is_table() ? nullptr : walk_.x_index();
    kernels::gemm(
        {.a = input_side(rows),
         .b = {weights_.weight_ih, kGates * unit_row_, sizes_.input, sizes_.input, false, input_rows_.data()},
         .c = args_.d_x + (index ? 0 : rows.first * sizes_.input),
         .c_stride = sizes_.input,
         .c_index = index ? index + rows.first : nullptr,
         .accumulate = direction_ > 0});
  }

  void input_weights(const RecurrentWeightGradients& d, const Rows& rows) const {
    const int32_t* index = is_table() ? nullptr : walk_.x_index();
    const Matrix x{args_.x + (index ? 0 : rows.first * sizes_.input),
                   rows.count,
                   sizes_.input,
                   sizes_.input,
                   false,
                   index ? index + rows.first : nullptr};
    product(input_side(rows), x, d.weight_ih, input_rows_.data(), rows.first > 0);
  }

  /// Adds a block's share. `before`: see states_before().
  void weight_gradients(const RecurrentWeightGradients& d, const Rows& rows,
                        const std::vector<int32_t>& before) const {
    const bool more = rows.first > 0;
    if (d.weight_ih && !is_table()) input_weights(d, rows);
    if (d.weight_hh) {
      product(gate_rows(CellType::kHiddenSlot, rows),
              {memory_.state.data(), rows.count, sizes_.output, sizes_.state_row, false,
               before.data() + rows.first},
              d.weight_hh, hidden_rows_.data(), more);
    }
    if (d.bias_ih) sum_gates(&CellType::input_slot, rows, d.bias_ih, [](int) { return true; });
    if (d.bias_hh) {
      sum_gates(&CellType::hidden_slot, rows, d.bias_hh,
                [&](int gate) { return !(d.bias_ih && same_sum(gate)); });
    }
    if (d.weight_hr) {
      product(
          {d_projected_.data() + rows.first * sizes_.state_row, rows.count, sizes_.output, sizes_.state_row},
          {memory_.hidden.data() + rows.first * sizes_.hidden_row, rows.count, sizes_.hidden,
           sizes_.hidden_row},
          d.weight_hr, nullptr, more);
    }
  }

  /// The gradients of the biases of the gates that are `wanted`. Those that stand side by side, here and there, are one sum.
  template <class Wanted>
  void sum_gates(int (*slot_of)(int gate), const Rows& rows, float* bias, const Wanted& wanted) const {
    const bool side_by_side = unit_row_ == sizes_.hidden;
    for (int gate = 0, end = 0; gate < kGates; gate = end) {
      end = gate + 1;
      if (!wanted(gate)) continue;
      while (side_by_side && end < kGates && wanted(end) && slot_of(end) == slot_of(end - 1) + 1) ++end;
      const Matrix gradients{gates(rows.first) + slot_of(gate) * unit_row_, rows.count,
                             (end - gate) * sizes_.hidden, sizes_.slots_row};
      sum_rows(gradients, bias + gate * sizes_.hidden, rows.first > 0);
    }
  }

  /// Whether both biases of a gate are added to the same sum.
  static bool same_sum(int gate) { return CellType::input_slot(gate) == CellType::hidden_slot(gate); }
  bool narrows() const { return unit_row_ < sizes_.hidden_row; }
  float* gates(int64_t packed_row) const { return memory_.gates.data() + packed_row * sizes_.slots_row; }
  float* d_state(int64_t k) { return d_state_.data() + k * sizes_.state_row; }
  float* d_cell(int64_t k) { return d_cell_.data() + k * sizes_.hidden_row; }
  /// o ⊙ tanh(c) is the state itself where no projection follows.
  int64_t d_hidden_row() const {
    return sizes_.projected ? round_up(sizes_.hidden, kWidth) : sizes_.state_row;
  }
  float* d_hidden(int64_t k) { return (sizes_.projected ? d_hidden_ : d_state_).data() + k * d_hidden_row(); }

  /// The columns that a share writes of rows of `count`: all where a projection stands between, since then there is but
  /// one share of the units.
  Columns columns_of(const Share& share, int64_t count) const {
    const bool all = share.panels.last == to_state_.panels();
    return {share.panels.first * kWidth, all ? count : share.panels.last * kWidth};
  }

  /// The rows of PyTorch's weights for the columns of the kGates slots from `first_slot`; −1: padding.
  std::vector<int32_t> weight_rows(int first_slot, int (*slot_of)(int gate)) const {
    std::vector<int32_t> rows(static_cast<size_t>(kGates * unit_row_), -1);
    for (int gate = 0; gate < kGates; ++gate) {
      const int64_t first = (slot_of(gate) - first_slot) * unit_row_;
      for (int64_t unit = 0; unit < sizes_.hidden; ++unit) {
        rows[static_cast<size_t>(first + unit)] = static_cast<int32_t>(gate * sizes_.hidden + unit);
      }
    }
    return rows;
  }

  /// The gradients of the pre-activations of one side: kGates slots, the first one given.
  Matrix gate_rows(int first_slot, const Rows& rows) const {
    return {gates(rows.first) + first_slot * unit_row_, rows.count, kGates * unit_row_, sizes_.slots_row};
  }
  bool is_table() const { return args_.rows.table_rows > 0; }
  /// The gradients of the input's side of the pre-activations: a row a step, or a row of the table.
  Matrix input_side(const Rows& rows) const {
    if (!is_table()) return gate_rows(0, rows);
    return {d_table_.data(), rows.count, kGates * unit_row_, table_row()};
  }
  /// Floats between the rows of the table's gradients; behind their columns stands what nobody reads.
  int64_t table_row() const { return round_up(kGates * unit_row_, kLanes); }
  /// out (+)= aᵀ·b, summed over the steps; row r of the product goes to row out_index[r].
  static void product(Matrix a, const Matrix& b, float* out, const int32_t* out_index, bool accumulate) {
    std::swap(a.rows, a.cols);
    a.transposed = true;
    kernels::gemm(
        {.a = a, .b = b, .c = out, .c_stride = b.cols, .c_index = out_index, .accumulate = accumulate});
  }

  /// From the gradient of the new state to those of the pre-activations and, as far as they don't come through the
  /// weights, of the old state: the gates in the memory give way to their gradients. `kept`: room for a row of slots.
  void cells(const Segment& segment, const Columns& of_h, const Columns& of_c, float* kept) {
    const int64_t first = segment.first, end = first + segment.count;
    if (args_.d_output) add_output_gradient(segment, of_h);
    if (sizes_.projected) {
      for (int64_t k = first; k < end; ++k) {
        std::copy_n(d_state(k), sizes_.state_row,
                    d_projected_.data() + (segment.packed_row + k) * sizes_.state_row);
      }
      multiply({.in = d_state(first),
                .in_stride = sizes_.state_row,
                .rows = segment.count,
                .out = d_hidden(first),
                .out_stride = d_hidden_row()},
               to_hidden_, {0, to_hidden_.panels()});
    }
    for (int64_t k = first; k < end; ++k) {
      narrows() ? narrow_row(segment, k, kept) : wide_row(segment, k, of_c);
    }
  }

  void wide_row(const Segment& segment, int64_t k, const Columns& of_c) {
    float* slots = gates(segment.packed_row + k);
    const int64_t last_unit = of_c.last == sizes_.hidden ? sizes_.hidden_row : of_c.last;
    for (int64_t unit = of_c.first; unit < last_unit; unit += kLanes) {
      cell_gradient(segment, k, unit, slots + unit, [&](int s, FloatVector gradient) HWY_ATTR {
        hn::Store(gradient, FloatTag(), slots + s * sizes_.hidden_row + unit);
      });
    }
  }

  /// All units of a row, where their gradients stand closer together than the slots.
  void narrow_row(const Segment& segment, int64_t k, float* kept) {
    float* gradients = gates(segment.packed_row + k);
    std::copy_n(gradients, kSlots * sizes_.hidden_row, kept);
    for (int64_t unit = 0; unit < unit_row_; unit += kLanes) {
      cell_gradient(segment, k, unit, kept + unit, [&](int s, FloatVector gradient) HWY_ATTR {
        store_first(gradient, gradients + s * unit_row_ + unit, unit_row_ - unit);
      });
    }
  }

  /// The share of the old state's gradient that comes through W_hh. With a projection that is all of it.
  void to_old_state(const Segment& segment, const PanelRange& panels, bool downwards) {
    float* d = d_state(segment.first);
    multiply({.in = gates(segment.packed_row + segment.first) + CellType::kHiddenSlot * unit_row_,
              .in_stride = sizes_.slots_row,
              .rows = segment.count,
              .start = sizes_.projected ? nullptr : d,
              .start_stride = sizes_.state_row,
              .out = d,
              .out_stride = sizes_.state_row},
             to_state_, panels, downwards);
  }

  void add_output_gradient(const Segment& segment, const Columns& columns) {
    for (int64_t k = segment.first; k < segment.first + segment.count; ++k) {
      const int64_t row = walk_.output_row(segment.packed_row + k) * sizes_.directions + direction_;
      const float* HWY_RESTRICT d_output = args_.d_output + row * sizes_.output;
      float* HWY_RESTRICT d = d_state(k);
      for (int64_t j = columns.first; j < columns.last; ++j) d[j] += d_output[j];
    }
  }

  /// kLanes units of one sequence. `slot`: theirs, kept by the forward pass; `store(s, gradient)` takes those of slot s.
  template <class StoreGradient>
  HWY_INLINE void cell_gradient(const Segment& segment, int64_t k, int64_t unit, const float* slot,
                                const StoreGradient& store) {
    const FloatTag d;
    FloatVector slots[kSlots];
    for (int s = 0; s < kSlots; ++s) slots[s] = hn::Load(d, slot + s * sizes_.hidden_row);
    UnitState before{hn::Zero(d), hn::Zero(d)}, after = before, d_after = before;
    if (!sizes_.projected) {
      before.h = hn::Load(d, memory_.state.data() + (segment.before + k) * sizes_.state_row + unit);
      after.h = hn::Load(d, memory_.state.data() + (segment.after + k) * sizes_.state_row + unit);
    }
    if (CellType::kHasCell) {
      before.c = hn::Load(d, memory_.cell.data() + (segment.before + k) * sizes_.hidden_row + unit);
      after.c = hn::Load(d, memory_.cell.data() + (segment.after + k) * sizes_.hidden_row + unit);
      d_after.c = hn::Load(d, d_cell(k) + unit);
    }
    d_after.h = hn::Load(d, d_hidden(k) + unit);
    const UnitState d_before = CellType::backward(slots, before, after, d_after);
    for (int s = 0; s < kSlots; ++s) store(s, slots[s]);
    hn::Store(d_before.h, d, d_hidden(k) + unit);
    if (CellType::kHasCell) hn::Store(d_before.c, d, d_cell(k) + unit);
  }

  /// For each packed row, the row in memory of the state before its step.
  std::vector<int32_t> states_before() const {
    std::vector<int32_t> before(static_cast<size_t>(walk_.packed_rows()));
    for (int64_t i = 0; i < walk_.steps(); ++i) {
      walk_.for_each_segment(i, 0, walk_.batch(), [&](const Segment& segment) {
        for (int64_t k = segment.first; k < segment.first + segment.count; ++k) {
          before[static_cast<size_t>(segment.packed_row + k)] = static_cast<int32_t>(segment.before + k);
        }
      });
    }
    return before;
  }

  const RecurrenceBackward& args_;
  int64_t direction_;
  const RecurrentWeights& weights_;
  Sizes sizes_;
  const Walk& walk_;
  RecurrentMemory& memory_;
  /// Floats between the gradients of two slots. In the memory a slot ends with a whole vector; gradients stand side by side
  /// instead, so that no product multiplies padding.
  int64_t unit_row_;
  Buffer d_state_, d_cell_;        // [batch, …]: of the states at the step that the walk has reached
  Buffer d_table_;                 // [table row, slots of the input's side]
  Buffer d_hidden_, d_projected_;  // with a projection: of o ⊙ tanh(c); of every step's state
  std::vector<int32_t> input_rows_, hidden_rows_;
  PackedMatrix to_state_, to_hidden_;
};

void backward(const RecurrenceBackward& args) {
  std::vector<Walk> walks;
  for (size_t d = 0; d < args.layer.directions.size(); ++d) walks.emplace_back(args.rows, d == 1, Kept::all);
  with_cell(args.layer.cell, [&]<class CellType>(CellType) {
    Plan plan;
    plan.assign(walks[0], {.directions = static_cast<int64_t>(walks.size()),
                           .work_a_row = CellType::kGates * args.layer.hidden_size * args.layer.output_size(),
                           .panels = BackwardDirection<CellType>::panels(args.layer),
                           .divisible = args.layer.proj_size == 0,
                           .besides = CellType::kGates * args.layer.hidden_size * args.layer.input_size});
    std::vector<BackwardDirection<CellType>> directions;
    directions.reserve(walks.size());
    for (size_t d = 0; d < walks.size(); ++d)
      directions.emplace_back(args, static_cast<int64_t>(d), walks[d], !plan.shares_units());
    plan.run([&](const Share& share) { directions[static_cast<size_t>(share.direction)].run(share); });
    for (size_t d = 0; d < walks.size(); ++d)
      directions[d].products(args.d_weights.empty() ? nullptr : &args.d_weights[d]);
  });
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {

HWY_EXPORT(backward);

void recurrence_backward(const RecurrenceBackward& args) {
  assert(args.memory.size() == args.layer.directions.size());
  HWY_DYNAMIC_DISPATCH(backward)(args);
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
