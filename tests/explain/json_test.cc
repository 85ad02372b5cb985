#include "runnel/explain/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "tests/explain/random_network.h"

namespace runnel {
namespace {

using Json = nlohmann::json;

void check_shape(const Json& json, const Shape& shape) {
  RC_ASSERT(json["axes"].size() == static_cast<size_t>(shape.rank()));
  RC_ASSERT(json["shape"].size() == static_cast<size_t>(shape.rank()));
  for (int64_t i = 0; i < shape.rank(); ++i) {
    const size_t at = static_cast<size_t>(i);
    RC_ASSERT(json["axes"][at] == shape[i].name.text());
    RC_ASSERT(json["shape"][at] == (shape[i].symbolic() ? Json(nullptr) : Json(shape[i].size)));
  }
}

RC_GTEST_PROP(StoryJson, says_what_the_story_says, ()) {
  const Story story = tell_story(any_network(), any_sizes());
  const Json json = Json::parse(story_json(story));
  RC_ASSERT(json["network"] == story.network);
  RC_ASSERT(json["tensors"].size() == story.tensors.size());
  for (size_t i = 0; i < story.tensors.size(); ++i) {
    const TensorStory& tensor = story.tensors[i];
    RC_ASSERT(json["tensors"][i]["name"] == tensor.name);
    RC_ASSERT(json["tensors"][i]["role"] == to_string(tensor.role));
    RC_ASSERT(json["tensors"][i]["sentence"] == tensor.sentence);
    RC_ASSERT(json["tensors"][i]["index"] == tensor.index);
    check_shape(json["tensors"][i], tensor.shape);
    for (size_t axis = 0; axis < tensor.axes.size(); ++axis) {
      const Json& origin = json["tensors"][i]["origins"][axis];
      RC_ASSERT(origin["axis"] == tensor.axes[axis].axis.name.text());
      RC_ASSERT(origin["source"] == tensor.axes[axis].source);
      RC_ASSERT(origin["meaning"] == tensor.axes[axis].meaning);
    }
  }
  for (size_t i = 0; i < story.layers.size(); ++i) {
    const LayerStory& layer = story.layers[i];
    RC_ASSERT(json["layers"][i]["kind"] == layer.kind);
    RC_ASSERT(json["layers"][i]["count"] == *layer.count.value);
    RC_ASSERT(json["layers"][i]["formula"] == layer.count.formula);
    RC_ASSERT(json["layers"][i]["reads"] == layer.reads);
    RC_ASSERT(json["layers"][i]["gives"] == layer.gives);
    RC_ASSERT(json["layers"][i]["equalities"] == layer.equalities);
    RC_ASSERT(json["layers"][i]["notes"] == layer.notes);
    RC_ASSERT(json["layers"][i]["details"] == layer.details);
    RC_ASSERT(json["layers"][i]["cost"]["multiply_adds"]["count"] == *layer.cost->multiply_adds.value);
    RC_ASSERT(json["layers"][i]["cost"]["activation_bytes"]["formula"] ==
              layer.cost->activation_bytes.formula);
    for (size_t p = 0; p < layer.parameters.size(); ++p) {
      RC_ASSERT(json["layers"][i]["parameters"][p]["name"] == layer.parameters[p].name);
      RC_ASSERT(json["layers"][i]["parameters"][p]["count"] == *layer.parameters[p].count);
      check_shape(json["layers"][i]["parameters"][p], layer.parameters[p].shape);
    }
  }
  RC_ASSERT(json["count"] == *story.count.value);
}

TEST(StoryJson, has_null_for_sizes_that_are_not_known) {
  const Json json = Json::parse(story_json(tell_story("Embedding(100) -> GRU(20) -> last -> Linear")));
  EXPECT_EQ(json["tensors"][0]["shape"], Json::parse("[null, null]"));
  EXPECT_EQ(json["tensors"][0]["axes"], Json::parse(R"(["batch", "seq"])"));
  EXPECT_EQ(json["layers"][0]["parameters"][0]["count"], nullptr);
  EXPECT_EQ(json["count"], nullptr);
  EXPECT_EQ(json["formula"], "vocab · 100 + 7,320 + class · (20 + 1)");
}

TEST(StoryJson, stands_on_one_line) {
  EXPECT_EQ(story_json(tell_story("GRU(100, 20)")).find('\n'), std::string::npos);
}

TEST(StoryJson, has_the_preparation_of_a_model_alone) {
  EXPECT_FALSE(Json::parse(story_json(tell_story("GRU(100, 20)"))).contains("preparation"));
  Story story = tell_story("GRU(100, 20)");
  story.preparation = "cut into words";
  EXPECT_EQ(Json::parse(story_json(story))["preparation"], "cut into words");
}

}  // namespace
}  // namespace runnel
