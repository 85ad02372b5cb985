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

/// An object that is going to have so many members. Where it has no room for the next one, ordered_json copies all
/// that the others hold.
Json object_for(size_t members) {
  Json::object_t object;
  object.reserve(members);
  return Json(std::move(object));
}

/// One of each, in a list.
template <class Items, class Make>
Json list_of(const Items& items, const Make& make) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(make(item));
  return list;
}

/// Two lists of the same length, the names and the sizes.
void add_shape(const Shape& shape, Json& json) {
  Json axes = Json::array(), sizes = Json::array();
  for (const Axis& axis : shape) {
    axes.push_back(axis.name.text());
    sizes.push_back(size_of(axis));
  }
  json["axes"] = std::move(axes);
  json["shape"] = std::move(sizes);
}

Json origins_of(const std::vector<AxisStory>& axes) {
  return list_of(axes, [](const AxisStory& each) {
    Json json = object_for(4);
    json["axis"] = each.axis.name.text();
    json["size"] = size_of(each.axis);
    json["source"] = each.source;
    json["meaning"] = each.meaning;
    return json;
  });
}

void add_count(const ParameterCount& count, Json& json) {
  json["count"] = number_or_null(count.value);
  json["formula"] = count.formula;
}

Json count_json(const ParameterCount& count) {
  Json json = object_for(2);
  add_count(count, json);
  return json;
}

Json cost_json(const std::optional<CostStory>& cost) {
  if (!cost) return nullptr;
  Json json = object_for(3);
  json["multiply_adds"] = count_json(cost->multiply_adds);
  json["weight_bytes"] = count_json(cost->weight_bytes);
  json["activation_bytes"] = count_json(cost->activation_bytes);
  return json;
}

Json tensor_json(const TensorStory& tensor) {
  Json json = object_for(7);
  json["name"] = tensor.name;
  json["role"] = to_string(tensor.role);
  add_shape(tensor.shape, json);
  json["sentence"] = tensor.sentence;
  json["origins"] = origins_of(tensor.axes);
  json["index"] = tensor.index;
  return json;
}

Json parameter_json(const ParameterStory& parameter) {
  Json json = object_for(4);
  json["name"] = parameter.name;
  add_shape(parameter.shape, json);
  json["count"] = number_or_null(parameter.count);
  return json;
}

Json layer_json(const LayerStory& layer) {
  Json json = object_for(13);
  json["kind"] = layer.kind;
  json["text"] = layer.text;
  json["sentence"] = layer.sentence;
  json["reads"] = layer.reads;
  json["gives"] = layer.gives;
  json["parameters"] = list_of(layer.parameters, parameter_json);
  add_count(layer.count, json);
  json["cost"] = cost_json(layer.cost);
  json["origins"] = origins_of(layer.sizes);
  json["equalities"] = layer.equalities;
  json["notes"] = layer.notes;
  json["details"] = layer.details;
  return json;
}

Json network_json(const Story& story) {
  Json json = object_for(8);
  json["network"] = story.network;
  if (!story.preparation.empty()) json["preparation"] = story.preparation;
  json["tensors"] = list_of(story.tensors, tensor_json);
  json["layers"] = list_of(story.layers, layer_json);
  add_count(story.count, json);
  json["cost"] = cost_json(story.cost);
  json["notes"] = story.notes;
  return json;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json part_json(const PartStory& part) {
  Json json = object_for(7);
  json["path"] = part.path;
  json["kind"] = part.kind;
  json["text"] = part.text;
  json["times"] = part.times;
  json["opaque"] = text_or_null(part.opaque);
  json["story"] = part.story ? network_json(*part.story) : Json(nullptr);
  json["chain"] = part.chain ? network_json(*part.chain) : Json(nullptr);
  return json;
}

Json shape_or_null(const std::optional<Shape>& shape) {
  Json json;
  if (shape) add_shape(*shape, json);
  return json;
}

Json changes_json(const std::vector<ShapeChange>& changes) {
  return list_of(changes, [](const ShapeChange& each) {
    Json json = object_for(3);
    json["name"] = each.name;
    json["before"] = shape_or_null(each.before);
    json["after"] = shape_or_null(each.after);
    return json;
  });
}

std::string on_one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string story_json(const Story& story) { return on_one_line(network_json(story)); }

std::string story_json(const ModelStory& story) {
  Json json = object_for(5);
  json["model"] = story.kind;
  json["parts"] = list_of(story.parts, part_json);
  add_count(story.count, json);
  json["notes"] = story.notes;
  return on_one_line(json);
}

std::string answer_json(const Answer& answer) {
  Json json = object_for(5);
  json["name"] = answer.name;
  json["tensors"] = list_of(answer.tensors, tensor_json);
  json["parameters"] = list_of(answer.parameters, parameter_json);
  json["origins"] = origins_of(answer.axes);
  json["sentences"] = answer.sentences;
  return on_one_line(json);
}

namespace {

Json what_if_fields(const WhatIf& changes) {
  Json json = object_for(7);
  json["before"] = changes.before;
  json["after"] = changes.after;
  json["tensors"] = changes_json(changes.tensors);
  json["parameters"] = changes_json(changes.parameters);
  json["numbers"] = list_of(changes.numbers, [](const NumberChange& each) {
    return Json{{"name", each.name},
                {"before", number_or_null(each.before.value)},
                {"after", number_or_null(each.after.value)},
                {"formulas", {each.before.formula, each.after.formula}}};
  });
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
