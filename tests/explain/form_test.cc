#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/explain/variations.h"
#include "runnel/explain/wording.h"
#include "runnel/model/change.h"

#include "tests/explain/formula.h"
#include "tests/explain/random_network.h"

namespace runnel {
namespace {

/// What a page shows when its knobs have other values.
std::string turned(const Parts& parts, const Variations& story, const std::vector<int64_t>& values) {
  std::string text;
  for (const Part& part : parts) {
    if (!part.form) {
      text += part.other.value_or(part.text);
      continue;
    }
    const int64_t number = part.form->at(story.offsets(values));
    if (part.other) {
      text += number == 1 ? part.text : *part.other;
    } else {
      text += part.grouped ? grouped(number) : std::to_string(number);
    }
  }
  return text;
}

/// The story of the network with these values.
Story retold(const std::string& network, const Variations& story, const std::vector<int64_t>& values) {
  StorySizes sizes;
  std::vector<OptionChange> changes;
  for (size_t i = 0; i < values.size(); ++i) {
    const Knob& knob = story.knobs()[i];
    if (knob.layer) changes.push_back({std::to_string(*knob.layer), knob.option, std::to_string(values[i])});
    if (knob.option == "batch") sizes.batch = values[i];
    if (knob.option == "seq") sizes.seq = values[i];
  }
  return tell_story(changed_network(network, changes), sizes);
}

/// The first text of the turned story that is not what the layers say for these values; nothing when all are.
std::string what_differs(const std::string& network, const Variations& story,
                         const std::vector<int64_t>& values) {
  const Story expected = retold(network, story, values);
  if (turned(story.network(), story, values) != expected.network) return "the network";
  std::string differs;
  for (size_t i = 0; i < expected.tensors.size(); ++i) {
    const auto compare = [&](const Variations::TensorText& text, bool commas) {
      const std::string told = turned(story.text_of_tensor(i, text, commas), story, values);
      if (told != text(expected.tensors[i])) differs = told + " for " + text(expected.tensors[i]);
    };
    compare([](const TensorStory& tensor) { return tensor.shape.to_string(); }, false);
    compare([](const TensorStory& tensor) { return tensor.sentence; }, true);
    for (size_t axis = 0; axis < expected.tensors[i].axes.size(); ++axis) {
      compare([=](const TensorStory& tensor) { return tensor.axes[axis].to_string(); }, true);
    }
  }
  for (size_t i = 0; i < expected.layers.size(); ++i) {
    const auto compare = [&](const Variations::LayerText& text, bool commas) {
      const std::string told = turned(story.text_of_layer(i, text, commas), story, values);
      if (told != text(expected.layers[i])) differs = told + " for " + text(expected.layers[i]);
    };
    compare([](const LayerStory& layer) { return layer.text; }, false);
    compare([](const LayerStory& layer) { return layer.sentence; }, true);
    compare([](const LayerStory& layer) { return grouped(layer.count.value.value_or(0)); }, true);
    // Of equal layers a formula is a product; else a sum, with the same value.
    const Variations::LayerText formula = [](const LayerStory& layer) { return layer.count.formula; };
    if (formula(expected.layers[i]).empty() || !story.follows(i, formula)) continue;
    const std::string told = turned(story.text_of_layer(i, formula), story, values);
    if (FormulaReader(told).value() != expected.layers[i].count.value) differs = told;
  }
  return differs;
}

RC_GTEST_PROP(FormProperty, gives_what_the_layers_say_for_any_sizes, ()) {
  const std::string network = any_network();
  const Variations story =
      turnable_story(network, {.batch = *rc::gen::inRange(1, 4), .seq = *rc::gen::inRange(5, 9)});
  std::vector<int64_t> values;
  for (const Knob& knob : story.knobs()) {
    values.push_back(*rc::gen::inRange(knob.least, knob.most + 1));
  }
  RC_ASSERT(what_differs(network, story, values) == "");
}

TEST(Variations, leave_out_a_formula_that_would_not_follow) {
  // One unit is told as it is, but turned from two on.
  const Variations story = turnable_story("GRU(1, 1, num_layers=2)");
  const Variations::LayerText formula = [](const LayerStory& layer) { return layer.count.formula; };
  EXPECT_FALSE(story.follows(0, formula)) << formula(story.shown().layers[0]);
  EXPECT_TRUE(turnable_story("GRU(7, 9, num_layers=2)").follows(0, formula));
  EXPECT_EQ(story.as_shown(0).at(story.offsets(std::vector<int64_t>{7, 9, 1})), 1)
      << "hidden_size is as shown";
  EXPECT_EQ(story.as_shown(0).at(story.offsets(std::vector<int64_t>{7, 9, 4})), 1 + 3 * 3);
}

TEST(Variations, of_a_long_chain_turn_its_first_layers_and_leave_the_others) {
  const std::string layers = "GRU(5) -> Dropout(0.5) -> LSTM(4, bidirectional=True) -> RNN(6, num_layers=2)";
  const std::string long_chain = layers + " -> " + layers + " -> " + layers;
  const std::vector<std::string> networks{
      "Embedding(9, 3) -> " + long_chain + " -> last -> Linear(3)", "Linear(3, 4) -> " + long_chain,
      "GRUCell(3, 4) -> Linear(5) -> ReLU -> Linear(2)", "LSTMCell(3, 4) -> Linear(3) -> Tanh -> Linear(6)"};
  for (const std::string& network : networks) {
    SCOPED_TRACE(network);
    const Variations story = turnable_story(network);
    std::vector<int64_t> values;
    for (const Knob& knob : story.knobs()) values.push_back(knob.least + 3);
    EXPECT_EQ(what_differs(network, story, values), "");
  }
}

TEST(Form, is_a_polynomial_of_degree_2) {
  const Form form({{5}, {3, {0}}, {2, {1, 1}}, {7, {0, 1}}, {0, {1}}});
  EXPECT_EQ(form.terms().size(), 4);
  EXPECT_EQ(form.at(std::vector<int64_t>{2, 3}), 5 + 3 * 2 + 2 * (3 * 2 / 2) + 7 * 2 * 3);
}

TEST(Variations, can_turn_the_sizes_of_the_data_and_the_hidden_sizes) {
  const Variations story =
      turnable_story("Embedding(50, 8) -> LSTM(6, proj_size=4) -> GRU(5) -> last -> Linear(3)");
  ASSERT_EQ(story.knobs().size(), 4);
  EXPECT_EQ(story.knobs()[0].label(story.shown()), "batch");
  EXPECT_EQ(story.knobs()[1].label(story.shown()), "seq");
  EXPECT_EQ(story.knobs()[2].label(story.shown()), "hidden_size, 1. LSTM");
  EXPECT_EQ(story.knobs()[2].least, 5) << "a projection is smaller";
  EXPECT_EQ(story.knobs()[3].label(story.shown()), "hidden_size, 2. GRU");
}

TEST(Variations, show_all_steps_of_a_short_sequence_which_cannot_be_turned) {
  EXPECT_EQ(turnable_story("GRU(3, 4)", {.batch = 2, .seq = 4}).knobs().size(), 2);
  EXPECT_EQ(turnable_story("GRU(3, 4)", {.batch = 2, .seq = 5}).knobs().size(), 3);
}

TEST(Variations, turn_what_a_network_leaves_out_as_well) {
  const Variations story = turnable_story("Embedding(8) -> LSTM(4) -> last -> Linear");
  const Parts linear = story.text_of_layer(3, [](const LayerStory& layer) { return layer.text; });
  EXPECT_EQ(text_of(linear), "Linear(4, class)");
  EXPECT_EQ(turned(linear, story, {3, 10, 7}), "Linear(7, class)");
}

}  // namespace
}  // namespace runnel
