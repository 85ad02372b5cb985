#include "runnel/explain/json.h"

#include <nlohmann/json.hpp>

#include "runnel/explain/answer.h"
#include "runnel/explain/model_answer.h"
#include "runnel/explain/model_story.h"
#include "runnel/explain/what_if.h"

namespace runnel {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<int64_t>& number) { return number ? Json(*number) : Json(nullptr); }

Json size_of(const Axis& axis) { return axis.symbolic() ? Json(nullptr) : Json(axis.size); }

/// Two lists of the same length, the names and the sizes.
void add_shape(const Shape& shape, Json& json) {
  json["axes"] = Json::array();
  json["shape"] = Json::array();
  for (const Axis& axis : shape) {
    json["axes"].push_back(axis.name.text());
    json["shape"].push_back(size_of(axis));
  }
}

Json origins_of(const std::vector<AxisStory>& axes) {
  Json list = Json::array();
  for (const AxisStory& each : axes) {
    list.push_back({{"axis", each.axis.name.text()},
                    {"size", size_of(each.axis)},
                    {"source", each.source},
                    {"meaning", each.meaning}});
  }
  return list;
}

void add_count(const ParameterCount& count, Json& json) {
  json["count"] = number_or_null(count.value);
  json["formula"] = count.formula;
}

Json cost_json(const std::optional<CostStory>& cost) {
  if (!cost) return nullptr;
  const auto of = [](const ParameterCount& count) {
    Json json;
    add_count(count, json);
    return json;
  };
  return {{"multiply_adds", of(cost->multiply_adds)},
          {"weight_bytes", of(cost->weight_bytes)},
          {"activation_bytes", of(cost->activation_bytes)}};
}

Json tensor_json(const TensorStory& tensor) {
  Json json{{"name", tensor.name}, {"role", to_string(tensor.role)}};
  add_shape(tensor.shape, json);
  json["sentence"] = tensor.sentence;
  json["origins"] = origins_of(tensor.axes);
  json["index"] = tensor.index;
  return json;
}

Json parameter_json(const ParameterStory& parameter) {
  Json json{{"name", parameter.name}};
  add_shape(parameter.shape, json);
  json["count"] = number_or_null(parameter.count);
  return json;
}

Json layer_json(const LayerStory& layer) {
  Json json{{"kind", layer.kind},   {"text", layer.text},   {"sentence", layer.sentence},
            {"reads", layer.reads}, {"gives", layer.gives}, {"parameters", Json::array()}};
  for (const ParameterStory& parameter : layer.parameters)
    json["parameters"].push_back(parameter_json(parameter));
  add_count(layer.count, json);
  json["cost"] = cost_json(layer.cost);
  json["origins"] = origins_of(layer.sizes);
  json["equalities"] = layer.equalities;
  json["notes"] = layer.notes;
  json["details"] = layer.details;
  return json;
}

Json network_json(const Story& story) {
  Json json{{"network", story.network}};
  if (!story.preparation.empty()) json["preparation"] = story.preparation;
  json["tensors"] = Json::array();
  for (const TensorStory& tensor : story.tensors) json["tensors"].push_back(tensor_json(tensor));
  json["layers"] = Json::array();
  for (const LayerStory& layer : story.layers) json["layers"].push_back(layer_json(layer));
  add_count(story.count, json);
  json["cost"] = cost_json(story.cost);
  json["notes"] = story.notes;
  return json;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json part_json(const PartStory& part) {
  return {{"path", part.path},
          {"kind", part.kind},
          {"text", part.text},
          {"times", part.times},
          {"opaque", text_or_null(part.opaque)},
          {"story", part.story ? network_json(*part.story) : Json(nullptr)},
          {"chain", part.chain ? network_json(*part.chain) : Json(nullptr)}};
}

Json shape_or_null(const std::optional<Shape>& shape) {
  Json json;
  if (shape) add_shape(*shape, json);
  return json;
}

Json changes_json(const std::vector<ShapeChange>& changes) {
  Json list = Json::array();
  for (const ShapeChange& each : changes) {
    list.push_back(
        {{"name", each.name}, {"before", shape_or_null(each.before)}, {"after", shape_or_null(each.after)}});
  }
  return list;
}

std::string on_one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string story_json(const Story& story) { return on_one_line(network_json(story)); }

std::string story_json(const ModelStory& story) {
  Json json{{"model", story.kind}, {"parts", Json::array()}};
  for (const PartStory& part : story.parts) json["parts"].push_back(part_json(part));
  add_count(story.count, json);
  json["notes"] = story.notes;
  return on_one_line(json);
}

std::string answer_json(const Answer& answer) {
  Json json{{"name", answer.name}, {"tensors", Json::array()}, {"parameters", Json::array()}};
  for (const TensorStory& tensor : answer.tensors) json["tensors"].push_back(tensor_json(tensor));
  for (const ParameterStory& each : answer.parameters) json["parameters"].push_back(parameter_json(each));
  json["origins"] = origins_of(answer.axes);
  json["sentences"] = answer.sentences;
  return on_one_line(json);
}

namespace {

Json what_if_fields(const WhatIf& changes) {
  Json json{{"before", changes.before},
            {"after", changes.after},
            {"tensors", changes_json(changes.tensors)},
            {"parameters", changes_json(changes.parameters)},
            {"numbers", Json::array()}};
  for (const NumberChange& each : changes.numbers) {
    json["numbers"].push_back({{"name", each.name},
                               {"before", number_or_null(each.before.value)},
                               {"after", number_or_null(each.after.value)},
                               {"formulas", {each.before.formula, each.after.formula}}});
  }
  json["gone"] = changes.gone;
  json["come"] = changes.come;
  return json;
}

}  // namespace

std::string what_if_json(const WhatIf& changes) { return on_one_line(what_if_fields(changes)); }

std::string what_if_json(const PartWhatIf& changes) {
  return on_one_line({{"path", changes.path}, {"changes", what_if_fields(changes.changes)}});
}

}  // namespace runnel
