#include "runnel/explain/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "runnel/base/error.h"

#include "tests/explain/random_network.h"

namespace runnel {
namespace {

const std::string kLSTM = "LSTM(100, 128, num_layers=2, bidirectional=True)";

std::vector<std::string> names_of(const Answer& answer) {
  std::vector<std::string> names;
  for (const TensorStory& tensor : answer.tensors) names.push_back(tensor.name);
  for (const ParameterStory& parameter : answer.parameters) names.push_back(parameter.name);
  return names;
}

TEST(Answer, about_a_state_has_its_places_and_what_it_equals) {
  EXPECT_THAT(
      answer_text(ask(tell_story(kLSTM), "h_n")),
      testing::StartsWith("h_n  [layer·direction=4, batch, hidden=128]  the state at the end\n"
                          "  4 layer·direction: num_layers 2 × 2 directions: layer by layer, forward\n"
                          "      before reverse\n"
                          "  any batch: your data: how many sequences at a time\n"
                          "  128 hidden: hidden_size: numbers the layer remembers; your choice\n"
                          "  h_n[0]  layer 1 forward\n"
                          "  h_n[1]  layer 1 reverse\n"
                          "  h_n[2]  layer 2 forward\n"
                          "  h_n[3]  layer 2 reverse\n"
                          "h_n[2] = output[last real step, :, :128]\n"
                          "h_n[3] = output[0, :, 128:]\n"));
}

TEST(Answer, about_a_parameter_needs_no_number_of_the_layer) {
  const Story story = tell_story("Embedding(5000, 100) -> GRU(20) -> last -> Linear(6)");
  EXPECT_THAT(names_of(ask(story, "weight_ih_l0")), testing::ElementsAre("1.weight_ih_l0"));
  EXPECT_THAT(names_of(ask(story, "1.weight_ih_l0")), testing::ElementsAre("1.weight_ih_l0"));
  EXPECT_THAT(names_of(ask(story, "weight")), testing::ElementsAre("0.weight", "3.weight"));
}

TEST(Answer, about_a_layer_of_a_chain_begins_with_its_number) {
  const Story story =
      tell_story("Embedding(50, 10) -> GRU(20) -> LSTM(20, bidirectional=True) -> last -> Linear(6)");
  EXPECT_THAT(names_of(ask(story, "1.h_n")), testing::ElementsAre("1.h_n"));
  EXPECT_THAT(names_of(ask(story, "h_n")), testing::ElementsAre("h_n", "h_n"));
  EXPECT_THAT(names_of(ask(story, "2.num_layers")), testing::ElementsAre("2.h_0", "2.c_0", "2.h_n", "2.c_n"));
  EXPECT_THAT(names_of(ask(story, "1.feature")), testing::ElementsAre("words", "1.weight_ih_l0"));
  EXPECT_THAT(answer_text(ask(story, "2.h_n")),
              testing::AllOf(
                  testing::StartsWith("2.h_n  [layer·direction=2, batch, hidden=20]  the state at the end\n"),
                  testing::HasSubstr("\n  2.h_n[1]  ")));
  for (const char* none : {"3.h_n", "9.h_n", "0.h_n", "1.nothing", ".h_n"})
    EXPECT_THROW(ask(story, none), OptionError) << none;
}

TEST(Answer, about_an_option_is_the_shapes_that_it_decides) {
  EXPECT_THAT(names_of(ask(tell_story("GRU(100, 20)"), "input_size")),
              testing::ElementsAre("input", "weight_ih_l0"));
  EXPECT_THAT(names_of(ask(tell_story("GRU(100, 20)"), "num_layers")), testing::ElementsAre("h_0", "h_n"));
  EXPECT_THAT(names_of(ask(tell_story("GRU(100, 20)"), "hidden_size")),
              testing::ElementsAre("h_0", "output", "h_n", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0",
                                   "bias_hh_l0"));
}

TEST(Answer, about_batch_first_is_what_it_moves) {
  EXPECT_THAT(ask(tell_story("GRU(100, 20, batch_first=True)"), "batch_first").sentences,
              testing::ElementsAre(
                  "batch_first=True moves batch to the front of input and output only, never of h_0 and h_n.",
                  "With batch_first=False: input [seq, batch, feature=100], output [seq, batch, hidden=20]; "
                  "the states and "
                  "the parameters stay as they are.",
                  testing::HasSubstr("batch_first does nothing then.")));
}

TEST(Answer, about_no_name_of_the_story_is_an_error_that_lists_the_names) {
  try {
    ask(tell_story("GRU(3, 4)"), "outptu");
    ADD_FAILURE() << "no error";
  } catch (const OptionError& error) {
    EXPECT_STREQ(
        error.what(),
        "nothing is called outptu in GRU(3, 4)\n"
        "  may ask  input, h_0, output, h_n, weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, seq, batch, "
        "feature, layer·direction, hidden, gate·hidden\n"
        "  fix      did you mean output?");
  }
}

std::string refusal(const std::string& network, const std::string& name) {
  try {
    ask(tell_story(network), name);
  } catch (const OptionError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Answer, about_an_option_with_its_default_says_how_to_learn_what_another_value_changes) {
  EXPECT_EQ(refusal("GRU(10, 20)", "bidirectional"),
            "GRU(10, 20) has the default of bidirectional, and no shape or number comes from it\n"
            "  fix  --what-if bidirectional=…, which tells what another value changes");
}

TEST(Answer, about_a_word_of_the_glossary_leads_there) {
  for (const char* word : {"hidden state", "hidden_state", "padding"}) {
    EXPECT_THAT(refusal("GRU(10, 20)", word),
                testing::EndsWith("\n  fix      runnel explain --terms, which explains the words"))
        << word;
  }
}

TEST(Answer, knows_axes_by_pytorchs_names_and_by_one_of_two) {
  const Story story = tell_story("GRU(10, 20)");
  EXPECT_EQ(ask(story, "seq_len").tensors.size(), 2U);
  EXPECT_EQ(ask(story, "batch_size").tensors.size(), 4U);
  EXPECT_EQ(ask(story, "layer").axes.at(0).axis.name.text(), "layer·direction");
}

TEST(Answer, about_the_parameters_has_them_all) {
  const Answer answer = ask(tell_story("GRU(10, 20)"), "parameters");
  EXPECT_EQ(answer.parameters.size(), 4U);
  EXPECT_THAT(answer.sentences, testing::ElementsAre("Parameters: 1,920 = 3 gates · 20 · (10 + 20 + 2)"));
}

TEST(Answer, comes_as_json_too) {
  const auto json = nlohmann::ordered_json::parse(answer_json(ask(tell_story(kLSTM), "weight_ih_l0")));
  EXPECT_EQ(json["name"], "weight_ih_l0");
  EXPECT_EQ(json["parameters"][0]["shape"], (std::vector<int>{512, 100}));
  EXPECT_EQ(json["origins"].size(), 2u);
}

RC_GTEST_PROP(Answer, is_there_for_every_name_of_every_story, ()) {
  const Story story = tell_story(any_network(), any_sizes());
  for (const TensorStory& tensor : story.tensors) {
    const Answer answer = ask(story, tensor.name);
    RC_ASSERT(std::any_of(answer.tensors.begin(), answer.tensors.end(), [&](const TensorStory& told) {
      return told.name == tensor.name && told.shape == tensor.shape;
    }));
  }
  for (const LayerStory& layer : story.layers) {
    for (const ParameterStory& parameter : layer.parameters) {
      RC_ASSERT(ask(story, parameter.name).parameters.at(0).shape == parameter.shape);
    }
  }
}

}  // namespace
}  // namespace runnel
