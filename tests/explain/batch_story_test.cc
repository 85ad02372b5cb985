#include "runnel/explain/batch_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>
#include <regex>
#include <sstream>

#include "runnel/explain/layout.h"
#include "runnel/nn/gru.h"
#include "runnel/sequence/packed.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

TEST(BatchStory, is_drawn_as_on_paper) {
  EXPECT_EQ(batch_text(tell_batch(tell_story("GRU(100, 20, batch_first=True)"), {5, 2, 7})),
            R"(padded             sorted             packed
  0 1 2 3 4 5 6      0 1 2 3 4 5 6    step  rows   batch_sizes
a ■ ■ ■ ■ ■ · ·    c ■ ■ ■ ■ ■ ■ ■    0     c a b  3
b ■ ■ · · · · ·    a ■ ■ ■ ■ ■ · ·    1     c a b  3
c ■ ■ ■ ■ ■ ■ ■    b ■ ■ · · · · ·    2     c a    2
                                      3     c a    2
                                      4     c a    2
                                      5     c      1
                                      6     c      1

■ is a real step, · is padding: 7 of 21 places.
sorted_indices 2 0 1
unsorted_indices 1 2 0
batch_sizes 3 3 2 2 2 1 1
batch_sizes counts the sequences that still run at each step. It is not the
  lengths.

The last real step of each sequence, and its packed row:
  a = sequence 0: step 4, row 11; h_n[0, 0] = output[0, 4, :]
  b = sequence 1: step 1, row 5; h_n[0, 1] = output[1, 1, :]
  c = sequence 2: step 6, row 13; h_n[0, 2] = output[2, 6, :]
)");
}

TEST(BatchStory, of_sequences_without_a_step_says_so) {
  const BatchStory story = tell_batch(tell_story("GRU(3, 4)"), {0, 1});
  EXPECT_EQ(story.ends[0].step, -1);
  EXPECT_THAT(batch_text(story), testing::HasSubstr("a = sequence 0: no step at all; its state stays h_0\n"));
  EXPECT_THAT(batch_text(tell_batch(tell_story("GRU(3, 4)"), {0})), testing::HasSubstr("0 of 0 places"));
}

TEST(BatchStory, comes_as_json_too) {
  const auto json = nlohmann::ordered_json::parse(batch_json(tell_batch(tell_story("GRU(3, 4)"), {1, 0, 2})));
  EXPECT_EQ(json["batch_sizes"], (std::vector<int>{2, 1}));
  EXPECT_EQ(json["ends"][1]["step"], nullptr);
  EXPECT_EQ(json["ends"][2]["row"], 2);
  EXPECT_EQ(json["ends"][2]["equalities"][0], "h_n[0, 2] = output[1, 2, :]");
}

Lengths any_lengths(int64_t most, int most_sequences) {
  Lengths lengths(static_cast<size_t>(*rc::gen::inRange(1, most_sequences + 1)));
  for (int64_t& length : lengths) length = *rc::gen::inRange<int64_t>(0, most + 1);
  return lengths;
}

/// A cell of the padded batch that says which one it is.
int32_t cell(int64_t sequence, int64_t step) { return static_cast<int32_t>(1000 * sequence + step); }

RC_GTEST_PROP(BatchStory, has_the_rows_that_packing_makes, ()) {
  const Lengths lengths = any_lengths(9, 6);
  const BatchStory story = tell_batch(tell_story("GRU(3, 4)"), lengths);
  Ids grid(Shape{{axes::batch, story.schedule.batch()}, {axes::seq, story.schedule.longest()}});
  for (int64_t n = 0; n < story.schedule.batch(); ++n) {
    for (int64_t t = 0; t < story.schedule.longest(); ++t) {
      grid.data()[n * story.schedule.longest() + t] = cell(n, t);
    }
  }
  const PackedIds packed = pack_padded_sequence(grid, lengths);
  int64_t row = 0;
  for (size_t t = 0; t < story.steps.size(); ++t) {
    for (const int32_t n : story.steps[t])
      RC_ASSERT(packed.data.data()[row++] == cell(n, static_cast<int64_t>(t)));
  }
  RC_ASSERT(row == packed.data.count());
  for (size_t n = 0; n < lengths.size(); ++n) {
    if (story.ends[n].step < 0) continue;
    RC_ASSERT(packed.data.data()[story.ends[n].row] == cell(static_cast<int64_t>(n), story.ends[n].step));
  }
}

RC_GTEST_PROP(BatchStory, has_equalities_that_hold_in_a_forward_pass, ()) {
  const Lengths lengths = any_lengths(5, 4);
  const auto longest = *std::max_element(lengths.begin(), lengths.end());
  RC_PRE(longest > 0);
  const bool batch_first = *rc::gen::arbitrary<bool>(), both = *rc::gen::arbitrary<bool>();
  const int64_t layers = *rc::gen::inRange<int64_t>(1, 4);
  GRU gru({.input_size = 2,
           .hidden_size = 3,
           .num_layers = layers,
           .batch_first = batch_first,
           .bidirectional = both});
  const Axis batch{axes::batch, static_cast<int64_t>(lengths.size())}, seq{axes::seq, longest};
  Tensor x = Tensor::uninitialized(batch_first ? Shape{batch, seq, {axes::feature, 2}}
                                               : Shape{seq, batch, {axes::feature, 2}});
  default_generator().fill_normal(x.values());
  const Signal after = gru.forward({.data = Variable(x), .lengths = lengths});
  const BatchStory story = tell_batch(tell_story(gru.to_string()), lengths);
  static const std::regex form(R"(h_n\[(\d+), (\d+)\] = output\[(\d+), (\d+), :\d*\])");
  for (size_t n = 0; n < lengths.size(); ++n) {
    RC_ASSERT(story.ends[n].equalities.size() == (lengths[n] > 0 ? 1u : 0u));
    for (const std::string& equality : story.ends[n].equalities) {
      std::smatch part;
      RC_ASSERT(std::regex_match(equality, part, form));
      for (int64_t j = 0; j < 3; ++j) {
        RC_ASSERT(after.h_n.value().at({std::stoll(part[1]), std::stoll(part[2]), j}) ==
                  after.features("test").value().at({std::stoll(part[3]), std::stoll(part[4]), j}));
      }
    }
  }
}

RC_GTEST_PROP(BatchStory, stands_on_a_page_of_80_columns, ()) {
  const BatchStory story = tell_batch(tell_story("GRU(3, 4, bidirectional=True)"), any_lengths(14, 30));
  std::istringstream lines(batch_text(story));
  for (std::string line; std::getline(lines, line);) RC_ASSERT(columns(line) <= kPageWidth);
}

}  // namespace
}  // namespace runnel
