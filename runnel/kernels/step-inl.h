// One step of a recurrent layer in one direction: the products with the packed weights, and the cell's arithmetic on
// their sums while these are in registers. Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_STEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_STEP_INL_H_
#undef RUNNEL_KERNELS_STEP_INL_H_
#else
#define RUNNEL_KERNELS_STEP_INL_H_
#endif

#include <cassert>
#include <vector>

#include "runnel/kernels/cells-inl.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// The sizes of a layer and of its rows in memory, in floats. Rows are padded to whole panels; what stands behind the
/// real numbers is finite wherever a product reads it.
struct Sizes {
  /// `units`: a panel's, StepKernel::kUnits.
  Sizes(const RecurrentLayer& layer, int64_t units)
      : input(layer.input_size),
        hidden(layer.hidden_size),
        output(layer.output_size()),
        projected(layer.proj_size > 0),
        hidden_row(round_up(hidden, units)),
        state_row(round_up(output, PackedMatrix<StatePanel>::kWidth)),
        directions(static_cast<int64_t>(layer.directions.size())) {}
  /// Of products whose result is a state or its gradient.
  using StatePanel = PlainPanel<2>;

  int64_t input, hidden, output;
  bool projected;
  int64_t hidden_row;  ///< of c and of each slot
  int64_t state_row;   ///< of h
  int64_t directions;
};

/// The rows of one step, one a sequence. Rows of h stand state_row floats apart, of c and `hidden` hidden_row.
struct StepRows {
  int64_t rows = 0;
  const float* x = nullptr;  ///< [row, I]; absent: `start` holds the input's side
  int64_t x_stride = 0;
  const float* start = nullptr;  ///< where the sums of the input's side start, in the order of the panels
  int64_t start_stride = 0;      ///< 0: the bias, the same for every row
  const float* h = nullptr;      ///< the old state
  const float* c = nullptr;
  float* h_after = nullptr;  ///< the new one; another place than the old
  float* c_after = nullptr;
  float* hidden = nullptr;  ///< o ⊙ tanh(c), where a projection follows
  float* slots = nullptr;   ///< what the backward pass needs, slot by slot; absent: nothing is kept
};

/// The packed weights of one direction and the step that reads them.
template <class CellType>
class StepKernel {
 public:
  static constexpr int kGates = CellType::kGates, kSums = CellType::kSums, kSlots = CellType::kSlots;
  static constexpr int kUnitVectors = CellType::kUnitVectors;
  /// Units of one panel.
  static constexpr int64_t kUnits = kUnitVectors * kLanes;

  StepKernel(const Sizes& sizes, const RecurrentWeights& weights)
      : sizes_(sizes), panels_((sizes.hidden + kUnits - 1) / kUnits) {
    const std::vector<int32_t> rows = rows_in_panels();
    const int64_t cols = static_cast<int64_t>(rows.size());
    input_ = PackedMatrix<InputPanel>({weights.weight_ih, sizes.input, cols, sizes.input, true, rows.data()});
    hidden_ =
        PackedMatrix<HiddenPanel>({weights.weight_hh, sizes.output, cols, sizes.output, true, rows.data()});
    pack_biases(rows, weights);
    if (sizes.projected) {
      projection_ = PackedMatrix<Sizes::StatePanel>(
          {weights.weight_hr, sizes.hidden, sizes.output, sizes.hidden, true});
    }
  }

  int64_t panels() const { return panels_; }
  PanelRange all() const { return {0, panels_}; }
  /// Floats in a row of the input's side: the vectors of all panels.
  int64_t start_row() const { return panels_ * InputPanel::kVectors * kLanes; }
  const float* bias() const { return start_.data(); }

  /// out[r, :] = bias + x[r, :]·W_ihᵀ in the order of the panels: where the sums of the steps may start.
  void project(const float* x, int64_t rows, float* out, const PanelRange& range) const {
    multiply<InputPanel>({.in = x,
                          .in_stride = sizes_.input,
                          .rows = rows,
                          .start = bias(),
                          .start_stride = 0,
                          .out = out,
                          .out_stride = start_row()},
                         input_, range);
  }

  /// With a projection, `range` must be all panels.
  void step(const StepRows& args, const PanelRange& range) const {
    if (args.rows == 1) {
      for_each_group<kOneRowPanels>(range,
                                    [&]<int Panels>(int64_t panel) { tile<Panels, 1>(args, panel, 0); });
    } else {
      for_each_group<kManyPanels>(range, [&]<int Panels>(int64_t panel) {
        for_each_tile<kTileRows>(args.rows,
                                 [&]<int Rows>(int64_t row) { tile<Panels, Rows>(args, panel, row); });
      });
    }
    if (sizes_.projected) {
      multiply<Sizes::StatePanel>({.in = args.hidden,
                                   .in_stride = sizes_.hidden_row,
                                   .rows = args.rows,
                                   .out = args.h_after,
                                   .out_stride = sizes_.state_row},
                                  projection_, {0, projection_.panels()});
    }
  }

  int64_t bytes() const {
    return input_.bytes() + hidden_.bytes() + projection_.bytes() +
           (start_.count() + hidden_start_.count()) * static_cast<int64_t>(sizeof(float));
  }

 private:
  /// Vectors and sums of a panel: for each vector of units, its gates.
  struct InputPanel {
    static constexpr int kVectors = kUnitVectors * kGates, kSums = kUnitVectors * CellType::kSums;
    static constexpr int sum(int v) { return v / kGates * CellType::kSums + CellType::input_sum(v % kGates); }
  };
  struct HiddenPanel {
    static constexpr int kVectors = kUnitVectors * kGates, kSums = kUnitVectors * CellType::kSums;
    static constexpr int sum(int v) {
      return v / kGates * CellType::kSums + CellType::hidden_sum(v % kGates);
    }
  };
  static constexpr int kPanelSums = InputPanel::kSums;
  static constexpr int kManyPanels = std::max(1, 4 / kPanelSums);
  static constexpr int kTileRows = kAccumulators / (kManyPanels * kPanelSums);
  static constexpr int kOneRowPanels = (kChains + InputPanel::kVectors - 1) / InputPanel::kVectors;
  static constexpr bool kSplitSums = kSums > kGates;  // some sums are of the hidden side alone

  /// The row of PyTorch's weights that each column of the panels is; −1: none.
  std::vector<int32_t> rows_in_panels() const {
    std::vector<int32_t> rows;
    for (int64_t first = 0; first < panels_ * kUnits; first += kLanes) {
      for (int64_t gate = 0; gate < kGates; ++gate) {
        for (int64_t unit = first; unit < first + kLanes; ++unit) {
          rows.push_back(unit < sizes_.hidden ? static_cast<int32_t>(gate * sizes_.hidden + unit) : -1);
        }
      }
    }
    return rows;
  }

  /// Both biases in one where both sides share a sum.
  void pack_biases(const std::vector<int32_t>& rows, const RecurrentWeights& weights) {
    start_ = Buffer(start_row());
    if (kSplitSums) hidden_start_ = Buffer(panels_ * kUnits);
    for (size_t i = 0; i < rows.size(); ++i) {
      const int64_t column = static_cast<int64_t>(i), row = rows[i];
      const int gate = static_cast<int>(column / kLanes % kGates);
      const float input = row >= 0 && weights.bias_ih ? weights.bias_ih[row] : 0.0f;
      const float hidden = row >= 0 && weights.bias_hh ? weights.bias_hh[row] : 0.0f;
      const bool shared = CellType::input_sum(gate) == CellType::hidden_sum(gate);
      start_.data()[i] = shared ? input + hidden : input;
      if (!shared) hidden_start_.data()[column / (kGates * kLanes) * kLanes + column % kLanes] = hidden;
    }
  }

  /// The units of some panels for Rows sequences, from the old state to the new one.
  template <int Panels, int Rows>
  HWY_INLINE void tile(const StepRows& args, int64_t panel, int64_t row) const {
    FloatVector sums[Panels][Rows][kPanelSums];
    start_sums<Panels, Rows>(args, panel, row, sums);
    if (args.x) {
      multiply_tile<InputPanel, Panels, Rows>({args.x + row * args.x_stride, args.x_stride, 1},
                                              input_.from(panel), sizes_.input, sums);
    }
    multiply_tile<HiddenPanel, Panels, Rows>({args.h + row * sizes_.state_row, sizes_.state_row, 1},
                                             hidden_.from(panel), sizes_.output, sums);
    for (int p = 0; p < Panels; ++p) {
      for (int r = 0; r < Rows; ++r) {
        for (int u = 0; u < kUnitVectors; ++u) {
          finish(args, row + r, (panel + p) * kUnits + u * kLanes, sums[p][r] + u * kSums);
        }
      }
    }
  }

  template <int Panels, int Rows>
  HWY_INLINE void start_sums(const StepRows& args, int64_t panel, int64_t row,
                             FloatVector (&sums)[Panels][Rows][kPanelSums]) const {
    const FloatTag d;
    constexpr int kVectors = InputPanel::kVectors;
    for (int p = 0; p < Panels; ++p) {
      for (int r = 0; r < Rows; ++r) {
        const float* start = args.start + (row + r) * args.start_stride + (panel + p) * kVectors * kLanes;
        for (int v = 0; v < kVectors; ++v) sums[p][r][InputPanel::sum(v)] = hn::Load(d, start + v * kLanes);
        if constexpr (kSplitSums) {
          static_assert(kUnitVectors == 1 && kSums == kGates + 1);
          sums[p][r][kSums - 1] = hn::Load(d, hidden_start_.data() + (panel + p) * kUnits);
        }
      }
    }
  }

  HWY_INLINE void finish(const StepRows& args, int64_t row, int64_t unit, const FloatVector* sums) const {
    const FloatTag d;
    UnitState before{hn::Zero(d), hn::Zero(d)};
    if (!sizes_.projected) before.h = hn::Load(d, args.h + row * sizes_.state_row + unit);
    if (CellType::kHasCell) before.c = hn::Load(d, args.c + row * sizes_.hidden_row + unit);
    FloatVector slots[kSlots];
    const UnitState after = CellType::forward(sums, before, slots);
    float* hidden =
        sizes_.projected ? args.hidden + row * sizes_.hidden_row : args.h_after + row * sizes_.state_row;
    hn::Store(after.h, d, hidden + unit);
    if (CellType::kHasCell) hn::Store(after.c, d, args.c_after + row * sizes_.hidden_row + unit);
    if (args.slots) {
      float* slot = args.slots + row * kSlots * sizes_.hidden_row + unit;
      for (int s = 0; s < kSlots; ++s) hn::Store(slots[s], d, slot + s * sizes_.hidden_row);
    }
  }

  Sizes sizes_;
  int64_t panels_ = 0;
  PackedMatrix<InputPanel> input_;
  PackedMatrix<HiddenPanel> hidden_;
  PackedMatrix<Sizes::StatePanel> projection_;
  Buffer start_, hidden_start_;
};

/// Calls `body(cell)` with an object of the cell's struct.
template <class Body>
auto with_cell(Cell cell, const Body& body) {
  switch (cell) {
    case Cell::rnn_tanh:
      return body(RnnCell<false>());
    case Cell::rnn_relu:
      return body(RnnCell<true>());
    case Cell::lstm:
      return body(LstmCell());
    case Cell::gru:
      break;
  }
  return body(GruCell());
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_STEP_INL_H_
