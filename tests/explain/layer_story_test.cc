#include "runnel/explain/layer_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace runnel {
namespace {

using testing::Contains;
using testing::ElementsAre;

LayerStory last_layer_of(const std::string& chain) { return tell_story(chain).layers.back(); }

TEST(LayerStory, says_what_last_takes_behind_a_recurrent_layer) {
  const LayerStory both = last_layer_of("GRU(3, 4, bidirectional=True) -> last");
  EXPECT_EQ(both.sentence, "takes h_n of the last layer, directions side by side");
  EXPECT_THAT(
      both.notes,
      ElementsAre("last is h_n, not output[:, -1]: there the reverse direction has read one step only (or "
                  "padding). In h_n forward has read to the last real step, reverse to the first."));
  EXPECT_THAT(
      last_layer_of("GRU(3, 4) -> last").notes,
      ElementsAre("last is h_n, not output[:, -1]: that is padding where a sequence is shorter than the "
                  "longest."));
  EXPECT_THAT(
      last_layer_of("GRU(3, 4, batch_first=False) -> last").notes,
      ElementsAre(
          "last is h_n, not output[-1]: that is padding where a sequence is shorter than the longest."));
}

TEST(LayerStory, says_what_last_takes_elsewhere) {
  const LayerStory last = last_layer_of("Embedding(9, 3) -> last");
  EXPECT_EQ(last.sentence, "keeps the last word that is no padding");
  EXPECT_TRUE(last.notes.empty());
}

TEST(LayerStory, says_what_the_other_poolings_take) {
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> first").sentence, "keeps the first step");
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> mean").sentence,
            "takes the mean over the steps; padding never counts");
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> max").sentence,
            "takes the largest of each number over the steps; padding never counts");
}

TEST(LayerStory, says_what_layers_on_single_numbers_do) {
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> Dropout(0.3)").sentence,
            "sets 30 % of the numbers to 0 while training");
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> ReLU").sentence, "sets negative numbers to 0");
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> Tanh").sentence, "moves each number into -1 … 1");
  EXPECT_EQ(last_layer_of("GRU(3, 4) -> Sigmoid").sentence, "moves each number into 0 … 1");
}

TEST(LayerStory, explains_the_sizes_of_weights_that_no_tensor_has) {
  EXPECT_EQ(last_layer_of("Embedding(5000, 100)").sizes,
            (std::vector<AxisStory>{{{"vocab", 5000}, "num_embeddings", "words of the vocabulary"}}));
  const LayerStory linear = last_layer_of("GRU(3, 4) -> last -> Linear(2)");
  EXPECT_EQ(linear.sizes, (std::vector<AxisStory>{{{"out", 2}, "out_features", "one for each class"},
                                                  {{"in", 4}, "in_features", "numbers that go in"}}));
}

TEST(LayerStory, explains_the_input_of_a_second_layer_once) {
  EXPECT_THAT(last_layer_of("RNN(1, 16) -> GRU(8)").sizes,
              Contains(AxisStory{{"feature", 16}, "input_size", "numbers that come in, a step"}));
}

TEST(LayerStory, tells_one_step_of_a_cell) {
  const Story story = tell_story("LSTMCell(10, 20)", {.batch = 3});
  EXPECT_EQ(story.tensors[0].sentence, "one step of 3 sequences, 10 numbers a step");
  EXPECT_EQ(story.tensors[0].shape.to_string(), "[batch=3, feature=10]");
  EXPECT_EQ(story.tensors.back().name, "c_n");
  EXPECT_EQ(story.tensors.back().shape.to_string(), "[batch=3, hidden=20]");
}

TEST(LayerStory, says_that_padding_is_never_trained) {
  EXPECT_THAT(last_layer_of("Embedding(9, 3, padding_idx=0)").notes,
              ElementsAre("padding_idx=0: that row starts as zeros and is never trained."));
  EXPECT_THAT(
      last_layer_of("Embedding(9, 3, sparse=True)").notes,
      ElementsAre("sparse=True: a training step costs the words that occur, not the whole table, and moves "
                  "no other word's vector."));
}

TEST(LayerStory, of_a_dropout_of_nothing_says_that_it_does_nothing) {
  EXPECT_EQ(tell_story("Dropout(0) -> GRU(3, 4)").layers[0].sentence, "does nothing: p is 0");
}

}  // namespace
}  // namespace runnel
