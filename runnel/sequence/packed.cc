#include "runnel/sequence/packed.h"

#include <algorithm>

#include "runnel/sequence/rows.h"
#include "runnel/sequence/sequence_error.h"
#include "runnel/tensor/axes.h"

namespace runnel {

bool batch_stands_first(const std::string& where, const Shape& padded) {
  if (padded.rank() >= 2) {
    if (padded[0].name == axes::batch && padded[1].name == axes::seq) return true;
    if (padded[0].name == axes::seq && padded[1].name == axes::batch) return false;
  }
  throw errors::not_padded(where, padded);
}

void check_packed(const Shape& data, const Schedule& schedule) {
  const bool fits = data.rank() >= 1 && data[0] == Axis{axes::row, schedule.rows()};
  if (!fits) throw errors::not_packed(data, schedule.rows());
}

Shape padded_shape(const Shape& packed, const Schedule& schedule, int64_t seq, bool batch_first) {
  const Axis batch{axes::batch, schedule.batch()}, steps{axes::seq, seq};
  return packed.replaced(axes::row, batch_first ? steps : batch).inserted(0, batch_first ? batch : steps);
}

template <class T>
Padded<BasicTensor<T>> pad_sequence(const std::vector<BasicTensor<T>>& sequences, PadOptions options) {
  return pad_packed_sequence(pack_sequence(sequences), options);
}

template <class T>
Packed<BasicTensor<T>> pack_padded_sequence(const BasicTensor<T>& padded, const Lengths& lengths) {
  const bool batch_first = batch_stands_first("pack_padded_sequence", padded.shape());
  const int64_t seq = padded.size(axes::seq);
  check_lengths(lengths, padded.size(axes::batch), seq);
  auto schedule = std::make_shared<const Schedule>(lengths);
  const Shape rows = padded.shape().without(axes::seq).replaced(axes::batch, {axes::row, schedule->rows()});
  return {gather_rows(padded, schedule->padded_rows(seq, batch_first), rows), schedule};
}

template <class T>
Padded<BasicTensor<T>> pad_packed_sequence(const Packed<BasicTensor<T>>& packed, PadOptions options) {
  const Schedule& schedule = *packed.schedule;
  check_packed(packed.data.shape(), schedule);
  const int64_t seq = options.total_length == 0 ? schedule.longest() : options.total_length;
  if (seq < schedule.longest()) throw errors::total_length_too_short(seq, schedule.longest());
  const Shape shape = padded_shape(packed.data.shape(), schedule, seq, options.batch_first);
  auto padded = BasicTensor<T>::full(shape, static_cast<T>(options.padding_value));
  scatter_rows(packed.data, schedule.padded_rows(seq, options.batch_first), padded);
  return {padded, schedule.lengths()};
}

template <class T>
Packed<BasicTensor<T>> pack_sequence(const std::vector<BasicTensor<T>>& sequences) {
  if (sequences.empty()) throw errors::no_sequences("pack_sequence");
  const Shape& first = sequences[0].shape();
  Lengths lengths;
  for (size_t n = 0; n < sequences.size(); ++n) {
    const Shape& shape = sequences[n].shape();
    if (shape.rank() == 0 || shape[0].name != axes::seq) throw errors::not_a_sequence("pack_sequence", shape);
    const bool alike = shape.without(axes::seq) == first.without(axes::seq);
    if (!alike) throw errors::sequences_differ("pack_sequence", static_cast<int64_t>(n), first, shape);
    lengths.push_back(shape[0].size);
  }
  auto schedule = std::make_shared<const Schedule>(lengths);
  auto data = BasicTensor<T>::uninitialized(first.replaced(axes::seq, {axes::row, schedule->rows()}));
  const int64_t width = first.count_between(1, first.rank());
  for (int64_t t = 0; t < schedule->longest(); ++t) {
    const Step step = schedule->steps()[static_cast<size_t>(t)];
    for (int64_t k = 0; k < step.batch; ++k) {
      const size_t n = static_cast<size_t>(schedule->sorted_indices()[static_cast<size_t>(k)]);
      std::copy_n(sequences[n].data() + t * width, width, data.data() + (step.first_row + k) * width);
    }
  }
  return {data, schedule};
}

template <class T>
std::vector<BasicTensor<T>> unpack_sequence(const Packed<BasicTensor<T>>& packed) {
  const auto [padded, lengths] = pad_packed_sequence(packed, {.batch_first = true});
  const Shape step = packed.data.shape().without(axes::row);
  const int64_t stride = padded.shape().count_between(1, padded.shape().rank());
  std::vector<BasicTensor<T>> sequences;
  for (size_t n = 0; n < lengths.size(); ++n) {
    const Shape shape = step.inserted(0, {axes::seq, lengths[n]});
    const T* first = padded.data() + static_cast<int64_t>(n) * stride;
    sequences.emplace_back(shape, std::span(first, static_cast<size_t>(shape.count())));
  }
  return sequences;
}

#define RUNNEL_INSTANTIATE(T)                                                                     \
  template Padded<BasicTensor<T>> pad_sequence(const std::vector<BasicTensor<T>>&, PadOptions);   \
  template Packed<BasicTensor<T>> pack_padded_sequence(const BasicTensor<T>&, const Lengths&);    \
  template Padded<BasicTensor<T>> pad_packed_sequence(const Packed<BasicTensor<T>>&, PadOptions); \
  template Packed<BasicTensor<T>> pack_sequence(const std::vector<BasicTensor<T>>&);              \
  template std::vector<BasicTensor<T>> unpack_sequence(const Packed<BasicTensor<T>>&)
RUNNEL_INSTANTIATE(float);
RUNNEL_INSTANTIATE(int32_t);
#undef RUNNEL_INSTANTIATE

}  // namespace runnel
