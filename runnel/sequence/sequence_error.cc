#include "runnel/sequence/sequence_error.h"

#include <fmt/format.h>

namespace runnel::errors {

ShapeError negative_length(int64_t sequence, int64_t length) {
  return ShapeError({.where = "lengths",
                     .what = fmt::format("sequence {} has length {}, expected 0 or more", sequence, length)});
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
                            "(batch_sizes) are something else"});
}

ShapeError too_many_steps() {
  return ShapeError({.where = "lengths",
                     .what = "the batch has more than 2147483647 steps in all",
                     .fix = "smaller batches"});
}

ShapeError not_padded(const std::string& where, const Shape& got) {
  return ShapeError({.where = where,
                     .what = "a padded batch has the axes seq and batch in front",
                     .expected = Shape{{"batch"}, {"seq"}, {"feature"}},
                     .expected_why = "or [seq, batch, feature]",
                     .got = got});
}

ShapeError not_packed(const Shape& got, int64_t rows) {
  return ShapeError({.where = "packed sequence",
                     .what = "the data do not fit the schedule",
                     .expected = Shape{{"row", rows}, {"feature"}},
                     .expected_why = "one row a real step",
                     .got = got});
}

ShapeError total_length_too_short(int64_t total_length, int64_t longest) {
  return ShapeError({.where = "pad_packed_sequence",
                     .what = fmt::format("total_length is {}, but the longest sequence has {} steps",
                                         total_length, longest)});
}

ShapeError no_sequences(const std::string& where) {
  return ShapeError({.where = where, .what = "the list of sequences is empty, expected one or more"});
}

ShapeError not_a_sequence(const std::string& where, const Shape& got) {
  return ShapeError({.where = where,
                     .what = "a sequence has the axis seq in front",
                     .expected = Shape{{"seq"}, {"feature"}},
                     .got = got});
}

ShapeError sequences_differ(const std::string& where, int64_t sequence, const Shape& expected,
                            const Shape& got) {
  return ShapeError(
      {.where = where,
       .what = fmt::format("sequence {} differs from the first in more than its length", sequence),
       .expected = expected,
       .got = got});
}

}  // namespace runnel::errors
