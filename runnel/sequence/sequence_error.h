#pragma once

#include "runnel/tensor/shape_error.h"

/// The sentences about lengths and packed sequences, each made in one place.
namespace runnel::errors {

ShapeError negative_length(int64_t sequence, int64_t length);
ShapeError length_past_the_end(int64_t sequence, int64_t length, int64_t seq);
ShapeError wrong_number_of_lengths(int64_t lengths, int64_t batch);
/// More rows than an int32 counts.
ShapeError too_many_steps();
/// Padded data must be [seq, batch, …] or [batch, seq, …].
ShapeError not_padded(const std::string& where, const Shape& got);
/// Packed data must be [row, …] with as many rows as its schedule has.
ShapeError not_packed(const Shape& got, int64_t rows);
ShapeError total_length_too_short(int64_t total_length, int64_t longest);
/// pad_sequence and pack_sequence need at least one sequence.
ShapeError no_sequences(const std::string& where);
/// A sequence without its axis seq in front.
ShapeError not_a_sequence(const std::string& where, const Shape& got);
/// A list of sequences whose members differ in more than their length.
ShapeError sequences_differ(const std::string& where, int64_t sequence, const Shape& expected,
                            const Shape& got);

}  // namespace runnel::errors
