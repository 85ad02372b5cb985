#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/recurrence_backward.cc"
#include <hwy/foreach_target.h>
//
#include <cassert>

#include "runnel/kernels/gemm.h"
#include "runnel/kernels/recurrence-inl.h"
#include "runnel/kernels/recurrence.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// One direction of the layer, ready to walk back.
template <class CellType>
class BackwardDirection {
 public:
  BackwardDirection(const RecurrenceBackward& args, int64_t direction, const Walk& walk)
      : args_(args),
        direction_(direction),
        weights_(args.layer.directions[static_cast<size_t>(direction)]),
        sizes_(args.layer),
        walk_(walk),
        memory_(args.memory[static_cast<size_t>(direction)]),
        d_state_(walk.batch() * sizes_.state_row),
        d_cell_(CellType::kHasCell ? walk.batch() * sizes_.hidden_row : 0),
        d_hidden_(sizes_.projected ? walk.batch() * sizes_.hidden_row : 0),
        d_projected_(sizes_.projected ? walk.packed_rows() * sizes_.state_row : 0) {
    pack_weights();
  }

  /// Walks the sequences begin … end − 1 of the sorted order back through all their steps: leaves the
  /// gradients of the pre-activations in the memory's gates, and those of the first states.
  void run(int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) start(k);
    for (int64_t i = walk_.steps() - 1; i >= 0; --i) {
      walk_.for_each_segment(walk_.step(i), begin, end, [&](const Segment& segment) { step(segment); });
    }
    for (int64_t k = begin; k < end; ++k) finish(k);
  }

  /// d_x of this direction's share, after run() over the whole batch.
  void input_gradient() const {
    for (int gate = 0; gate < kGates; ++gate) {
      const float* weight = weights_.weight_ih + gate * sizes_.hidden * sizes_.input;
      kernels::gemm({.a = gate_rows(CellType::input_slot(gate)),
                     .b = {weight, sizes_.hidden, sizes_.input, sizes_.input},
                     .c = args_.d_x,
                     .c_stride = sizes_.input,
                     .c_index = walk_.x_index(),
                     .accumulate = direction_ > 0 || gate > 0});
    }
  }

  /// The gradients of the weights, each one product over all steps.
  void weight_gradients(const RecurrentWeightGradients& d) const {
    const int64_t rows = walk_.packed_rows();
    const std::vector<int32_t> before = states_before();
    const Matrix x = walk_.x_rows(args_.x, sizes_.input);
    const Matrix h{memory_.state.data(), rows, sizes_.output, sizes_.state_row, false, before.data()};
    for (int gate = 0; gate < kGates; ++gate) {
      const int64_t first = gate * sizes_.hidden;
      const Matrix input_side = gate_rows(CellType::input_slot(gate));
      const Matrix hidden_side = gate_rows(CellType::hidden_slot(gate));
      if (d.weight_ih) product(input_side, x, d.weight_ih + first * sizes_.input);
      if (d.weight_hh) product(hidden_side, h, d.weight_hh + first * sizes_.output);
      if (d.bias_ih) sum_rows(input_side, d.bias_ih + first);
      if (d.bias_hh) sum_rows(hidden_side, d.bias_hh + first);
    }
    if (d.weight_hr) {
      product({d_projected_.data(), rows, sizes_.output, sizes_.state_row},
              {memory_.hidden.data(), rows, sizes_.hidden, sizes_.hidden_row}, d.weight_hr);
    }
  }

 private:
  static constexpr int kGates = CellType::kGates, kSlots = CellType::kSlots;

  int64_t gates_row() const { return kSlots * sizes_.hidden_row; }
  float* gates(int64_t packed_row) const { return memory_.gates.data() + packed_row * gates_row(); }
  float* d_state(int64_t k) { return d_state_.data() + k * sizes_.state_row; }
  float* d_cell(int64_t k) { return d_cell_.data() + k * sizes_.hidden_row; }
  float* d_hidden(int64_t k) {
    return sizes_.projected ? d_hidden_.data() + k * sizes_.hidden_row : d_state(k);
  }

  /// The gradients of one gate's pre-activations, all steps: [row, hidden].
  Matrix gate_rows(int slot) const {
    return {memory_.gates.data() + slot * sizes_.hidden_row, walk_.packed_rows(), sizes_.hidden, gates_row()};
  }
  /// out = aᵀ·b, summed over the steps.
  static void product(Matrix a, const Matrix& b, float* out) {
    std::swap(a.rows, a.cols);
    a.transposed = true;
    kernels::gemm({.a = a, .b = b, .c = out, .c_stride = b.cols});
  }

  /// The inner index of the step's product runs through the padded slots, so the padding gets rows of zeros.
  void pack_weights() {
    const int64_t row = sizes_.hidden_row;
    to_state_ = RowProduct(kGates * row, sizes_.output);
    for (int gate = 0; gate < kGates; ++gate) {
      const float* weight = weights_.weight_hh + gate * sizes_.hidden * sizes_.output;
      const int64_t first = (CellType::hidden_slot(gate) - CellType::kHiddenSlot) * row;
      to_state_.pack({weight, sizes_.hidden, sizes_.output, sizes_.output}, first);
      to_state_.pack_zeros(first + sizes_.hidden, row - sizes_.hidden);
    }
    if (sizes_.projected) {
      to_hidden_ = RowProduct(sizes_.output, sizes_.hidden);
      to_hidden_.pack({weights_.weight_hr, sizes_.output, sizes_.hidden, sizes_.hidden}, 0);
    }
  }

  void start(int64_t k) {
    const int64_t row = direction_ * walk_.batch() + walk_.sequence(k);
    copy_padded(args_.d_h_n ? args_.d_h_n + row * sizes_.output : nullptr, sizes_.output, d_state(k),
                sizes_.state_row);
    if (CellType::kHasCell) {
      copy_padded(args_.d_c_n ? args_.d_c_n + row * sizes_.hidden : nullptr, sizes_.hidden, d_cell(k),
                  sizes_.hidden_row);
    }
  }

  void step(const Segment& segment) {
    const int64_t first = segment.first, end = first + segment.count;
    if (args_.d_output) add_output_gradient(segment);
    if (sizes_.projected) {
      for (int64_t k = first; k < end; ++k) {
        std::copy_n(d_state(k), sizes_.state_row,
                    d_projected_.data() + (segment.packed_row + k) * sizes_.state_row);
      }
      to_hidden_.multiply(d_state(first), sizes_.state_row, segment.count, d_hidden(first), sizes_.hidden_row,
                          false);
    }
    for (int64_t k = first; k < end; ++k) {
      for (int64_t unit = 0; unit < sizes_.hidden; unit += kLanes) cell_gradient(segment, k, unit);
    }
    // With a projection the old state reaches the new one through the gates alone.
    to_state_.multiply(gates(segment.packed_row + first) + CellType::kHiddenSlot * sizes_.hidden_row,
                       gates_row(), segment.count, d_state(first), sizes_.state_row, !sizes_.projected);
  }

  void add_output_gradient(const Segment& segment) {
    for (int64_t k = segment.first; k < segment.first + segment.count; ++k) {
      const float* d_output = args_.d_output + direction_ * sizes_.output +
                              walk_.output_row(segment.packed_row + k) * sizes_.directions * sizes_.output;
      float* d = d_state(k);
      for (int64_t j = 0; j < sizes_.output; ++j) d[j] += d_output[j];
    }
  }

  /// kLanes units of one sequence: the gates in the memory give way to their gradients.
  HWY_INLINE void cell_gradient(const Segment& segment, int64_t k, int64_t unit) {
    const FloatTag d;
    float* slot = gates(segment.packed_row + k) + unit;
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
    for (int s = 0; s < kSlots; ++s) hn::Store(slots[s], d, slot + s * sizes_.hidden_row);
    hn::Store(d_before.h, d, d_hidden(k) + unit);
    if (CellType::kHasCell) hn::Store(d_before.c, d, d_cell(k) + unit);
  }

  void finish(int64_t k) {
    const int64_t row = direction_ * walk_.batch() + walk_.sequence(k);
    if (args_.d_h_0) std::copy_n(d_state(k), sizes_.output, args_.d_h_0 + row * sizes_.output);
    if (CellType::kHasCell && args_.d_c_0) {
      std::copy_n(d_cell(k), sizes_.hidden, args_.d_c_0 + row * sizes_.hidden);
    }
  }

  /// For each packed row, the row in memory of the state before its step.
  std::vector<int32_t> states_before() const {
    std::vector<int32_t> before(static_cast<size_t>(walk_.packed_rows()));
    for (int64_t t = 0; t < walk_.steps(); ++t) {
      walk_.for_each_segment(t, 0, walk_.batch(), [&](const Segment& segment) {
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
  Buffer d_state_, d_cell_;        // [batch, …]: of the states at the step that the walk has reached
  Buffer d_hidden_, d_projected_;  // with a projection: of o ⊙ tanh(c); of every step's state
  RowProduct to_state_, to_hidden_;
};

void backward(const RecurrenceBackward& args) {
  const std::vector<Walk> walks = walks_of(args.layer, args.rows);
  with_cell(args.layer.cell, [&]<class CellType>(CellType) {
    std::vector<BackwardDirection<CellType>> directions;
    directions.reserve(walks.size());
    for (size_t d = 0; d < walks.size(); ++d)
      directions.emplace_back(args, static_cast<int64_t>(d), walks[d]);
    const int64_t work_a_row = CellType::kGates * args.layer.hidden_size * args.layer.output_size();
    for_each_part(walks, work_a_row, [&](int64_t direction, int64_t begin, int64_t end) {
      directions[static_cast<size_t>(direction)].run(begin, end);
    });
    for (size_t d = 0; d < walks.size(); ++d) {
      if (args.d_x) directions[d].input_gradient();
      if (!args.d_weights.empty()) directions[d].weight_gradients(args.d_weights[d]);
    }
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
