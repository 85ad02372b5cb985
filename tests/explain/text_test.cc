#include "runnel/explain/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <regex>
#include <sstream>

#include "runnel/base/files.h"
#include "runnel/explain/layout.h"

#include "tests/explain/random_network.h"

namespace runnel {
namespace {

struct Page {
  const char* file;  ///< in tests/explain/texts
  const char* network;
  StorySizes sizes = {};
  Detail detail = Detail::normal;
};

void PrintTo(const Page& page, std::ostream* out) { *out << page.network; }

class StoryText : public testing::TestWithParam<Page> {};

TEST_P(StoryText, is_the_page_on_file) {
  const Page& page = GetParam();
  const std::string expected = read_file(std::string(RUNNEL_SOURCE_DIR "/tests/explain/texts/") + page.file);
  EXPECT_EQ(story_text(tell_story(page.network, page.sizes), {.detail = page.detail}), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Pages, StoryText,
    testing::Values(
        Page{"gru.txt", "GRU(100, 20, 1, batch_first=True)", {.batch = 3, .seq = 10}},
        Page{"lstm_seq_first.txt",
             "LSTM(100, 128, num_layers=2, dropout=0.2, bidirectional=True)",
             {.batch = 3, .seq = 10}},
        Page{"classifier.txt",
             "Embedding(5000, 100) -> LSTM(128, bidirectional=True) -> last -> Linear(6)",
             {.batch = 3, .seq = 10}},
        Page{"symbolic.txt",
             "Embedding(100) -> Dropout(0.3) -> LSTM(128, num_layers=2, proj_size=32) -> max -> Linear(64) "
             "-> ReLU -> Linear"},
        Page{"gru_brief.txt", "GRU(100, 20, 1, batch_first=True)", {.batch = 3, .seq = 10}, Detail::brief},
        Page{"lstm_full.txt",
             "LSTM(100, 128, num_layers=2, dropout=0.2, bidirectional=True)",
             {.batch = 3, .seq = 10},
             Detail::full},
        Page{"classifier_full.txt",
             "Embedding(5000, 100) -> GRU(20) -> last -> Linear(6)",
             {.batch = 3},
             Detail::full},
        Page{"cell.txt", "GRUCell(10, 20)"}, Page{"linear.txt", "Linear(256, 6)"}),
    [](const auto& page) {
      const std::string file = page.param.file;
      return file.substr(0, file.find('.'));
    });

TEST(StoryTextOfAModel, begins_with_the_way_from_text_to_ids) {
  TokenCounts counts;
  counts.add("editor");
  TextClassifier model{.tokenizer = Tokenizer(), .vocabulary = Vocabulary(counts), .labels = {"x", "y"}};
  model.make_network_from("Embedding(4) -> last -> Linear");
  EXPECT_EQ(story_text(tell_story(model)), read_file(RUNNEL_SOURCE_DIR "/tests/explain/texts/model.txt"));
}

RC_GTEST_PROP(StoryTextProperty, fits_on_80_columns, ()) {
  const Story story = tell_story(any_network(), any_sizes());
  for (const auto& [color, detail] :
       {std::pair(false, Detail::brief), {true, Detail::normal}, {false, Detail::full}}) {
    std::istringstream lines(story_text(story, {.color = color, .detail = detail}));
    for (std::string line; std::getline(lines, line);) {
      RC_ASSERT(columns(line) <= kPageWidth);
      RC_ASSERT(!line.ends_with(' '));
    }
  }
}

RC_GTEST_PROP(StoryTextProperty, shows_every_tensor_and_parameter, ()) {
  const Story story = tell_story(any_network(), any_sizes());
  const std::string text =
      story_text(story, {.detail = *rc::gen::element(Detail::brief, Detail::normal, Detail::full)});
  const auto shows = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  for (const TensorStory& tensor : story.tensors) RC_ASSERT(shows(tensor.shape.to_string()));
  for (const LayerStory& layer : story.layers) {
    for (const ParameterStory& parameter : layer.parameters) RC_ASSERT(shows(parameter.name + " "));
  }
}

TEST(StoryTextColour, changes_nothing_but_the_colour) {
  const Story story =
      tell_story("Embedding(5000, 100) -> LSTM(128) -> last -> Linear(6)", {.batch = 3, .seq = 10});
  const std::string painted = story_text(story, {.color = true});
  EXPECT_NE(painted, story_text(story));
  EXPECT_EQ(std::regex_replace(painted, std::regex("\x1b\\[[0-9]+m"), ""), story_text(story));
}

}  // namespace
}  // namespace runnel
