#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/explain/story.h"

namespace runnel {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

LayerStory layer_of(const std::string& text) { return tell_story(text).layers[0]; }

TensorStory h_n_of(const std::string& text) {
  const Story story = tell_story(text);
  return story.tensors[story.layers[0].gives[1]];
}

TEST(RecurrentStory, says_that_the_final_state_does_not_depend_on_input_size) {
  EXPECT_EQ(layer_of("GRU(100, 20)").notes[0],
            "h_n does not depend on input_size: another one changes the shapes of input and weight_ih_l0, no "
            "other.");
  EXPECT_EQ(
      layer_of("LSTM(300, 20, bidirectional=True)").notes[0],
      "h_n and c_n do not depend on input_size: another one changes the shapes of input, weight_ih_l0 and "
      "weight_ih_l0_reverse, no other.");
}

TEST(RecurrentStory, says_whose_state_the_output_of_stacked_layers_is) {
  const auto sentence = [](const std::string& text) { return tell_story(text).tensors[2].sentence; };
  EXPECT_EQ(sentence("GRU(100, 20)"), "the state at every step");
  EXPECT_EQ(sentence("GRU(100, 20, num_layers=3)"), "the state of layer 3 at every step");
  EXPECT_EQ(sentence("GRU(100, 20, num_layers=3, bidirectional=True)"),
            "the state of layer 3 at every step, directions side by side");
}

TEST(RecurrentStory, says_what_batch_first_moves) {
  EXPECT_EQ(
      layer_of("LSTM(100, 20, batch_first=True)").notes[1],
      "batch_first=True moves batch to the front of input and output only, never of h_0, c_0, h_n and c_n.");
}

TEST(RecurrentStory, says_that_dropout_with_one_layer_does_nothing) {
  EXPECT_THAT(layer_of("GRU(100, 20, dropout=0.2)").notes,
              Contains("dropout=0.2 does nothing: it acts between layers, and num_layers is 1."));
  EXPECT_THAT(layer_of("GRU(100, 20, 2, dropout=0.2)").notes,
              Contains("dropout=0.2 acts while training, behind every layer but the last."));
}

TEST(RecurrentStory, says_how_states_mix_where_there_are_several) {
  const std::string note =
      "All states of a sequence in one row: h_n.transpose(0, 1), then reshape. h_n.view(batch, -1) mixes the "
      "sequences.";
  EXPECT_THAT(layer_of("GRU(100, 20, 2)").notes, Contains(note));
  EXPECT_THAT(layer_of("GRU(100, 20)").notes, Not(Contains(note)));
}

TEST(RecurrentStory, names_each_place_of_the_final_state) {
  EXPECT_THAT(h_n_of("GRU(3, 4)").index, IsEmpty());
  EXPECT_THAT(h_n_of("GRU(3, 4, 2)").index, ElementsAre("layer 1", "layer 2"));
  EXPECT_THAT(h_n_of("GRU(3, 4, bidirectional=True)").index, ElementsAre("forward", "reverse"));
  EXPECT_THAT(h_n_of("GRU(3, 4, 2, bidirectional=True)").index,
              ElementsAre("layer 1 forward", "layer 1 reverse", "layer 2 forward", "layer 2 reverse"));
}

TEST(RecurrentStory, says_where_the_final_state_stands_in_the_output) {
  EXPECT_THAT(layer_of("GRU(3, 4, batch_first=True)").equalities,
              ElementsAre("h_n[0] = output[:, last real step, :]"));
  EXPECT_THAT(layer_of("GRU(3, 4, 2)").equalities, ElementsAre("h_n[1] = output[last real step, :, :]"));
  EXPECT_THAT(layer_of("LSTM(3, 4, 2, bidirectional=True, proj_size=2)").equalities,
              ElementsAre("h_n[2] = output[last real step, :, :2]", "h_n[3] = output[0, :, 2:]"));
}

TEST(RecurrentStory, tells_a_projected_state_from_the_memory) {
  const Story story = tell_story("LSTM(100, 128, proj_size=32)");
  EXPECT_EQ(story.tensors[1].axes[2].source, "proj_size");    // h_0
  EXPECT_EQ(story.tensors[2].axes[2].source, "hidden_size");  // c_0
  EXPECT_EQ(
      story.layers[0].sentence,
      "walks along the steps and keeps 128 numbers of memory (c) and 32 that it shows (h) for each sequence");
}

TEST(RecurrentStory, says_what_the_rows_of_the_weights_are) {
  EXPECT_EQ(layer_of("GRU(100, 20)").sizes[0].to_string(),
            "3 gates × hidden_size 20: r, z, n (reset, update, new)");
  EXPECT_EQ(layer_of("LSTM(100, 20)").sizes[0].to_string(),
            "4 gates × hidden_size 20: i, f, g, o (input, forget, cell, output)");
  EXPECT_EQ(layer_of("RNN(100, 20)").sizes[0].to_string(), "hidden_size: this cell has no gates");
}

}  // namespace
}  // namespace runnel
