#include "runnel/explain/model_story.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

#include "runnel/base/files.h"
#include "runnel/tensor/axes.h"

/// Ten models as torch prints them, against the shapes that torch's forward pass has.
namespace runnel {
namespace {

using Recorded = nlohmann::ordered_json;
using Sizes = std::vector<int64_t>;

Recorded models() {
  return Recorded::parse(read_file(RUNNEL_SOURCE_DIR "/tests/golden/printed_models.json"));
}

ModelStory story_of(const Recorded& model) {
  return tell_story(parse_printed_model(model["text"].get<std::string>()),
                    {.batch = model["batch"], .seq = model["seq"]});
}

Sizes sizes_of(const Shape& shape) {
  Sizes sizes;
  for (const Axis& axis : shape) sizes.push_back(axis.size);
  return sizes;
}

/// "blocks.0-2.gru" is blocks.0.gru, blocks.1.gru and blocks.2.gru.
std::vector<std::string> paths_of(const std::string& path) {
  const size_t dash = path.find('-');
  if (dash == std::string::npos) return {path};
  const size_t dot = path.rfind('.', dash), end = std::min(path.find('.', dash), path.size());
  const size_t begin = dot == std::string::npos ? 0 : dot + 1;
  std::vector<std::string> paths;
  for (int i = std::stoi(path.substr(begin)); i <= std::stoi(path.substr(dash + 1)); ++i) {
    for (const std::string& each : paths_of(path.substr(0, begin) + std::to_string(i) + path.substr(end))) {
      paths.push_back(each);
    }
  }
  return paths;
}

/// What the story says that the layer gives, in torch's order.
std::vector<Sizes> told_outputs(const Story& story) {
  std::vector<Sizes> outputs;
  for (const size_t place : story.layers.front().gives)
    outputs.push_back(sizes_of(story.tensors[place].shape));
  return outputs;
}

/// Layers that take any axes in front of the last one: what print(model) tells of them is that last one.
bool any_axes_in_front(const std::string& kind) {
  return kind == "Linear" || kind == "Dropout" || kind == "Tanh" || kind == "ReLU" || kind == "Sigmoid";
}

void expect_forward(const PartStory& part, const Recorded& forward, const std::string& where) {
  const auto real = forward["out"].get<std::vector<Sizes>>();
  const std::vector<Sizes> told = told_outputs(*part.story);
  if (!any_axes_in_front(part.kind)) {
    EXPECT_EQ(sizes_of(part.story->tensors[0].shape), forward["in"].get<Sizes>()) << where;
    EXPECT_EQ(told, real) << where;
  } else if (part.kind == "Linear") {
    EXPECT_EQ(part.story->tensors[0].shape.size(axes::feature), forward["in"].get<Sizes>().back()) << where;
    EXPECT_EQ(told.front().back(), real.front().back()) << where;
  } else {
    EXPECT_EQ(forward["in"].get<Sizes>(), real.front()) << where;  // and the story: the shape stays
    EXPECT_EQ(told.front(), sizes_of(part.story->tensors[0].shape)) << where;
  }
}

TEST(ModelStory, of_ten_printed_models_has_the_shapes_of_their_forward_pass) {
  const Recorded all = models();
  EXPECT_EQ(all.size(), 10u);
  size_t compared = 0;
  for (const Recorded& model : all) {
    for (const PartStory& part : story_of(model).parts) {
      if (!part.story) continue;
      for (const std::string& path : paths_of(part.path)) {
        ASSERT_TRUE(model["forward"].contains(path)) << model["name"] << ": " << path;
        expect_forward(part, model["forward"][path], model["name"].get<std::string>() + ": " + path);
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 36u);
}

TEST(ModelStory, of_ten_printed_models_has_their_parameters) {
  for (const Recorded& model : models()) {
    auto real = model["parameters"].get<std::map<std::string, Sizes>>();
    int64_t counted = 0;
    const ModelStory story = story_of(model);
    for (const PartStory& part : story.parts) {
      for (const std::string& path : paths_of(part.path)) {
        if (!part.story) continue;
        for (const ParameterStory& parameter : part.story->layers.front().parameters) {
          const std::string name = path + "." + parameter.name;
          ASSERT_TRUE(real.contains(name)) << model["name"] << ": " << name;
          EXPECT_EQ(sizes_of(parameter.shape), real[name]) << model["name"] << ": " << name;
          counted += *parameter.count;
          real.erase(name);
        }
      }
    }
    EXPECT_EQ(story.count.value, counted) << model["name"];
    for (const auto& [name, shape] : real) {  // what is left belongs to parts that are called opaque
      const bool opaque = std::any_of(story.parts.begin(), story.parts.end(), [&](const PartStory& part) {
        return (!part.opaque.empty() || part.kind == "MultiheadAttention") &&
               name.starts_with(part.path + ".");
      });
      EXPECT_TRUE(opaque || name == "weights.0") << model["name"] << ": " << name;
    }
  }
}

TEST(ModelStory, says_why_a_part_is_opaque) {
  const ModelStory story =
      tell_story(parse_printed_model("M(\n  (norm): LayerNorm((16,), eps=1e-05)\n  (e): Embedding(5, 4, "
                                     "max_norm=1.0)\n  (gru): GRU(3, 4)\n)"));
  ASSERT_EQ(story.parts.size(), 4u);
  EXPECT_EQ(story.parts[1].text, "LayerNorm((16,), eps=1e-05)");
  EXPECT_EQ(story.parts[1].opaque, "no layer that Runnel knows");
  EXPECT_EQ(story.parts[2].opaque, "Embedding has no option max_norm");
  EXPECT_TRUE(story.parts[3].story && story.parts[3].opaque.empty());
  EXPECT_THAT(story.notes, testing::Contains(testing::StartsWith("Parts marked ? are not explained")));
}

TEST(ModelStory, counts_what_stands_in_equal_parts_as_often_as_they_are_there) {
  const ModelStory story = tell_story(
      parse_printed_model("M((b): ModuleList((0-2): 3 x B((l): ModuleList((0-1): 2 x Linear(3, 4)))))"));
  EXPECT_EQ(story.parts.back().times, 6);
  EXPECT_EQ(story.count.value, 6 * 16);
}

/// The modules of a Sequential run one after the other: what one gives, the next one gets.
TEST(ModelStory, of_a_sequential_has_the_shapes_on_the_way_through_it) {
  size_t compared = 0;
  for (const Recorded& model : models()) {
    for (const PartStory& part : story_of(model).parts) {
      if (!part.chain) continue;
      // A head reads rows in the story; in torch there may be more axes in front of the features.
      for (size_t i = 0; i < part.chain->layers.size(); ++i) {
        const std::string path = (part.path.empty() ? "" : part.path + ".") + std::to_string(i);
        const auto real = model["forward"][path]["out"][0].get<Sizes>();
        const Shape& told = part.chain->tensors[part.chain->layers[i].gives[0]].shape;
        EXPECT_EQ(sizes_of(told).back(), real.back()) << model["name"] << ": " << path;
        if (part.path.empty()) {
          EXPECT_EQ(sizes_of(told), real) << model["name"] << ": " << path;
        }
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 9u);
}

TEST(ModelStory, of_a_sequential_keeps_each_layers_order_of_axes) {
  const ModelStory story =
      tell_story(parse_printed_model("Sequential(\n  (0): GRU(3, 4)\n  (1): Linear(4, 2)\n)"));
  ASSERT_TRUE(story.parts[0].chain);
  EXPECT_EQ(story.parts[0].chain->tensors[0].shape.to_string(), "[seq, batch, feature=3]");
  EXPECT_EQ(story.parts[0].chain->network, "GRU(3, 4, batch_first=False) -> Linear(4, 2)");
  EXPECT_THAT(story.notes,
              testing::Contains(testing::HasSubstr("PyTorch's Sequential hands on the whole tuple")));
}

TEST(ModelStory, of_a_sequential_goes_through_those_inside_it) {
  const std::string inner = "(0): Sequential(\n      (0): Linear(3, 4)\n      (1): ReLU()\n    )\n";
  const ModelStory story = tell_story(
      parse_printed_model("M(\n  (head): Sequential(\n    " + inner + "    (1-2): 2 x Linear(4, 4)\n  )\n)"));
  ASSERT_TRUE(story.parts.at(1).chain);
  EXPECT_EQ(story.parts[1].chain->network, "Linear(3, 4) -> ReLU() -> Linear(4, 4) -> Linear(4, 4)");
  EXPECT_EQ(story.parts[1].chain->layers[0].parameters.at(0).name, "0.0.weight");
  EXPECT_EQ(story.parts[1].chain->layers[3].parameters.at(0).name, "2.weight");
  EXPECT_FALSE(story.parts.at(2).chain) << "it is told with the whole";
  EXPECT_EQ(told_parts(story).size(), 1U);
  const ModelStory foreign = tell_story(
      parse_printed_model("M(\n  (head): Sequential(\n    " + inner + "    (1): Conv1d(4, 4)\n  )\n)"));
  EXPECT_FALSE(foreign.parts.at(1).chain);
  EXPECT_TRUE(foreign.parts.at(2).chain);
}

TEST(ModelStory, says_that_the_parts_of_a_sequential_do_not_fit_together) {
  const ModelStory story = tell_story(
      parse_printed_model("M(\n  (head): Sequential(\n    (0): Linear(3, 4)\n    (1): Linear(5, 6)\n  )\n)"));
  EXPECT_THAT(story.notes, testing::Contains(testing::StartsWith("The parts of head do not fit together: ")));
}

TEST(ModelStory, tells_equal_layers_once) {
  const std::string text =
      story_text(tell_story(parse_printed_model("M(\n  (a): GRU(3, 4)\n  (b): GRU(3, 4)\n)")));
  EXPECT_THAT(text, testing::HasSubstr("── a and b\n\nGRU(input_size=3, hidden_size=4)\n"));
  EXPECT_EQ(text.find("GRU(input_size="), text.rfind("GRU(input_size="));
}

TEST(ModelStory, as_json_has_a_story_for_each_layer) {
  const Recorded json =
      Recorded::parse(story_json(tell_story(parse_printed_model("M(\n  (a): GRU(3, 4)\n  (b): Odd()\n)"))));
  EXPECT_EQ(json["model"], "M");
  EXPECT_EQ(json["parts"][1]["story"]["layers"][0]["count"], 108);
  EXPECT_EQ(json["parts"][1]["opaque"], nullptr);
  EXPECT_EQ(json["parts"][2]["story"], nullptr);
  EXPECT_EQ(json["parts"][2]["opaque"], "no layer that Runnel knows");
  EXPECT_EQ(json["count"], 108);
}

}  // namespace
}  // namespace runnel
