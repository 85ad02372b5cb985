// Where the gates of a layer's units stand among the panels of its packed weights, their sums among the slots, and how long
// the rows of both are. Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_GROUPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_GROUPS_INL_H_
#undef RUNNEL_KERNELS_GROUPS_INL_H_
#else
#define RUNNEL_KERNELS_GROUPS_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runnel/kernels/cells-inl.h"
#include "runnel/kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// The sizes of a layer and of its rows in memory, in floats. Rows are padded to whole panels; what stands behind the
/// real numbers is finite wherever a product reads it.
struct Sizes {
  /// `units`: a panel's, StepKernel::kUnits; `slots`: what the cell keeps for a backward pass, CellType::kSlots.
  Sizes(const RecurrentLayer& layer, int64_t units, int slots)
      : input(layer.input_size),
        hidden(layer.hidden_size),
        output(layer.output_size()),
        projected(layer.proj_size > 0),
        hidden_row(round_up(hidden, units)),
        state_row(spread(round_up(output, kWidth))),
        slots_row(spread(slots * hidden_row)),
        directions(static_cast<int64_t>(layer.directions.size())) {}
  /// Rows at a distance of many powers of two fight for the same places of a cache: one line more keeps them apart.
  static int64_t spread(int64_t row) { return row % 64 == 0 ? row + 16 : row; }

  int64_t input, hidden, output;
  bool projected;
  int64_t hidden_row;  ///< of c and of each slot
  int64_t state_row;   ///< of h
  int64_t slots_row;   ///< of all slots
  int64_t directions;
};

/// The units come in groups of kUnits, one or two vectors of them. A group has its own panels on both sides: its gates,
/// two vectors a panel. Each panel adds to one *slot*, two vectors of sums; a GRU's n has a slot for either side.
///
///     LSTM  a vector of units    panels i f | g o               slots i f | g o
///     GRU   two vectors, a b     panels r z (a) | r z (b) | n n    slots r z (a) | r z (b) | n n, input | n n, state
///     RNN   two vectors          panels h h                     slots h h
///
/// Where an LSTM's last group has no more units than half a vector, two gates share one: its only panel is if | go.
template <class CellType>
class UnitGroups {
 public:
  static constexpr int kUnitVectors = CellType::kUnitVectors, kGates = CellType::kGates,
                       kSums = CellType::kSums;
  static constexpr int64_t kUnits = kUnitVectors * kLanes;
  static constexpr int kPanels = kUnitVectors * kGates / kVectors;  // of a whole group, on either side
  static constexpr int kSlots = kUnitVectors * kSums / kVectors;
  static constexpr int64_t kFloats = kSlots * kWidth;  // of a group's sums
  static_assert(kUnitVectors * kGates % kVectors == 0 && kUnitVectors * kSums % kVectors == 0);
  /// Whether gates may share a vector.
  static constexpr bool kMayShare = kUnitVectors == 1 && kPanels == 2 && kLanes >= 4;

  explicit UnitGroups(int64_t hidden)
      : hidden_(hidden),
        count_((hidden + kUnits - 1) / kUnits),
        shares_(kMayShare && hidden - (count_ - 1) * kUnits <= kLanes / 2) {}

  int64_t count() const { return count_; }
  /// Whether two gates share a vector in this group.
  bool shares(int64_t group) const { return shares_ && group == count_ - 1; }
  int panels(int64_t group) const { return shares(group) ? kPanels / 2 : kPanels; }
  int slots(int64_t group) const { return shares(group) ? kSlots / 2 : kSlots; }
  /// Where a group's sums begin in a row of them, and where the row ends.
  static constexpr int64_t first_sum(int64_t group) { return group * kFloats; }
  int64_t all_sums() const { return first_sum(count_) - (shares_ ? kFloats / 2 : 0); }
  /// Whether the second vector of units is padding.
  bool half_empty(int64_t group) const { return kUnitVectors == 2 && group * kUnits + kLanes >= hidden_; }

  /// The slot that a panel of the state's side adds to; of the input's side, panel p adds to slot p.
  static constexpr int hidden_slot(int panel) {
    return kSums > kGates && panel == kPanels - 1 ? panel + 1 : panel;
  }
  /// The vector of units that a vector of a group's panels belongs to.
  static constexpr int unit_vector_of(int vector) { return place_of(vector).unit_vector; }
  /// Where a sum of a unit vector stands among the vectors of the slots.
  static constexpr int sum_vector(int unit_vector, int sum) {
    if constexpr (kUnitVectors == 2 && kSums == 4) {
      return sum < 2 ? unit_vector * 2 + sum : 2 * sum + unit_vector;
    } else {
      return unit_vector * kSums + sum;
    }
  }

  /// The row of PyTorch's weights that each column of the panels is; −1: none.
  std::vector<int32_t> rows_in_panels() const {
    std::vector<int32_t> rows;
    rows.reserve(static_cast<size_t>(count_ * kPanels * kWidth));
    const auto add = [&](int gate, int64_t first, int64_t lanes) {
      for (int64_t unit = first; unit < first + lanes; ++unit) {
        rows.push_back(unit < hidden_ ? static_cast<int32_t>(gate * hidden_ + unit) : -1);
      }
    };
    for (int64_t group = 0; group < count_; ++group) {
      if (shares(group)) {
        for (int gate = 0; gate < kGates; ++gate) add(gate, group * kUnits, kLanes / 2);
        break;
      }
      for (int vector = 0; vector < kPanels * kVectors; ++vector) {
        const auto [unit_vector, gate] = place_of(vector);
        add(gate, group * kUnits + unit_vector * kLanes, kLanes);
      }
    }
    return rows;
  }

  /// Gives each gate its vector where two have shared one: the sums of a group that shares, as those of others.
  static HWY_INLINE void part([[maybe_unused]] FloatVector* sums) {
#if HWY_TARGET != HWY_SCALAR
    const FloatTag d;
    const hn::Half<FloatTag> half;
    for (int v = kVectors - 1; v >= 0 && kMayShare; --v) {
      const FloatVector both = sums[v];
      sums[2 * v + 1] = hn::ZeroExtendVector(d, hn::UpperHalf(half, both));
      sums[2 * v] = hn::ZeroExtendVector(d, hn::LowerHalf(half, both));
    }
#endif
  }

 private:
  struct Place {
    int unit_vector, gate;
  };
  static constexpr Place place_of(int vector) {
    if constexpr (kUnitVectors == 2 && kGates == 3) {
      return vector < 4 ? Place{vector / 2, vector % 2} : Place{vector - 4, 2};
    } else {
      return {vector / kGates, vector % kGates};
    }
  }

  int64_t hidden_, count_;
  bool shares_;
};

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_GROUPS_INL_H_
