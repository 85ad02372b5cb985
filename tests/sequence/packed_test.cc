#include "runnel/sequence/packed.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/sequence/sequence_testing.h"

namespace runnel {
namespace {

using namespace sequence_testing;
using testing::ElementsAre;

const Shape kFeature2{{"seq"}, {"feature", 2}};

TEST(PackPaddedSequence, takes_the_real_steps_longest_sequence_first) {
  const Tensor padded = counting<float>({{"batch", 2}, {"seq", 3}, {"feature", 2}});
  const PackedSequence packed = pack_padded_sequence(padded, {1, 3});
  EXPECT_EQ(packed.data.shape(), (Shape{{"row", 4}, {"feature", 2}}));
  EXPECT_THAT(numbers(packed.data), ElementsAre(6, 7, 0, 1, 8, 9, 10, 11));
  EXPECT_THAT(packed.schedule->batch_sizes(), ElementsAre(2, 1, 1));
}

TEST(PackPaddedSequence, reads_by_the_names_of_the_axes_which_one_is_the_batch) {
  const Tensor padded = counting<float>({{"batch", 3}, {"seq", 4}, {"feature", 2}});
  const Lengths lengths{2, 4, 3};
  EXPECT_EQ(numbers(pack_padded_sequence(padded, lengths).data),
            numbers(pack_padded_sequence(padded.transpose({"seq", "batch", "feature"}), lengths).data));
}

TEST(PackPaddedSequence, takes_ids_without_an_axis_behind_the_steps) {
  const PackedIds packed = pack_padded_sequence(counting<int32_t>({{"batch", 2}, {"seq", 2}}), {2, 1});
  EXPECT_EQ(packed.data.shape(), (Shape{{"row", 3}}));
  EXPECT_THAT(numbers(packed.data), ElementsAre(0, 2, 1));
}

TEST(PackPaddedSequence, takes_sequences_without_steps) {
  const PackedSequence packed = pack_padded_sequence(counting<float>({{"seq", 2}, {"batch", 2}}), {0, 0});
  EXPECT_EQ(packed.data.shape(), (Shape{{"row", 0}}));
  EXPECT_EQ(pad_packed_sequence(packed).data.shape(), (Shape{{"seq", 0}, {"batch", 2}}));
}

TEST(PackPaddedSequence, refuses_other_axes) {
  EXPECT_EQ(shape_error_of([] { pack_padded_sequence(Tensor({{"seq", 3}, {"feature", 2}}), {3}); }),
            "pack_padded_sequence: a padded batch has the axes seq and batch in front\n"
            "  expected  [batch, seq, feature]    or [seq, batch, feature]\n"
            "  got       [seq=3, feature=2]\n"
            "  why       the names of the axes tell steps from sequences");
}

TEST(PackPaddedSequence, refuses_a_length_past_the_end) {
  const std::string text = shape_error_of(
      [] { pack_padded_sequence(Tensor({{"batch", 2}, {"seq", 3}, {"feature", 1}}), {3, 4}); });
  EXPECT_THAT(text, testing::StartsWith("lengths: sequence 1 has length 4, but the batch has 3 steps"));
}

TEST(PadPackedSequence, puts_the_rows_back_in_the_callers_order) {
  const Tensor padded = counting<float>({{"batch", 2}, {"seq", 3}, {"feature", 1}}, 1);
  const auto [back, lengths] =
      pad_packed_sequence(pack_padded_sequence(padded, {1, 3}), {.batch_first = true, .padding_value = -1});
  EXPECT_EQ(back.shape(), padded.shape());
  EXPECT_THAT(numbers(back), ElementsAre(1, -1, -1, 4, 5, 6));
  EXPECT_THAT(lengths, ElementsAre(1, 3));
}

TEST(PadPackedSequence, pads_to_the_longest_or_to_total_length) {
  const PackedSequence packed =
      pack_padded_sequence(counting<float>({{"batch", 2}, {"seq", 5}, {"feature", 2}}), {2, 3});
  EXPECT_EQ(pad_packed_sequence(packed).data.shape(), (Shape{{"seq", 3}, {"batch", 2}, {"feature", 2}}));
  EXPECT_EQ(pad_packed_sequence(packed, {.batch_first = true, .total_length = 5}).data.shape(),
            (Shape{{"batch", 2}, {"seq", 5}, {"feature", 2}}));
  EXPECT_EQ(shape_error_of([&] { pad_packed_sequence(packed, {.total_length = 2}); }),
            "pad_packed_sequence: total_length is 2, but the longest sequence has 3 steps\n"
            "  why  real steps are never cut off\n"
            "  fix  total_length = 3, or leave it out");
}

TEST(PadPackedSequence, refuses_data_that_do_not_fit_the_schedule) {
  const PackedSequence packed{Tensor({{"row", 3}, {"feature", 2}}),
                              std::make_shared<const Schedule>(Lengths{2, 2})};
  EXPECT_EQ(shape_error_of([&] { pad_packed_sequence(packed); }),
            "packed sequence: the data do not fit the schedule\n"
            "  expected  [row=4, feature]      one row a real step\n"
            "  got       [row=3, feature=2]\n"
            "  why       packed data have the real steps of all sequences, step by step, without padding\n"
            "  fix       pack_padded_sequence(x, lengths) of the padded batch");
}

TEST(PadSequence, puts_sequences_side_by_side) {
  const std::vector<Tensor> sequences{counting<float>(kFeature2.with_size("seq", 1), 1),
                                      counting<float>(kFeature2.with_size("seq", 2), 5),
                                      Tensor(kFeature2.with_size("seq", 0))};
  const auto [padded, lengths] = pad_sequence(sequences);
  EXPECT_EQ(padded.shape(), (Shape{{"seq", 2}, {"batch", 3}, {"feature", 2}}));
  EXPECT_THAT(numbers(padded), ElementsAre(1, 2, 5, 6, 0, 0, 0, 0, 7, 8, 0, 0));
  EXPECT_THAT(lengths, ElementsAre(1, 2, 0));
  EXPECT_EQ(pad_sequence(sequences, {.batch_first = true}).data.shape(),
            (Shape{{"batch", 3}, {"seq", 2}, {"feature", 2}}));
}

TEST(PadSequence, pads_ids_with_a_number_of_ones_choice) {
  const std::vector<Ids> sequences{Ids({{"seq", 1}}, {7}), Ids({{"seq", 2}}, {8, 9})};
  EXPECT_THAT(numbers(pad_sequence(sequences, {.batch_first = true, .padding_value = 3}).data),
              ElementsAre(7, 3, 8, 9));
}

TEST(PackSequence, refuses_what_does_not_belong_together) {
  EXPECT_EQ(shape_error_of([] { pack_sequence(std::vector<Tensor>{}); }),
            "pack_sequence: the list of sequences is empty, expected one or more\n"
            "  why  the size of a step is taken from the first");
  const std::vector<Tensor> unlike{Tensor(kFeature2.with_size("seq", 4)),
                                   Tensor({{"seq", 4}, {"feature", 3}})};
  EXPECT_EQ(
      shape_error_of([&] { pad_sequence(unlike); }),
      "pack_sequence: sequence 1 differs from the first in more than its length\n"
      "  expected  [seq=4, feature=2]\n"
      "  got       [seq=4, feature=3]\n"
      "  why       the steps of all sequences stand in one tensor, so they have the same axes and sizes");
  EXPECT_EQ(shape_error_of([] { pack_sequence(std::vector<Tensor>{Tensor({{"feature", 3}})}); }),
            "pack_sequence: a sequence has the axis seq in front\n"
            "  expected  [seq, feature]\n"
            "  got       [feature=3]\n"
            "  why       a sequence is a list of steps, even where it has one\n"
            "  fix       reshape(x, Shape{{\"seq\", 1}, {\"feature\", 3}})");
}

RC_GTEST_PROP(PackSequence, is_undone_by_unpack_sequence, (const std::vector<uint8_t>& drawn)) {
  RC_PRE(!drawn.empty());
  std::vector<Tensor> sequences;
  for (uint8_t length : drawn) {
    sequences.push_back(counting<float>(kFeature2.with_size("seq", length % 6), 100.0f * length));
  }
  const std::vector<Tensor> back = unpack_sequence(pack_sequence(sequences));
  RC_ASSERT(back.size() == sequences.size());
  for (size_t n = 0; n < back.size(); ++n) {
    RC_ASSERT(back[n].shape() == sequences[n].shape());
    RC_ASSERT(numbers(back[n]) == numbers(sequences[n]));
  }
}

RC_GTEST_PROP(PackSequence, is_padding_and_then_packing,
              (const std::vector<uint8_t>& drawn, bool batch_first)) {
  RC_PRE(!drawn.empty());
  std::vector<Ids> sequences;
  for (uint8_t length : drawn) {
    sequences.push_back(counting<int32_t>(kFeature2.with_size("seq", length % 6), 100 * length));
  }
  const auto [padded, lengths] = pad_sequence(sequences, {.batch_first = batch_first});
  const PackedIds detour = pack_padded_sequence(padded, lengths), direct = pack_sequence(sequences);
  RC_ASSERT(numbers(detour.data) == numbers(direct.data));
  RC_ASSERT(detour.schedule->sorted_indices() == direct.schedule->sorted_indices());
  RC_ASSERT(numbers(pad_packed_sequence(direct, {.batch_first = batch_first}).data) == numbers(padded));
}

}  // namespace
}  // namespace runnel
