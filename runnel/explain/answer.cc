#include "runnel/explain/answer.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "runnel/explain/axis_color.h"
#include "runnel/explain/explain_error.h"
#include "runnel/explain/layout.h"
#include "runnel/explain/paint.h"
#include "runnel/explain/wording.h"
#include "runnel/model/signature.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether the name stands in a text as a whole word: h_n in "h_n[0] = …", not in "h_next".
bool mentions(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

template <class T>
void add_new(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// Every number of the story, once.
std::vector<AxisStory> all_axes(const Story& story) {
  std::vector<AxisStory> axes;
  for (const TensorStory& tensor : story.tensors) {
    for (const AxisStory& axis : tensor.axes) add_new(axes, axis);
  }
  for (const LayerStory& layer : story.layers) {
    for (const AxisStory& axis : layer.sizes) add_new(axes, axis);
  }
  return axes;
}

bool is_parameter(const std::string& full, const std::string& name) {
  return full == name || full.substr(full.rfind('.') + 1) == name;
}

bool has_any(const Shape& shape, const std::vector<AxisStory>& axes) {
  return std::any_of(axes.begin(), axes.end(), [&](const AxisStory& axis) {
    return std::find(shape.begin(), shape.end(), axis.axis) != shape.end();
  });
}

/// The tensors and parameters of this name, and their numbers.
void look_up_name(const Story& story, Answer& answer) {
  const std::vector<AxisStory> axes = all_axes(story);
  for (const TensorStory& tensor : story.tensors) {
    if (tensor.name != answer.name) continue;
    answer.tensors.push_back(tensor);
    for (const AxisStory& axis : tensor.axes) add_new(answer.axes, axis);
  }
  for (const LayerStory& layer : story.layers) {
    for (const ParameterStory& parameter : layer.parameters) {
      if (!is_parameter(parameter.name, answer.name)) continue;
      answer.parameters.push_back(parameter);
      for (const AxisStory& axis : axes) {
        if (has_any(parameter.shape, {axis})) add_new(answer.axes, axis);
      }
    }
  }
}

/// Whether it is the axis of this name, or of two names one of which it is; also by the name that it has in PyTorch.
bool is_axis(const AxisName& axis, const std::string& name) {
  if (name == "seq_len") return axis == axes::seq;
  if (name == "batch_size") return axis == axes::batch;
  const std::vector<std::string_view> names = single_names(axis);
  return axis.text() == name || std::find(names.begin(), names.end(), name) != names.end();
}

/// The numbers that the option decides or that the axis has, and the shapes in which they stand.
void look_up_number(const Story& story, Answer& answer) {
  for (const AxisStory& axis : all_axes(story)) {
    if (is_axis(axis.axis.name, answer.name) || mentions(axis.source, answer.name))
      answer.axes.push_back(axis);
  }
  for (const TensorStory& tensor : story.tensors) {
    if (has_any(tensor.shape, answer.axes)) answer.tensors.push_back(tensor);
  }
  for (const LayerStory& layer : story.layers) {
    for (const ParameterStory& parameter : layer.parameters) {
      if (has_any(parameter.shape, answer.axes)) answer.parameters.push_back(parameter);
    }
  }
}

void add_sentences(const Story& story, Answer& answer) {
  const auto add = [&](const std::vector<std::string>& sentences) {
    for (const std::string& each : sentences) {
      if (mentions(each, answer.name)) add_new(answer.sentences, each);
    }
  };
  for (const LayerStory& layer : story.layers) {
    add(layer.equalities);
    add(layer.notes);
    add(layer.details);
  }
  add(story.notes);
}

/// What stands in front of the names of a layer's parameters: "1" of 1.weight_ih_l0, "2.0" of a chain in a chain.
std::string_view layer_number(const LayerStory& layer) {
  if (layer.parameters.empty()) return "";
  const std::string_view name = layer.parameters[0].name;
  return name.substr(0, std::min(name.rfind('.'), name.size()));
}

/// The layer of a chain that a name begins with, as 1.h_n does; null when it begins with none.
const LayerStory* layer_named_by(const Story& story, std::string_view name) {
  const size_t dot = name.rfind('.');
  if (story.lone() || dot == std::string_view::npos || dot == 0) return nullptr;
  const auto found = std::find_if(story.layers.begin(), story.layers.end(), [&](const LayerStory& layer) {
    return layer_number(layer) == name.substr(0, dot);
  });
  return found == story.layers.end() ? nullptr : &*found;
}

/// The story of one layer of a chain, with the tensors that it reads and gives.
Story story_of_layer(const Story& story, const LayerStory& layer) {
  Story part;
  part.network = layer.text;
  part.layers = {layer};
  part.notes = story.notes;
  for (const auto* places : {&layer.reads, &layer.gives}) {
    for (const size_t place : *places) part.tensors.push_back(story.tensors[place]);
  }
  return part;
}

/// The answer about a layer of a chain, whose tensors are named as its parameters are.
Answer ask_layer(const Story& story, const LayerStory& layer, const std::string& name) {
  const std::string number(layer_number(layer));
  Answer answer = ask(story_of_layer(story, layer), name.substr(number.size() + 1));
  answer.name = name;
  const TensorStory& data = story.tensors[layer.reads[0]];
  for (TensorStory& tensor : answer.tensors) {
    if (tensor != data) tensor.name = number + "." + tensor.name;
  }
  return answer;
}

/// All parameters, and how many numbers they have.
void look_up_parameters(const Story& story, Answer& answer) {
  for (const LayerStory& layer : story.layers) {
    answer.parameters.insert(answer.parameters.end(), layer.parameters.begin(), layer.parameters.end());
  }
  answer.sentences = {"Parameters: " + worked_out(story.count)};
}

/// Whether a layer takes the option.
bool takes(const Story& story, const std::string& option) {
  return std::any_of(story.layers.begin(), story.layers.end(), [&](const LayerStory& layer) {
    const std::vector<std::string>& names = signature_of(layer.kind).names;
    return std::find(names.begin(), names.end(), option) != names.end();
  });
}

/// All that may be asked.
std::vector<std::string> names_in(const Story& story) {
  std::vector<std::string> names;
  for (const TensorStory& tensor : story.tensors) add_new(names, tensor.name);
  for (const LayerStory& layer : story.layers) {
    for (const ParameterStory& parameter : layer.parameters) add_new(names, parameter.name);
  }
  for (const AxisStory& axis : all_axes(story)) add_new(names, axis.axis.name.text());
  return names;
}

}  // namespace

Answer ask(const Story& story, const std::string& name) {
  Answer answer{.name = name, .tensors = {}, .parameters = {}, .axes = {}, .sentences = {}};
  if (name == "parameters") {
    look_up_parameters(story, answer);
    return answer;
  }
  look_up_name(story, answer);
  const bool found = !answer.tensors.empty() || !answer.parameters.empty();
  if (const LayerStory* layer = layer_named_by(story, name); layer && !found)
    return ask_layer(story, *layer, name);
  if (!found) look_up_number(story, answer);
  add_sentences(story, answer);
  if (answer.tensors.empty() && answer.parameters.empty() && answer.sentences.empty()) {
    if (takes(story, name)) throw errors::option_not_told(story.network, name);
    throw errors::not_in_story(story.network, name, names_in(story));
  }
  return answer;
}

Answer ask_all(const Story& story) {
  Answer answer{.name = story.network,
                .tensors = story.tensors,
                .parameters = {},
                .axes = all_axes(story),
                .sentences = {}};
  look_up_parameters(story, answer);
  for (const LayerStory& layer : story.layers) {
    for (const std::string& each : layer.equalities) add_new(answer.sentences, each);
    for (const std::string& each : layer.notes) add_new(answer.sentences, each);
  }
  return answer;
}

std::string answer_text(const Answer& answer, const StoryTextOptions& options) {
  const Paint paint(options.color);
  std::string page;
  std::vector<Row> rows;
  size_t width = 0;
  for (const TensorStory& tensor : answer.tensors) width = std::max(width, columns(tensor.name));
  for (const ParameterStory& parameter : answer.parameters) width = std::max(width, columns(parameter.name));
  const auto add = [&](const std::string& head, const std::string& left, const std::string& right) {
    rows.push_back({.head = head, .rest = std::string(columns(head), ' '), .left = left, .right = right});
  };
  for (const TensorStory& t : answer.tensors)
    add(padded(t.name, width + 2), paint.shape(t.shape), t.sentence);
  for (const ParameterStory& p : answer.parameters) {
    add(padded(p.name, width + 2), paint.shape(p.shape), p.count ? grouped(*p.count) + " numbers" : "");
  }
  page += aligned_rows(rows);
  for (const AxisStory& axis : answer.axes) {
    const std::string number = axis.axis.symbolic() ? "any" : grouped(axis.axis.size);
    page +=
        hanging("  ", "      ", fmt::format("{} {}: {}", number, axis.axis.name.text(), axis.to_string()));
  }
  if (!answer.tensors.empty() && answer.tensors.front().name == answer.name) {
    const std::vector<std::string>& index = answer.tensors.front().index;
    for (size_t i = 0; i < index.size(); ++i) page += fmt::format("  {}[{}]  {}\n", answer.name, i, index[i]);
  }
  for (const std::string& sentence : answer.sentences) page += hanging("", "  ", sentence);
  return page;
}

}  // namespace runnel
