#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/recurrence_states.cc"
#include <hwy/foreach_target.h>
//
#include <algorithm>
#include <cassert>

#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/step-inl.h"
#include "runnel/kernels/walk.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

void copy_states(const RecurrenceStates& args) {
  with_cell(args.layer.cell, [&]<class CellType>(CellType) {
    const Sizes sizes(args.layer, StepKernel<CellType>::kUnits, CellType::kSlots);
    const Walk walk(args.rows, args.direction == 1, Kept::all);
    const RecurrentMemory& memory = *args.memory;
    for (int64_t packed = 0; packed < walk.packed_rows(); ++packed) {
      const int64_t row = walk.output_row(packed), state = walk.batch() + packed;
      const float* slots = memory.gates.data() + packed * sizes.slots_row;
      for (size_t gate = 0; gate < args.gates.size(); ++gate) {
        const float* slot = slots + CellType::input_slot(static_cast<int>(gate)) * sizes.hidden_row;
        std::copy_n(slot, sizes.hidden, args.gates[gate] + row * sizes.hidden);
      }
      std::copy_n(memory.state.data() + state * sizes.state_row, sizes.output, args.h + row * sizes.output);
      if (CellType::kHasCell) {
        std::copy_n(memory.cell.data() + state * sizes.hidden_row, sizes.hidden, args.c + row * sizes.hidden);
      }
    }
  });
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {

HWY_EXPORT(copy_states);

void recurrence_states(const RecurrenceStates& args) {
  assert(args.gates.empty() || static_cast<int64_t>(args.gates.size()) == gate_count(args.layer.cell));
  HWY_DYNAMIC_DISPATCH(copy_states)(args);
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
