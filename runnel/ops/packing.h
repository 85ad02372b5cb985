#pragma once

#include "runnel/autograd/variable.h"
#include "runnel/sequence/packed.h"

namespace runnel {

/// A packed batch on the tape; a PackedSequence turns into one without being asked.
struct PackedVariable : Packed<Variable> {
  PackedVariable(Variable data_, std::shared_ptr<const Schedule> schedule_)
      : Packed<Variable>{std::move(data_), std::move(schedule_)} {}
  PackedVariable(const PackedSequence& packed) : PackedVariable(packed.data, packed.schedule) {}
};

/// sequence/packed.h's pack_padded_sequence and pad_packed_sequence, with gradients: padding gets none.
PackedVariable pack_padded_sequence(const Variable& padded, const Lengths& lengths);
Padded<Variable> pad_packed_sequence(const PackedVariable& packed, PadOptions options = {});

}  // namespace runnel
