#include "runnel/sequence/sequence_error.h"

#include <fmt/format.h>

namespace runnel::errors {
namespace {

/// The code that names or adds the axes of a batch: steps of one number, or names alone.
std::string padded_code(const Shape& got) {
  if (got.rank() == 2 && got.has("batch") && !got.has("seq"))
    return fmt::format("one step a sequence: reshape(x, {})", as_code(got.inserted(1, {"seq", 1})));
  if (got.rank() == 3 && !got.has("seq") && !got.has("batch")) {
    return fmt::format("reshape(x, {})",
                       as_code(Shape{{"batch", got[0].size}, {"seq", got[1].size}, got[2]}));
  }
  return "";
}

}  // namespace

ShapeError negative_length(int64_t sequence, int64_t length) {
  return ShapeError({.where = "lengths",
                     .what = fmt::format("sequence {} has length {}, expected 0 or more", sequence, length),
                     .why = "a length counts the real steps of a sequence"});
}

ShapeError length_past_the_end(int64_t sequence, int64_t length, int64_t seq) {
  return ShapeError(
      {.where = "lengths",
       .what = fmt::format("sequence {} has length {}, but the batch has {} steps", sequence, length, seq),
       .why = "a length counts the real steps of a sequence, the padding not among them",
       .fix = fmt::format("lengths of 0 … {}, or data padded to {} steps", seq, length)});
}

ShapeError wrong_number_of_lengths(int64_t lengths, int64_t batch) {
  return ShapeError({.where = "lengths",
                     .what = fmt::format("got {} lengths for a batch of {} sequences", lengths, batch),
                     .why = "there is one length a sequence; the numbers of running sequences a step "
                            "(batch_sizes) are something else",
                     .fix = lengths > batch ? fmt::format("lengths[:{}], if the first ones are meant", batch)
                                            : fmt::format("{} more lengths", batch - lengths)});
}

ShapeError too_many_steps() {
  return ShapeError({.where = "lengths",
                     .what = "the batch has more than 2147483647 steps in all",
                     .why = "steps are counted in 32 bits, padding among them",
                     .fix = "smaller batches"});
}

ShapeError not_padded(const std::string& where, const Shape& got) {
  return ShapeError({.where = where,
                     .what = "a padded batch has the axes seq and batch in front",
                     .expected = Shape{{"batch"}, {"seq"}, {"feature"}},
                     .expected_why = "or [seq, batch, feature]",
                     .got = got,
                     .why = "the names of the axes tell steps from sequences",
                     .fix = padded_code(got)});
}

ShapeError not_packed(const Shape& got, int64_t rows) {
  return ShapeError({.where = "packed sequence",
                     .what = "the data do not fit the schedule",
                     .expected = Shape{{"row", rows}, {"feature"}},
                     .expected_why = "one row a real step",
                     .got = got,
                     .why = "packed data have the real steps of all sequences, step by step, without padding",
                     .fix = "pack_padded_sequence(x, lengths) of the padded batch"});
}

ShapeError total_length_too_short(int64_t total_length, int64_t longest) {
  return ShapeError({.where = "pad_packed_sequence",
                     .what = fmt::format("total_length is {}, but the longest sequence has {} steps",
                                         total_length, longest),
                     .why = "real steps are never cut off",
                     .fix = fmt::format("total_length = {}, or leave it out", longest)});
}

ShapeError no_sequences(const std::string& where) {
  return ShapeError({.where = where,
                     .what = "the list of sequences is empty, expected one or more",
                     .why = "the size of a step is taken from the first"});
}

ShapeError not_a_sequence(const std::string& where, const Shape& got) {
  return ShapeError({.where = where,
                     .what = "a sequence has the axis seq in front",
                     .expected = Shape{{"seq"}, {"feature"}},
                     .got = got,
                     .why = "a sequence is a list of steps, even where it has one",
                     .fix = got.rank() == 0 || got.has("seq")
                                ? ""
                                : fmt::format("reshape(x, {})", as_code(got.inserted(0, {"seq", 1})))});
}

ShapeError sequences_differ(const std::string& where, int64_t sequence, const Shape& expected,
                            const Shape& got) {
  return ShapeError(
      {.where = where,
       .what = fmt::format("sequence {} differs from the first in more than its length", sequence),
       .expected = expected,
       .got = got,
       .why = "the steps of all sequences stand in one tensor, so they have the same axes and sizes"});
}

}  // namespace runnel::errors
