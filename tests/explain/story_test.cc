#include "runnel/explain/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TensorStory& tensor(const Story& story, const std::string& name) {
  for (const TensorStory& each : story.tensors) {
    if (each.name == name) return each;
  }
  throw std::out_of_range(name);
}

std::vector<std::string> names(const Story& story) {
  std::vector<std::string> names;
  for (const TensorStory& each : story.tensors) names.push_back(each.name);
  return names;
}

TextClassifier small_model(const TokenizerOptions& tokenizer) {
  TokenCounts counts;
  for (const char* word : {"a", "text", "editor"}) counts.add(word);
  TextClassifier model{
      .tokenizer = Tokenizer(tokenizer), .vocabulary = Vocabulary(counts), .labels = {"x", "y"}};
  model.make_network_from("Embedding(4) -> LSTM(3) -> last -> Linear");
  return model;
}

TEST(Story, tells_the_forum_its_shapes) {
  const Story story = tell_story("GRU(100, 20, 1, batch_first=True)", {.batch = 3, .seq = 10});
  EXPECT_THAT(names(story), ElementsAre("input", "h_0", "output", "h_n"));
  EXPECT_EQ(tensor(story, "input").shape.to_string(), "[batch=3, seq=10, feature=100]");
  EXPECT_EQ(tensor(story, "output").shape.to_string(), "[batch=3, seq=10, hidden=20]");
  EXPECT_EQ(tensor(story, "h_n").shape.to_string(), "[layer·direction=1, batch=3, hidden=20]");
  EXPECT_EQ(tensor(story, "input").role, TensorRole::in);
  EXPECT_EQ(tensor(story, "output").role, TensorRole::out);
  EXPECT_EQ(tensor(story, "h_0").role, TensorRole::state);
}

TEST(Story, says_where_each_number_comes_from) {
  const Story story = tell_story("GRU(100, 20, 1, batch_first=True)", {.batch = 3, .seq = 10});
  EXPECT_EQ(tensor(story, "input").axes[0].to_string(), "your data: how many sequences at a time");
  EXPECT_EQ(tensor(story, "input").axes[2].to_string(), "input_size: numbers that describe one step");
  EXPECT_EQ(tensor(story, "output").axes[2].to_string(),
            "hidden_size: numbers the layer remembers; your choice");
  EXPECT_EQ(tensor(story, "h_n").axes[0].to_string(), "num_layers 1 × 1 direction");
}

TEST(Story, puts_seq_first_where_a_lone_layer_does_not_say_batch_first) {
  const Story story = tell_story("LSTM(100, 20)");
  EXPECT_EQ(tensor(story, "input").shape.to_string(), "[seq, batch, feature=100]");
  EXPECT_THAT(story.layers[0].notes[1], HasSubstr("the layer reads [seq, batch, feature]: seq comes first"));
}

TEST(Story, puts_batch_first_in_a_chain_and_says_so) {
  const Story story = tell_story("GRU(100, 20) -> last");
  EXPECT_EQ(tensor(story, "input").shape.to_string(), "[batch, seq, feature=100]");
  EXPECT_THAT(story.notes,
              ElementsAre("In a chain batch comes first unless a layer says batch_first=False."));
  EXPECT_TRUE(tell_story("GRU(100, 20, batch_first=False) -> last").notes.empty());
}

TEST(Story, follows_the_data_through_a_chain) {
  const Story story = tell_story("Embedding(5000, 100) -> LSTM(128) -> Dropout(0.3) -> last -> Linear(6)");
  EXPECT_THAT(names(story), ElementsAre("ids", "words", "h_0", "c_0", "output", "h_n", "c_n", "output",
                                        "sentence", "logits"));
  EXPECT_EQ(tensor(story, "sentence").shape.to_string(), "[batch, hidden=128]");
  EXPECT_EQ(tensor(story, "logits").shape.to_string(), "[batch, class=6]");
  EXPECT_EQ(
      story.network,
      "Embedding(5000, 100) -> LSTM(100, 128, batch_first=True) -> Dropout(0.3) -> last -> Linear(128, 6)");
}

TEST(Story, lets_last_read_the_final_state_and_not_the_output) {
  const auto read_by_last = [](const std::string& chain) {
    const Story story = tell_story(chain);
    for (const LayerStory& layer : story.layers) {
      if (layer.kind == "last") return story.tensors[layer.reads[0]].name;
    }
    return std::string();
  };
  EXPECT_EQ(read_by_last("GRU(3, 4) -> last"), "h_n");
  EXPECT_EQ(read_by_last("GRU(3, 4) -> ReLU -> last"), "h_n");
  EXPECT_EQ(read_by_last("GRU(3, 4) -> Linear(5) -> last"), "features");
}

TEST(Story, numbers_the_parameters_of_a_chain) {
  const Story story = tell_story("Embedding(9, 3) -> GRU(4)");
  EXPECT_EQ(story.layers[0].parameters[0].name, "0.weight");
  EXPECT_EQ(story.layers[1].parameters[0].name, "1.weight_ih_l0");
}

TEST(Story, keeps_sizes_that_only_data_tell_symbolic) {
  const Story story = tell_story("Embedding(100) -> LSTM(128) -> last -> Linear");
  EXPECT_EQ(tensor(story, "logits").shape.to_string(), "[batch, class]");
  EXPECT_EQ(tensor(story, "logits").axes[1].to_string(), "your data: a score for each class");
  EXPECT_EQ(story.layers[0].sizes[0].to_string(), "your data: words of the vocabulary");
}

TEST(Story, of_a_model_tells_what_its_words_and_labels_decide) {
  const Story story = tell_story(small_model({}), {.batch = 3, .seq = 10});
  EXPECT_EQ(story.preparation,
            "cut into words, in lower case, each looked up in the vocabulary of 5: its number");
  EXPECT_EQ(story.layers[0].sizes[0].axis, (Axis{"vocab", 5}));
  EXPECT_EQ(story.layers[0].sizes[0].to_string(),
            "vocabulary: words of the vocabulary, <pad> and <unk> among them");
  EXPECT_EQ(tensor(story, "logits").axes[1].to_string(),
            "labels: a score for each label that the model knows");
}

TEST(Story, of_a_model_that_reads_characters_speaks_of_them) {
  const Story story =
      tell_story(small_model({.kind = TokenizerKind::characters, .lowercase = false}), {.seq = 10});
  EXPECT_EQ(story.preparation, "cut into characters, each looked up in the vocabulary of 5: its number");
  EXPECT_EQ(story.tensors[0].sentence, "texts of 10 characters, a number a character");
  EXPECT_EQ(story.tensors[1].name, "characters");
}

TEST(Story, describes_a_network_of_any_size_at_once) {
  const Story story =
      tell_story("Embedding(1000000000, 1000) -> LSTM(100000, num_layers=8) -> last -> Linear(6)");
  EXPECT_EQ(story.layers[0].count.value, 1'000'000'000'000);
}

TEST(Story, refuses_what_does_not_fit_together) {
  EXPECT_THROW(tell_story("GRU(100, 20) -> LSTM(30, 5)"), ShapeError);
  EXPECT_THROW(tell_story("GRU(100, 20, batchfirst=True)"), OptionError);
}

}  // namespace
}  // namespace runnel
