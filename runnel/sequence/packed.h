#pragma once

#include <memory>
#include <vector>

#include "runnel/sequence/schedule.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

/// A batch of sequences without its padding: one row a real step, step by step, at each step the sequences
/// still running, the longest first. `Data` is Tensor, Ids, or a Variable of the tape.
///
///     data      [row = ΣL, …]
///     schedule  lengths, batch_sizes, sorted_indices, unsorted_indices
template <class Data>
struct Packed {
  Data data;
  std::shared_ptr<const Schedule> schedule;
};

using PackedSequence = Packed<Tensor>;
using PackedIds = Packed<Ids>;

/// A batch with its padding, and what of it is real.
template <class Data>
struct Padded {
  Data data;        ///< [seq, batch, …], or [batch, seq, …]
  Lengths lengths;  ///< [batch], in the caller's order
};

struct PadOptions {
  bool batch_first = false;
  float padding_value = 0;
  int64_t total_length = 0;  ///< 0: as long as the longest sequence
};

/// Puts sequences of several lengths side by side.
/// Input   sequences  each [seq, …], any length (0 too), alike otherwise
/// Output  [seq = longest, batch, …], batch_first: [batch, seq = longest, …]
/// Throws  ShapeError when the list is empty or its members differ in more than their length
template <class T>
Padded<BasicTensor<T>> pad_sequence(const std::vector<BasicTensor<T>>& sequences, PadOptions options = {});

/// Takes the real steps out of padded data, whose axes say by name which is which.
/// Input   padded [seq, batch, …] or [batch, seq, …]; lengths [batch], unsorted, 0 allowed
/// Output  data [row = ΣL, …]
/// Throws  ShapeError for other axes, and for a length below 0 or above seq, with the number of the sequence
template <class T>
Packed<BasicTensor<T>> pack_padded_sequence(const BasicTensor<T>& padded, const Lengths& lengths);

/// Puts packed rows back beside each other, in the caller's order.
/// Output  data [seq, batch, …], batch_first: [batch, seq, …]; the lengths
/// Throws  ShapeError when total_length is shorter than the longest sequence
template <class T>
Padded<BasicTensor<T>> pad_packed_sequence(const Packed<BasicTensor<T>>& packed, PadOptions options = {});

/// pad_sequence, then pack_padded_sequence.
template <class T>
Packed<BasicTensor<T>> pack_sequence(const std::vector<BasicTensor<T>>& sequences);

/// The sequences of a packed batch, each [seq, …] of its own length, in the caller's order.
template <class T>
std::vector<BasicTensor<T>> unpack_sequence(const Packed<BasicTensor<T>>& packed);

/// The two axes of padded data: whether batch stands first.
/// Throws  ShapeError when they are not seq and batch.
bool batch_stands_first(const std::string& where, const Shape& padded);
/// Throws  ShapeError unless `data` is [row = schedule.rows(), …].
void check_packed(const Shape& data, const Schedule& schedule);
/// The shape of padded data for packed rows of shape `packed` = [row, …].
Shape padded_shape(const Shape& packed, const Schedule& schedule, int64_t seq, bool batch_first);

}  // namespace runnel
