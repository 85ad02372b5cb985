#include "runnel/ops/packing.h"

#include "runnel/autograd/tape.h"
#include "runnel/sequence/rows.h"
#include "runnel/tensor/axes.h"

namespace runnel {

PackedVariable pack_padded_sequence(const Variable& padded, const Lengths& lengths) {
  const PackedSequence packed = pack_padded_sequence(padded.value(), lengths);
  const auto backward = [shape = padded.shape(), schedule = packed.schedule](const Tensor& d_data) {
    Tensor d_padded(shape);
    scatter_rows(d_data, schedule->padded_rows(shape.size(axes::seq), shape[0].name == axes::batch),
                 d_padded);
    return std::vector<Gradient>{d_padded};
  };
  return {record("pack_padded_sequence", {padded}, packed.data, backward), packed.schedule};
}

Padded<Variable> pad_packed_sequence(const PackedVariable& packed, PadOptions options) {
  const auto [padded, lengths] =
      pad_packed_sequence(PackedSequence{packed.data.value(), packed.schedule}, options);
  const auto backward = [shape = packed.data.shape(), schedule = packed.schedule](const Tensor& d_padded) {
    const bool batch_first = d_padded.shape()[0].name == axes::batch;
    const std::vector<int32_t> rows = schedule->padded_rows(d_padded.size(axes::seq), batch_first);
    return std::vector<Gradient>{gather_rows(d_padded, rows, shape)};
  };
  return {record("pad_packed_sequence", {packed.data}, padded, backward), lengths};
}

}  // namespace runnel
