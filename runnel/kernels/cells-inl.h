// The pointwise arithmetic of the cells, forward and backward beside each other. Compiled once for each
// instruction set.
//
// A cell is one struct:
//   kGates          the blocks of its weights
//   kSums           the pre-activations of a unit: one a gate, summed over both sides; where kSums is kGates + 1, the
//                   last gate's two sides stay apart, the hidden one last
//   kSlots          the vectors a row keeps for the backward pass
//   kHasCell        whether there is a cell state c
//   forward(…)      from the sums to the slots and the new state
//   backward(…)     from the gradients of the new state to those of the sums, which take the slots' places, and of
//                   the old state
//   input_slot(g), hidden_slot(g)   the slot of the gradient of gate g's pre-activation, for the two sides
//   kHiddenSlot     the first of the kGates neighbouring slots of the hidden side; the input side's begin at 0
//   kUnitVectors    vectors of units that are computed together, so that their gates fill panels of two vectors

#if defined(RUNNEL_KERNELS_CELLS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_CELLS_INL_H_
#undef RUNNEL_KERNELS_CELLS_INL_H_
#else
#define RUNNEL_KERNELS_CELLS_INL_H_
#endif

#include "runnel/kernels/math-inl.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// The state of some units of a sequence: h (before a projection) and c.
struct UnitState {
  FloatVector h, c;
};

/// The activations that the cells use, with their derivatives in terms of their result.
struct Activation {
  static HWY_INLINE FloatVector sigmoid(FloatVector x) { return Sigmoid(FloatTag(), x); }
  static HWY_INLINE FloatVector tanh(FloatVector x) { return Tanh(FloatTag(), x); }
  /// Keeps NaN, which Max would swallow.
  static HWY_INLINE FloatVector relu(FloatVector x) {
    const FloatVector zero = hn::Zero(FloatTag());
    return hn::IfThenElse(hn::Lt(x, zero), zero, x);
  }
  /// d · s(1 − s)
  static HWY_INLINE FloatVector d_sigmoid(FloatVector s, FloatVector d) {
    return hn::Mul(d, hn::Mul(s, hn::Sub(one(), s)));
  }
  /// d · (1 − t²)
  static HWY_INLINE FloatVector d_tanh(FloatVector t, FloatVector d) {
    return hn::Mul(d, hn::NegMulAdd(t, t, one()));
  }
  static HWY_INLINE FloatVector d_relu(FloatVector r, FloatVector d) {
    return hn::IfThenElseZero(hn::Gt(r, hn::Zero(FloatTag())), d);
  }
  static HWY_INLINE FloatVector one() { return hn::Set(FloatTag(), 1.0f); }
};

/// c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh(c'); slots i, f, g, o.
struct LstmCell {
  static constexpr int kGates = 4, kSums = 4, kSlots = 4, kHiddenSlot = 0, kUnitVectors = 1;
  static constexpr bool kHasCell = true;
  static constexpr int input_slot(int gate) { return gate; }
  static constexpr int hidden_slot(int gate) { return gate; }

  static HWY_INLINE UnitState forward(const FloatVector* sums, const UnitState& before,
                                      FloatVector (&slots)[kSlots]) {
    slots[0] = Activation::sigmoid(sums[0]);
    slots[1] = Activation::sigmoid(sums[1]);
    slots[2] = Activation::tanh(sums[2]);
    slots[3] = Activation::sigmoid(sums[3]);
    const FloatVector c = hn::MulAdd(slots[1], before.c, hn::Mul(slots[0], slots[2]));
    return {hn::Mul(slots[3], Activation::tanh(c)), c};
  }

  static HWY_INLINE UnitState backward(FloatVector (&slots)[kSlots], const UnitState& before,
                                       const UnitState& after, const UnitState& d_after) {
    const FloatVector i = slots[0], f = slots[1], g = slots[2], o = slots[3];
    const FloatVector tanh_c = Activation::tanh(after.c);
    const FloatVector d_c = hn::Add(d_after.c, Activation::d_tanh(tanh_c, hn::Mul(d_after.h, o)));
    slots[0] = Activation::d_sigmoid(i, hn::Mul(d_c, g));
    slots[1] = Activation::d_sigmoid(f, hn::Mul(d_c, before.c));
    slots[2] = Activation::d_tanh(g, hn::Mul(d_c, i));
    slots[3] = Activation::d_sigmoid(o, hn::Mul(d_after.h, tanh_c));
    return {hn::Zero(FloatTag()), hn::Mul(d_c, f)};
  }
};

/// n = tanh(x_n + r ⊙ h_n), h' = (1 − z) ⊙ n + z ⊙ h; slots n, r, z and the hidden side of n, so that the
/// gradients of the input's side (n, r, z) and of the hidden side (r, z, n) are neighbours both.
struct GruCell {
  static constexpr int kGates = 3, kSums = 4, kSlots = 4, kHiddenSlot = 1, kUnitVectors = 2;
  static constexpr bool kHasCell = false;
  static constexpr int input_slot(int gate) { return gate == 2 ? 0 : gate + 1; }
  static constexpr int hidden_slot(int gate) { return gate + 1; }

  static HWY_INLINE UnitState forward(const FloatVector* sums, const UnitState& before,
                                      FloatVector (&slots)[kSlots]) {
    slots[1] = Activation::sigmoid(sums[0]);
    slots[2] = Activation::sigmoid(sums[1]);
    slots[3] = sums[3];
    slots[0] = Activation::tanh(hn::MulAdd(slots[1], slots[3], sums[2]));
    return {hn::MulAdd(slots[2], hn::Sub(before.h, slots[0]), slots[0]), before.c};
  }

  static HWY_INLINE UnitState backward(FloatVector (&slots)[kSlots], const UnitState& before,
                                       const UnitState&, const UnitState& d_after) {
    const FloatVector n = slots[0], r = slots[1], z = slots[2], hidden_n = slots[3];
    const FloatVector d_n = Activation::d_tanh(n, hn::Mul(d_after.h, hn::Sub(Activation::one(), z)));
    slots[0] = d_n;
    slots[1] = Activation::d_sigmoid(r, hn::Mul(d_n, hidden_n));
    slots[2] = Activation::d_sigmoid(z, hn::Mul(d_after.h, hn::Sub(before.h, n)));
    slots[3] = hn::Mul(d_n, r);
    return {hn::Mul(d_after.h, z), d_after.c};
  }
};

/// h' = tanh or relu(x + h); one slot, whose value the new state repeats.
template <bool Relu>
struct RnnCell {
  static constexpr int kGates = 1, kSums = 1, kSlots = 1, kHiddenSlot = 0, kUnitVectors = 2;
  static constexpr bool kHasCell = false;
  static constexpr int input_slot(int gate) { return gate; }
  static constexpr int hidden_slot(int gate) { return gate; }

  static HWY_INLINE UnitState forward(const FloatVector* sums, const UnitState& before,
                                      FloatVector (&slots)[kSlots]) {
    slots[0] = Relu ? Activation::relu(sums[0]) : Activation::tanh(sums[0]);
    return {slots[0], before.c};
  }

  static HWY_INLINE UnitState backward(FloatVector (&slots)[kSlots], const UnitState&, const UnitState& after,
                                       const UnitState& d_after) {
    slots[0] = Relu ? Activation::d_relu(after.h, d_after.h) : Activation::d_tanh(after.h, d_after.h);
    return {hn::Zero(FloatTag()), d_after.c};
  }
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

#endif  // RUNNEL_KERNELS_CELLS_INL_H_
