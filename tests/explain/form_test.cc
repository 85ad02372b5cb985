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
      text += part.text;
    } else {
      const int64_t number = part.form->at(story.offsets(values));
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

RC_GTEST_PROP(FormProperty, gives_what_the_layers_say_for_any_sizes, ()) {
  const std::string network = any_network();
  const Variations story = turnable_story(network, {.batch = 2, .seq = *rc::gen::inRange(5, 9)});
  std::vector<int64_t> values;
  for (const Knob& knob : story.knobs()) {
    values.push_back(*rc::gen::inRange(std::max<int64_t>(2, knob.least), knob.most + 1));
  }
  const Story expected = retold(network, story, values);
  RC_ASSERT(turned(story.network(), story, values) == expected.network);
  for (size_t i = 0; i < expected.tensors.size(); ++i) {
    const auto has = [&](const Variations::TensorText& text, bool commas) {
      return turned(story.text_of_tensor(i, text, commas), story, values) == text(expected.tensors[i]);
    };
    RC_ASSERT(has([](const TensorStory& tensor) { return tensor.shape.to_string(); }, false));
    RC_ASSERT(has([](const TensorStory& tensor) { return tensor.sentence; }, true));
    for (size_t axis = 0; axis < expected.tensors[i].axes.size(); ++axis) {
      RC_ASSERT(has([=](const TensorStory& tensor) { return tensor.axes[axis].to_string(); }, true));
    }
  }
  for (size_t i = 0; i < expected.layers.size(); ++i) {
    const auto has = [&](const Variations::LayerText& text, bool commas) {
      return turned(story.text_of_layer(i, text, commas), story, values) == text(expected.layers[i]);
    };
    RC_ASSERT(has([](const LayerStory& layer) { return layer.text; }, false));
    RC_ASSERT(has([](const LayerStory& layer) { return layer.sentence; }, true));
    RC_ASSERT(has([](const LayerStory& layer) { return grouped(layer.count.value.value_or(0)); }, true));
  }
  // Of equal layers a formula is a product; else a sum, with the same value.
  const Variations::LayerText formula = [](const LayerStory& layer) { return layer.count.formula; };
  for (size_t i = 0; i < expected.layers.size(); ++i) {
    if (formula(expected.layers[i]).empty() || !story.follows(i, formula)) continue;
    RC_ASSERT(FormulaReader(turned(story.text_of_layer(i, formula), story, values)).value() ==
              expected.layers[i].count.value);
  }
}

TEST(Form, is_a_polynomial_of_degree_2) {
  Form form;
  form.add({5});
  form.add({3, {0}});
  form.add({2, {1, 1}});
  form.add({7, {0, 1}});
  form.add({0, {1}});
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
