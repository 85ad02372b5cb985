// One step of a recurrent layer in one direction: the products with the packed weights, and the cell's arithmetic on
// their sums while these are in registers. Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_STEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_STEP_INL_H_
#undef RUNNEL_KERNELS_STEP_INL_H_
#else
#define RUNNEL_KERNELS_STEP_INL_H_
#endif

#include <cassert>
#include <utility>
#include <vector>

#include "runnel/kernels/cells-inl.h"
#include "runnel/kernels/groups-inl.h"
#include "runnel/kernels/product-inl.h"
#include "runnel/kernels/recurrence.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// One step of some sequences, and the places that the caller of the layer knows nothing of. It refers to the caller's
/// rows: were they copied, several to a vector, the copy would wait until all that came before them has been stored, and a
/// step could not begin before the last has ended.
struct StepPlaces {
  const RecurrenceStep& rows;    ///< x absent: `start` holds the input's side
  const float* start = nullptr;  ///< where the sums of the input's side start, in the order of the panels
  int64_t start_stride = 0;      ///< 0: the bias, the same for every row
  float* hidden = nullptr;       ///< o ⊙ tanh(c), where a projection follows
  float* slots = nullptr;        ///< what the backward pass needs, slot by slot; absent: nothing is kept
};

/// The packed weights of one direction and the step that reads them.
template <class CellType>
class StepKernel {
 public:
  static constexpr int kGates = CellType::kGates, kSums = CellType::kSums, kSlots = CellType::kSlots;
  static constexpr int64_t kUnits = UnitGroups<CellType>::kUnits;

  StepKernel(const Sizes& sizes, const RecurrentWeights& weights) : sizes_(sizes), groups_(sizes.hidden) {
    const std::vector<int32_t> rows = groups_.rows_in_panels();
    const int64_t cols = static_cast<int64_t>(rows.size());
    input_ = PackedMatrix({weights.weight_ih, sizes.input, cols, sizes.input, true, rows.data()});
    hidden_ = PackedMatrix({weights.weight_hh, sizes.output, cols, sizes.output, true, rows.data()});
    pack_biases(rows, weights);
    if (sizes.projected) {
      projection_ = PackedMatrix({weights.weight_hr, sizes.hidden, sizes.output, sizes.hidden, true});
    }
  }

  int64_t groups() const { return groups_.count(); }
  PanelRange all() const { return {0, groups()}; }
  /// Floats in a row of sums: the slots of all groups.
  int64_t start_row() const { return groups_.all_sums(); }
  /// Where a group's begin.
  static constexpr int64_t first_sum(int64_t group) { return UnitGroups<CellType>::first_sum(group); }
  const float* bias() const { return start_.data(); }

  /// Where the sums of the steps may start: out[r, :] = bias + x[r, :]·W_ihᵀ, for some groups.
  void project(const float* x, int64_t rows, float* out, const PanelRange& groups) const {
    for (int64_t group = groups.first; group < groups.last; ++group) {
      for (int slot = kPanels; slot < kGroupSlots; ++slot) {  // of the state's side alone
        for (int64_t r = 0; r < rows; ++r) {
          const int64_t place = first_sum(group) + slot * kWidth;
          std::copy_n(bias() + place, kWidth, out + r * start_row() + place);
        }
      }
      for (int panel = 0; panel < groups_.panels(group); ++panel) {
        const int64_t place = first_sum(group) + panel * kWidth;
        multiply_panel({.in = x,
                        .in_stride = sizes_.input,
                        .rows = rows,
                        .start = bias() + place,
                        .out = out + place,
                        .out_stride = start_row()},
                       input_.from(group * kPanels + panel), sizes_.input,
                       input_.from(group * kPanels + panel + 1).data);
      }
    }
  }

  /// With a projection, `groups` must be all of them. They are walked upwards or `downwards`: in turn, see walk_range().
  HWY_INLINE void step(const StepPlaces& args, const PanelRange& groups, bool downwards = false) const {
    if (args.rows.batch > 1) {
      many_rows(args, groups, downwards);
    } else {
      groups.last - groups.first == 1 ? some_groups<1>(args, groups.first) : one_row(args, groups, downwards);
    }
    if (sizes_.projected) {
      multiply({.in = args.hidden,
                .in_stride = sizes_.hidden_row,
                .rows = args.rows.batch,
                .out = args.rows.h_after,
                .out_stride = sizes_.state_row},
               projection_, {0, projection_.panels()});
    }
  }

  int64_t bytes() const {
    return input_.bytes() + hidden_.bytes() + projection_.bytes() +
           start_.count() * static_cast<int64_t>(sizeof(float));
  }

 private:
  static constexpr int kPanels = UnitGroups<CellType>::kPanels, kGroupSlots = UnitGroups<CellType>::kSlots;
  static constexpr int kUnitVectors = CellType::kUnitVectors;
  static constexpr bool kMayShare = UnitGroups<CellType>::kMayShare;
  static constexpr int64_t kGroupSums = UnitGroups<CellType>::kFloats;
  static constexpr int kOneRowGroups = (kChains + kPanels * kVectors - 1) / (kPanels * kVectors);
  static constexpr int64_t kBlockRows = 72;

  static constexpr int hidden_slot(int panel) { return UnitGroups<CellType>::hidden_slot(panel); }

  /// Both biases in one where both sides share a sum.
  void pack_biases(const std::vector<int32_t>& rows, const RecurrentWeights& weights) {
    start_ = Buffer(start_row());
    std::fill_n(start_.data(), start_row(), 0.0f);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] < 0) continue;
      const int64_t column = static_cast<int64_t>(i), group = column / (kPanels * kWidth);
      const int panel = static_cast<int>(column / kWidth % kPanels);
      float* slots = start_.data() + first_sum(group) + column % kWidth;
      const float input = weights.bias_ih ? weights.bias_ih[rows[i]] : 0.0f;
      const float hidden = weights.bias_hh ? weights.bias_hh[rows[i]] : 0.0f;
      const bool shared = hidden_slot(panel) == panel;
      slots[panel * kWidth] = shared ? input + hidden : input;
      if (!shared) slots[hidden_slot(panel) * kWidth] = hidden;
    }
  }

  /// Whether half of a group is done without: its second vector of units, or the one that two gates would not share. A
  /// backward pass reads the second vector, which must be finite.
  bool half(const StepPlaces& args, int64_t group) const {
    return groups_.shares(group) || (groups_.half_empty(group) && !args.slots);
  }

  /// A lone row. As many groups at a time as it takes to have enough sums under way.
  HWY_NOINLINE void one_row(const StepPlaces& args, const PanelRange& range, bool downwards) const {
    const int64_t count = range.last - range.first;
    const auto several = [&](int64_t group) { some_groups<kOneRowGroups>(args, group); };
    const auto one = [&](int64_t group) { some_groups<1>(args, group); };
    // Half a group alone would wait for its sums: it joins those before it.
    constexpr int joined = kOneRowGroups + 1;
    if constexpr (kOneRowGroups > 2) {
      if (const int64_t rest = count % kOneRowGroups; rest > 1)
        return with_rest(args, range, rest, downwards);
    }
    if (!groups_.shares(range.last - 1) || count % kOneRowGroups != 1 || count < joined) {
      return walk_range<kOneRowGroups>(range, downwards, several, one);
    }
    const PanelRange others{range.first, range.last - joined};
    if (!downwards) walk_range<kOneRowGroups>(others, downwards, several, one);
    one_row<joined, true>(args, others.last);
    if (downwards) walk_range<kOneRowGroups>(others, downwards, several, one);
  }

  /// All of a range, and the last ones, fewer than the others, at once.
  void with_rest(const StepPlaces& args, const PanelRange& range, int64_t rest, bool downwards) const {
    const PanelRange others{range.first, range.last - rest};
    const auto several = [&](int64_t group) { some_groups<kOneRowGroups>(args, group); };
    const auto last_ones = [&] {
      with_row_count<kOneRowGroups>(rest, [&]<int Groups>() { some_groups<Groups>(args, others.last); });
    };
    if (downwards) last_ones();
    walk_range<kOneRowGroups>(others, downwards, several, several);
    if (!downwards) last_ones();
  }

  template <int Groups>
  void some_groups(const StepPlaces& args, int64_t group) const {
    half(args, group + Groups - 1) ? one_row<Groups, true>(args, group) : one_row<Groups, false>(args, group);
  }

  /// All sums of some groups in registers; with Half only half of the last one's.
  template <int Groups, bool Half>
  void one_row(const StepPlaces& args, int64_t group) const {
    const FloatTag d;
    FloatVector sums[Groups][kGroupSlots * kVectors];
    const float* start = args.start + first_sum(group);
#pragma GCC unroll 32
    for (int i = 0; i < Groups * kGroupSlots * kVectors; ++i) {
      const int g = i / (kGroupSlots * kVectors), v = i % (kGroupSlots * kVectors);
      if (Half && kMayShare && g == Groups - 1 && v >= kVectors) continue;
      sums[g][v] = hn::Load(d, start + g * kGroupSums + v * kLanes);
    }
    if (args.rows.x)
      add_row<Groups, Half, false>(args.rows.x, input_.from(group * kPanels), sizes_.input, sums);
    add_row<Groups, Half, true>(args.rows.h, hidden_.from(group * kPanels), sizes_.output, sums);
    for (int g = 0; g < Groups; ++g) {
      const int64_t unit = (group + g) * kUnits;
      const int vectors = Half && g == Groups - 1 ? 1 : kUnitVectors;
      if (Half && g == Groups - 1) UnitGroups<CellType>::part(sums[g]);
      for (int u = 0; u < vectors; ++u) new_state(args, 0, unit + u * kLanes, u, sums[g]);
    }
  }

  /// Whether a vector of the panels is of the half of a group that is done without.
  static constexpr bool in_other_half(int vector) {
    return kMayShare ? vector >= kPanels * kVectors / 2 : UnitGroups<CellType>::unit_vector_of(vector) == 1;
  }

  template <int Groups, bool Half, bool HiddenSide>
  static HWY_INLINE void add_row(const float* row, const TilePanels& panels, int64_t inner,
                                 FloatVector (&sums)[Groups][kGroupSlots * kVectors]) {
    const FloatTag d;
    FloatVector acc[Groups][kPanels][kVectors];
    const auto slot = [](int panel) { return HiddenSide ? hidden_slot(panel) : panel; };
#pragma GCC unroll 32
    for (int i = 0; i < Groups * kPanels * kVectors; ++i) {
      const int g = i / (kPanels * kVectors), p = i / kVectors % kPanels, v = i % kVectors;
      if (Half && g == Groups - 1 && in_other_half(p * kVectors + v)) continue;
      acc[g][p][v] = sums[g][slot(p) * kVectors + v];
    }
    const float* panel = panels.data;
    for (int64_t k = 0; k < inner; ++k, panel += kWidth) {
      const FloatVector a = hn::Set(d, row[k]);
#pragma GCC unroll 32
      for (int i = 0; i < Groups * kPanels * kVectors; ++i) {
        const int g = i / (kPanels * kVectors), p = i / kVectors % kPanels, v = i % kVectors;
        if (Half && g == Groups - 1 && in_other_half(p * kVectors + v)) continue;
        acc[g][p][v] =
            hn::MulAdd(a, hn::Load(d, panel + (g * kPanels + p) * panels.stride + v * kLanes), acc[g][p][v]);
      }
    }
#pragma GCC unroll 32
    for (int i = 0; i < Groups * kPanels * kVectors; ++i) {
      const int g = i / (kPanels * kVectors), p = i / kVectors % kPanels, v = i % kVectors;
      if (Half && g == Groups - 1 && in_other_half(p * kVectors + v)) continue;
      sums[g][slot(p) * kVectors + v] = acc[g][p][v];
    }
  }

  /// One side of the sums.
  struct Side {
    const float* rows;
    int64_t stride;
    const PackedMatrix& weights;
    bool hidden;
  };

  /// Blocks of rows, whose sums stay in the nearest cache.
  HWY_NOINLINE void many_rows(const StepPlaces& args, const PanelRange& groups, bool downwards) const {
    for (int64_t row = 0; row < args.rows.batch; row += kBlockRows, downwards = !downwards) {
      const int64_t rows = std::min(kBlockRows, args.rows.batch - row);
      const auto one = [&](int64_t group) {
        const int64_t next = downwards ? group - 1 : group + 1;
        block(args, {group, next >= groups.first && next < groups.last ? next : group}, row, rows);
      };
      walk_range<1>(groups, downwards, one, one);
    }
  }

  /// The group that is computed and the one that comes after it.
  struct Turn {
    int64_t group, next;
  };

  /// A group of units for up to kBlockRows sequences. The sums wait in memory, in the nearest cache, while one panel
  /// after the other adds to them.
  void block(const StepPlaces& args, const Turn& turn, int64_t first_row, int64_t rows) const {
    const int64_t group = turn.group;
    HWY_ALIGN float sums[kBlockRows * kGroupSums];
    sum_panels(args, turn, first_row, rows, sums);
    const int slots = groups_.slots(group);
    const FloatTag d;
    const int unit_vectors = half(args, group) ? 1 : kUnitVectors;
    for (int64_t r = 0; r < rows; ++r) {
      FloatVector vectors[kGroupSlots * kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kGroupSlots * kVectors; ++v)
        if (!kMayShare || v < kVectors * slots) vectors[v] = hn::Load(d, sums + r * kGroupSums + v * kLanes);
      if (slots < kGroupSlots) UnitGroups<CellType>::part(vectors);
#pragma GCC unroll 2
      for (int u = 0; u < unit_vectors; ++u) {
        new_state(args, first_row + r, group * kUnits + u * kLanes, u, vectors);
      }
    }
  }

  /// sums[row, slot, :] = start + x·panel + h·panel, for a block.
  void sum_panels(const StepPlaces& args, const Turn& turn, int64_t first_row, int64_t rows,
                  float* sums) const {
    const int64_t group = turn.group;
    const int panels = groups_.panels(group);
    const float* start = args.start + first_row * args.start_stride + first_sum(group);
    bool started[kGroupSlots] = {};
    const auto in = [&](const Side& side) { return side.rows + first_row * side.stride; };
    const auto next_of = [&](const Side& side, int panel) {
      return side.weights.from(panel + 1 < panels ? group * kPanels + panel + 1 : turn.next * kPanels).data;
    };
    const auto product = [&](const Side& side, int slot) {
      float* out = sums + slot * kWidth;
      const bool first = !std::exchange(started[slot], true);
      return ProductRows{.in = in(side),
                         .in_stride = side.stride,
                         .rows = rows,
                         .start = first ? start + slot * kWidth : out,
                         .start_stride = first ? args.start_stride : kGroupSums,
                         .out = out,
                         .out_stride = kGroupSums};
    };
    const auto add = [&](const Side& side, int panel) {
      const int slot = side.hidden ? hidden_slot(panel) : panel;
      multiply_panel(product(side, slot), side.weights.from(group * kPanels + panel), side.weights.inner(),
                     next_of(side, panel));
    };
    const Side x{args.rows.x, args.rows.x_stride, input_, false},
        h{args.rows.h, sizes_.state_row, hidden_, true};
    const auto both_add = [](int panel) { return hidden_slot(panel) == panel; };  // to the same sum
    int first = 0;
    if (rows <= kFewRows) {
      for (; first + 1 < panels && both_add(first) && both_add(first + 1); first += 2) {
        const ProductRows side = product(args.rows.x ? x : h, first);
        started[first + 1] = true;
        with_row_count<kFewRows>(rows, [&]<int Rows>() {
          two_panels<Rows>(side, {in(h), h.stride, 1}, group * kPanels + first, args.rows.x);
        });
      }
    }
    const bool joined = args.rows.x && at_once(rows, input_.inner() + hidden_.inner());
    for (int panel = first; panel < panels && args.rows.x; ++panel) {
      if (!joined || hidden_slot(panel) != panel) {
        add(x, panel);
        continue;
      }
      const int64_t place = group * kPanels + panel;
      multiply_both_panels(product(x, panel), input_.from(place), input_.inner(), next_of(x, panel),
                           {{in(h), h.stride, 1}, hidden_.from(place), hidden_.inner(), next_of(h, panel)});
    }
    for (int panel = first; panel < panels; ++panel) {
      if (!joined || hidden_slot(panel) != panel) add(h, panel);
    }
    for (int slot = 0; slot < groups_.slots(group); ++slot) {
      if (started[slot]) continue;  // the input's side of n came with the start
      for (int64_t r = 0; r < rows; ++r) {
        std::copy_n(start + r * args.start_stride + slot * kWidth, kWidth,
                    sums + r * kGroupSums + slot * kWidth);
      }
    }
  }

  /// Two panels at once, for so few rows that one panel's sums would wait for themselves: the state's side, behind the
  /// input's where there is one.
  template <int Rows>
  void two_panels(const ProductRows& side, const TileRows& h, int64_t place, bool with_input) const {
    if (!with_input) return multiply_rows<2, Rows>(side, 0, hidden_.from(place), hidden_.inner());
    const MoreRows state{h, hidden_.from(place), hidden_.inner(), nullptr};
    multiply_rows<2, Rows>(side, 0, input_.from(place), input_.inner(), nullptr, &state);
  }

  /// One vector of units of one sequence, from its sums to the new state.
  HWY_INLINE void new_state(const StepPlaces& args, int64_t row, int64_t unit, int unit_vector,
                            const FloatVector* group_sums) const {
    const FloatTag d;
    FloatVector sums[kSums];
#pragma GCC unroll 4
    for (int i = 0; i < kSums; ++i) sums[i] = group_sums[UnitGroups<CellType>::sum_vector(unit_vector, i)];
    UnitState before{hn::Zero(d), hn::Zero(d)};
    if (!sizes_.projected) before.h = hn::Load(d, args.rows.h + row * sizes_.state_row + unit);
    if (CellType::kHasCell) before.c = hn::Load(d, args.rows.c + row * sizes_.hidden_row + unit);
    FloatVector slots[kSlots];
    const UnitState after = CellType::forward(sums, before, slots);
    float* hidden =
        sizes_.projected ? args.hidden + row * sizes_.hidden_row : args.rows.h_after + row * sizes_.state_row;
    hn::Store(after.h, d, hidden + unit);
    if (CellType::kHasCell) hn::Store(after.c, d, args.rows.c_after + row * sizes_.hidden_row + unit);
    if (args.slots) {
      float* slot = args.slots + row * sizes_.slots_row + unit;
#pragma GCC unroll 4
      for (int s = 0; s < kSlots; ++s) hn::Store(slots[s], d, slot + s * sizes_.hidden_row);
    }
  }

  Sizes sizes_;
  UnitGroups<CellType> groups_;
  PackedMatrix input_, hidden_, projection_;
  Buffer start_;
};

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_STEP_INL_H_
