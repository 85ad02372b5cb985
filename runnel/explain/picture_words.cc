#include "runnel/explain/picture_words.h"

#include <algorithm>

#include "runnel/explain/axis_color.h"
#include "runnel/explain/wording.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

std::string color_of_name(std::string_view name) { return axis_color(name) ? std::string(name) : ""; }

/// What a name means that stands beside another one only.
std::string_view meaning_beside(std::string_view name) {
  return name == axes::layer.text()       ? "which of the layers that num_layers puts on top of each other"
         : name == axes::direction.text() ? "forward or reverse"
                                          : "";
}

const Axis& end_of(const TensorStory& tensor) { return tensor.shape[tensor.shape.rank() - 1]; }

}  // namespace

StoryWords::StoryWords(const Variations& story) : story_(story) {
  tensors_.reserve(shown().tensors.size());
  for (size_t place = 0; place < shown().tensors.size(); ++place) tensors_.push_back(words_of_tensor(place));
}

StoryWords::TensorWords StoryWords::words_of_tensor(size_t place) const {
  const TensorStory& told = tensor(place);
  TensorWords words;
  words.told = story_.text_of_tensor(place, [](const TensorStory& t) { return t.sentence; });
  words.sentence = words_of(words.told);
  words.label = story_.text_of_tensor(
      place, [](const TensorStory& t) { return t.name + " " + t.shape.to_string(); }, false);
  if (!holds_ids(place))
    words.size = story_.form_of_tensor(place, [](const TensorStory& t) { return end_of(t).size; });
  words.shape.push_back({Span{.part = {told.name}}});
  for (size_t i = 0; i < told.axes.size(); ++i) {
    Word word = axis(place, i);
    if (i == 0) word.insert(word.begin(), Span{.part = {"["}});
    word.push_back({.part = {i + 1 == told.axes.size() ? "]" : ","}});
    words.shape.push_back(std::move(word));
  }
  return words;
}

std::string StoryWords::color_of(const Axis& axis) { return color_of_name(single_names(axis.name).front()); }

bool StoryWords::holds_ids(size_t place) const {
  const Shape& shape = tensor(place).shape;
  if (shape.rank() == 0) return true;
  const AxisName last = end_of(tensor(place)).name;
  return last == axes::seq || last == axes::batch;
}

Axis StoryWords::last_axis(size_t place) const {
  return holds_ids(place) ? Axis{axes::seq, 1} : end_of(tensor(place));
}

Parts StoryWords::last_size(size_t place) const {
  if (holds_ids(place)) return {};
  return story_.text_of_tensor(place, [](const TensorStory& t) { return size_text(end_of(t)); });
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
  for (const std::string_view name : single_names(shown.name)) {
    if (!word.empty()) word.push_back({.part = {"·"}});
    word.push_back({.part = {std::string(name)}, .axis = color_of_name(name)});
  }
  if (shown.symbolic()) {
    word.back().origin = origin;
    return word;
  }
  word.push_back({.part = {"="}});
  const auto number = story_.text_of_tensor(
      place, [=](const TensorStory& t) { return std::to_string(t.axes[axis].axis.size); }, false);
  for (const Part& part : number) word.push_back({.part = part, .axis = color_of(shown), .origin = origin});
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
    parts.push_back({" "});
    for (const bool shape : {true, false}) {
      const Parts& more = shape ? label(i) : tensors_[i].told;
      parts.insert(parts.end(), more.begin(), more.end());
      parts.push_back({shape ? ": " : "."});
    }
  }
  return parts;
}

std::vector<Phrase> StoryWords::legend() const {
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
