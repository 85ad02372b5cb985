#include "runnel/explain/picture_words.h"

#include <algorithm>

#include "runnel/explain/axis_color.h"
#include "runnel/explain/share_out.h"
#include "runnel/explain/wording.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

std::string_view color_of_name(std::string_view name) {
  const AxisColor* color = axis_color(name);
  return color ? color->name : "";
}

/// What a name means that stands beside another one only.
std::string_view meaning_beside(std::string_view name) {
  return name == axes::layer.text()       ? "which of the layers that num_layers puts on top of each other"
         : name == axes::direction.text() ? "forward or reverse"
                                          : "";
}

const Axis& end_of(const TensorStory& tensor) { return tensor.shape[tensor.shape.rank() - 1]; }

}  // namespace

StoryWords::StoryWords(const Variations& story)
    : story_(story),
      drawn_(find_drawn()),
      batch_form_(story.form_of_tensor(
          0, [](const TensorStory& t) { return t.shape.has(axes::batch) ? t.shape.size(axes::batch) : 1; })),
      legend_(find_legend()) {
  const auto find = [](auto& all, size_t count, const auto& words) {
    all.resize(count);
    parallel_for(static_cast<int64_t>(count), kWorthThreads, [&](int64_t begin, int64_t end) {
      for (auto place = static_cast<size_t>(begin); place < static_cast<size_t>(end); ++place)
        all[place] = words(place);
    });
  };
  find(tensors_, shown().tensors.size(), [&](size_t place) { return words_of_tensor(place); });
  find(layers_, shown().layers.size(), [&](size_t place) { return words_of_layer(place); });
}

/// All but the first states of a layer in a chain, which are zeros; those of a cell stand beside the data.
std::vector<bool> StoryWords::find_drawn() const {
  std::vector<bool> drawn(shown().tensors.size(), true);
  for (const LayerStory& layer : shown().layers) {
    for (size_t state = 1; !shown().lone() && !layer.walks.empty() && state < layer.reads.size(); ++state)
      drawn[layer.reads[state]] = false;
  }
  return drawn;
}

StoryWords::LayerWords StoryWords::words_of_layer(size_t place) const {
  LayerWords words;
  words.text = words_of(story_.text_of_layer(place, [](const LayerStory& l) { return l.text; }, false));
  words.sentence = words_of(story_.text_of_layer(place, [](const LayerStory& l) { return l.sentence; }));
  const LayerStory& layer = shown().layers[place];
  if (layer.parameters.empty()) return words;
  words.count = words_of(story_.text_of_layer(place, [](const LayerStory& l) {
    return l.count.value ? counted(*l.count.value, "parameter") : l.count.formula + " parameters";
  }));
  // A formula of equal layers is a product, and becomes a sum as soon as they are not equal.
  const Variations::LayerText formula = [](const LayerStory& l) { return l.count.formula; };
  if (layer.count.formula.empty()) return words;
  Parts told = story_.follows(place, formula) ? story_.text_of_layer(place, formula)
                                              : Parts{{.text = layer.count.formula,
                                                       .form = story_.as_shown(place),
                                                       .other = "the sum over its layers and directions"}};
  const auto origin = std::make_shared<const Parts>(std::move(told));
  for (Span& span : words.count.front()) span.origin = origin;
  return words;
}

StoryWords::TensorWords StoryWords::words_of_tensor(size_t place) const {
  const TensorStory& told = tensor(place);
  TensorWords words;
  words.told = story_.text_of_tensor(place, [](const TensorStory& t) { return t.sentence; });
  words.label = story_.text_of_tensor(
      place, [](const TensorStory& t) { return t.name + " " + t.shape.to_string(); }, false);
  if (!drawn_[place]) return words;
  if (!holds_ids(place)) {
    words.size = story_.form_of_tensor(place, [](const TensorStory& t) { return end_of(t).size; });
    words.last_size = {
        {.text = size_text(end_of(told)), .form = words.size, .grouped = words.size.has_value()}};
  }
  words.sentence = words_of(words.told);
  words.shape.reserve(1 + told.axes.size());
  words.shape.push_back({Span{.part = {told.name}}});
  for (size_t i = 0; i < told.axes.size(); ++i) {
    Word word = axis(place, i);
    if (i == 0) word.insert(word.begin(), Span{.part = {"["}});
    word.push_back({.part = {i + 1 == told.axes.size() ? "]" : ","}});
    words.shape.push_back(std::move(word));
  }
  return words;
}

std::string_view StoryWords::color_of(const Axis& axis) {
  return color_of_name(single_names(axis.name).front());
}

bool StoryWords::holds_ids(size_t place) const {
  const Shape& shape = tensor(place).shape;
  if (shape.rank() == 0) return true;
  const AxisName last = end_of(tensor(place)).name;
  return last == axes::seq || last == axes::batch;
}

Axis StoryWords::last_axis(size_t place) const {
  return holds_ids(place) ? Axis{axes::seq, 1} : end_of(tensor(place));
}

Word StoryWords::last_word(size_t place) const {
  Word word = shape(place).back();
  word.pop_back();  // "]"
  return word;
}

double StoryWords::room(size_t place) const {
  const auto& form = size_form(place);
  return std::max(block_height(last_axis(place).size), form ? block_height(story_.most(*form)) : 0);
}

Word StoryWords::axis(size_t place, size_t axis) const {
  const Axis& shown = tensor(place).axes[axis].axis;
  Parts told = story_.text_of_tensor(place, [=](const TensorStory& t) { return t.axes[axis].to_string(); });
  const auto origin = told.empty() ? nullptr : std::make_shared<const Parts>(std::move(told));
  Word word;
  word.reserve(6);
  for (const std::string_view name : single_names(shown.name)) {
    if (!word.empty()) word.push_back({.part = {"·"}});
    word.push_back({.part = {std::string(name)}, .axis = color_of_name(name)});
  }
  if (shown.symbolic()) {
    word.back().origin = origin;
    return word;
  }
  word.push_back({.part = {"="}});
  const auto form =
      story_.form_of_tensor(place, [=](const TensorStory& t) { return t.axes[axis].axis.size; });
  word.push_back({.part = {.text = std::to_string(shown.size), .form = form},
                  .axis = color_of(shown),
                  .origin = origin});
  return word;
}

Parts StoryWords::last_step() const {
  return story_.text_of_tensor(0, [](const TensorStory& data) {
    const int64_t length = data.shape.size(axes::seq);
    return length == Axis::kSymbolic ? std::string("last") : grouped(length - 1);
  });
}

Parts StoryWords::title() const {
  Parts title = story_.network();
  title.front().text.insert(0, "Network: ");  // no text of a network begins with a number
  return title;
}

Parts StoryWords::description() const {
  Parts parts{{"Time goes from left to right, depth from bottom to top."}};
  for (size_t i = 0; i < shown().tensors.size(); ++i) {
    add(parts, {" "});
    for (const Part& part : label(i)) add(parts, part);
    add(parts, {": "});
    for (const Part& part : tensors_[i].told) add(parts, part);
    add(parts, {"."});
  }
  return parts;
}

std::vector<Phrase> StoryWords::find_legend() const {
  std::vector<Phrase> lines;
  std::vector<std::string_view> told;
  for (const bool joined : {false, true}) {  // names by themselves have a meaning of their own
    for (const TensorStory& each : shown().tensors) {
      for (const AxisStory& axis : each.axes) {
        const std::vector<std::string_view> names = single_names(axis.axis.name);
        if ((names.size() > 1) != joined) continue;
        for (const std::string_view name : names) {
          if (std::find(told.begin(), told.end(), name) != told.end()) continue;
          told.push_back(name);
          Phrase line{{Span{.part = {"■"}, .axis = color_of_name(name)}},
                      {Span{.part = {std::string(name)}, .axis = color_of_name(name)}}};
          const Phrase meaning = words_of({{joined ? std::string(meaning_beside(name)) : axis.meaning}});
          line.insert(line.end(), meaning.begin(), meaning.end());
          lines.push_back(std::move(line));
        }
      }
    }
  }
  return lines;
}

}  // namespace runnel
