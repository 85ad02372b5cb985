#include "runnel/explain/form.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "runnel/explain/wording.h"
#include "runnel/model/change.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// So many layers may be turned by themselves: each knob asks for two stories, and each pair of knobs for one.
constexpr size_t kMostLayers = 6;
/// Below, the steps are all drawn; above, the picture shows the first three and the last.
constexpr int64_t kFewestSteps = 5;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The end of the number that begins at `begin`: digits, and a comma where three digits follow it.
size_t number_end(std::string_view text, size_t begin) {
  const auto digits_from = [&](size_t i) {
    size_t count = 0;
    while (i + count < text.size() && is_digit(text[i + count])) ++count;
    return count;
  };
  size_t end = begin + digits_from(begin);
  if (end - begin > 3) return end;
  while (end < text.size() && text[end] == ',' && digits_from(end + 1) == 3) end += 4;
  return end;
}

struct Token {
  std::string text;
  bool number = false;
  int64_t value() const {
    std::string digits = text;
    std::erase(digits, ',');
    int64_t value = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
};

/// A text as numbers and what stands between them.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t i = 0; i < text.size();) {
    const bool number = is_digit(text[i]);
    size_t end = number ? number_end(text, i) : i;
    while (!number && end < text.size() && !is_digit(text[end])) ++end;
    tokens.push_back({std::string(text.substr(i, end - i)), number});
    i = end;
  }
  return tokens;
}

/// Whether two texts have the same words, whatever numbers stand between them.
bool same_words(const std::vector<Token>& a, const std::vector<Token>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Token& x, const Token& y) {
    return x.number == y.number && (x.number || x.text == y.text);
  });
}

std::vector<int64_t> numbers_of(const std::vector<Token>& tokens) {
  std::vector<int64_t> numbers;
  for (const Token& token : tokens) {
    if (token.number) numbers.push_back(token.value());
  }
  return numbers;
}

int64_t proj_size(const LayerStory& layer) {
  for (const ParameterStory& parameter : layer.parameters) {
    if (parameter.shape.has("proj")) return parameter.shape.size("proj");
  }
  return 0;
}

}  // namespace

std::string Knob::label(const Story& story) const {
  if (!layer) return option;
  const auto hidden = [](const LayerStory& each) { return each.hidden_size > 0; };
  if (std::count_if(story.layers.begin(), story.layers.end(), hidden) == 1) return option;
  return fmt::format("{}, {}. {}", option, *layer, story.layers[*layer].kind);
}

int64_t Form::at(std::span<const int64_t> offsets) const {
  int64_t sum = 0;
  for (const auto& [factor, knobs] : terms_) {
    if (knobs.empty()) {
      sum += factor;
    } else if (knobs.size() == 1) {
      sum += factor * offsets[knobs[0]];
    } else if (knobs[0] == knobs[1]) {
      sum += factor * (offsets[knobs[0]] * (offsets[knobs[0]] - 1) / 2);
    } else {
      sum += factor * offsets[knobs[0]] * offsets[knobs[1]];
    }
  }
  return sum;
}

std::string text_of(const Parts& parts) {
  std::string text;
  for (const Part& part : parts) text += part.text;
  return text;
}

Variations::Variations(Story shown, std::string_view network, const NetworkContext& context)
    : shown_(std::move(shown)) {
  find_knobs();
  if (knobs_.empty()) return;
  const auto tell = [&](std::span<const size_t> turned) { told_.push_back(told(network, context, turned)); };
  tell({});
  for (size_t i = 0; i < knobs_.size(); ++i) tell(std::vector{i});
  find_products();
  for (const auto& [i, j] : products_) tell(std::vector{i, j});
  find_versions();
  for (const Knob& knob : knobs_) most_.push_back(knob.most - knob.base);
}

/// The story with each knob at its base, and one more each time that it is among the turned ones.
Story Variations::told(std::string_view network, const NetworkContext& context,
                       std::span<const size_t> turned) const {
  StorySizes sizes;
  std::vector<OptionChange> changes;
  for (size_t i = 0; i < knobs_.size(); ++i) {
    const int64_t value = knobs_[i].base + std::count(turned.begin(), turned.end(), i);
    if (knobs_[i].layer)
      changes.push_back({std::to_string(*knobs_[i].layer), knobs_[i].option, std::to_string(value)});
    if (knobs_[i].option == "batch") sizes.batch = value;
    if (knobs_[i].option == "seq") sizes.seq = value;
  }
  const Shape& data = shown_.tensors[0].shape;
  if (!sizes.seq && data.has(axes::seq)) sizes.seq = data.size(axes::seq);
  if (sizes.seq == Axis::kSymbolic) sizes.seq.reset();
  return tell_story(changed_network(network, changes), sizes, context, Costs::left_out);
}

/// Only where both knobs change the same layer's parameters can a number be a product of both.
void Variations::find_products() {
  const auto changes_layer = [&](size_t knob, size_t layer) {
    return told_[1 + knob].layers[layer].count != told_[0].layers[layer].count;
  };
  for (size_t i = 0; i < knobs_.size(); ++i) {
    for (size_t j = i; j < knobs_.size(); ++j) {
      size_t layer = 0;
      while (layer < shown_.layers.size() && !(changes_layer(i, layer) && changes_layer(j, layer))) ++layer;
      if (layer < shown_.layers.size()) products_.emplace_back(i, j);
    }
  }
}

void Variations::find_versions() {
  const auto versions = [&](const auto& alike) {
    Versions found;
    for (size_t story = 0; story < told_.size(); ++story) {
      const auto same = std::find_if(found.first.begin(), found.first.end(),
                                     [&](size_t first) { return alike(told_[first], told_[story]); });
      found.of.push_back(static_cast<size_t>(same - found.first.begin()));
      if (same == found.first.end()) found.first.push_back(story);
    }
    return found;
  };
  stories_ = versions([](const Story&, const Story&) { return false; });
  for (size_t i = 0; i < shown_.tensors.size(); ++i) {
    tensors_.push_back(
        versions([=](const Story& a, const Story& b) { return a.tensors[i] == b.tensors[i]; }));
  }
  for (size_t i = 0; i < shown_.layers.size(); ++i) {
    layers_.push_back(versions([=](const Story& a, const Story& b) { return a.layers[i] == b.layers[i]; }));
  }
}

/// What may be turned: the sizes of the data that are numbers, and hidden_size. The bases are 2 or more, so that
/// nothing is singular.
void Variations::find_knobs() {
  const auto add = [&](Knob knob) {
    knob.most = std::max(knob.most, 2 * knob.value);
    knob.base = std::max(knob.value, knob.least);
    knob.least = std::min(knob.value, knob.least);
    knobs_.push_back(std::move(knob));
  };
  const Shape& data = shown_.tensors[0].shape;
  const auto size = [&](AxisName name) { return data.has(name) ? data.size(name) : Axis::kSymbolic; };
  if (size(axes::batch) > 0)
    add({.option = "batch", .layer = {}, .value = size(axes::batch), .least = 2, .most = 64});
  if (size(axes::seq) >= kFewestSteps)
    add({.option = "seq", .layer = {}, .value = size(axes::seq), .least = kFewestSteps, .most = 200});
  size_t turned = 0;
  for (size_t i = 0; i < shown_.layers.size() && turned < kMostLayers; ++i) {
    const LayerStory& layer = shown_.layers[i];
    if (layer.hidden_size == 0) continue;
    ++turned;
    add({.option = "hidden_size",
         .layer = i,
         .value = layer.hidden_size,
         .least = std::max<int64_t>(2, proj_size(layer) + 1),
         .most = 512});
  }
}

/// The told story in which two knobs are turned.
std::optional<size_t> Variations::told_with(size_t i, size_t j) const {
  const auto found = std::find(products_.begin(), products_.end(), std::pair(i, j));
  if (found == products_.end()) return std::nullopt;
  return 1 + knobs_.size() + static_cast<size_t>(found - products_.begin());
}

std::optional<Form> Variations::form_through(const std::vector<int64_t>& values) const {
  const int64_t base = values[0];
  if (std::all_of(values.begin(), values.end(), [=](int64_t value) { return value == base; }))
    return std::nullopt;
  const auto add_product = [&](Form& form, size_t i, size_t j) {
    if (const auto both = told_with(i, j))
      form.add({values[*both] - values[1 + i] - values[1 + j] + base, {i, j}});
  };
  Form form;
  form.add({base});
  for (size_t i = 0; i < knobs_.size(); ++i) {
    form.add({values[1 + i] - base, {i}});
    add_product(form, i, i);
  }
  for (size_t i = 0; i < knobs_.size(); ++i) {
    for (size_t j = i + 1; j < knobs_.size(); ++j) add_product(form, i, j);
  }
  if (form.constant()) return std::nullopt;
  return form;
}

std::vector<int64_t> Variations::offsets(std::span<const int64_t> values) const {
  std::vector<int64_t> offsets(values.begin(), values.end());
  for (size_t i = 0; i < offsets.size(); ++i) offsets[i] -= knobs_[i].base;
  return offsets;
}

bool Variations::follows(size_t layer, const LayerText& text) const {
  if (told_.empty()) return true;
  const std::vector<size_t>& first = layers_[layer].first;
  const std::vector<Token> base = tokens_of(text(told_[0].layers[layer]));
  return std::all_of(first.begin(), first.end(), [&](size_t story) {
    return same_words(tokens_of(text(told_[story].layers[layer])), base);
  });
}

Parts Variations::text(const Text& text, bool grouped) const {
  return text_through(text(shown_), stories_, text, grouped);
}

Parts Variations::text_of_tensor(size_t place, const TensorText& text, bool grouped) const {
  return text_through(
      text(shown_.tensors[place]), told_.empty() ? stories_ : tensors_[place],
      [&](const Story& s) { return text(s.tensors[place]); }, grouped);
}

Parts Variations::text_of_layer(size_t place, const LayerText& text, bool grouped) const {
  return text_through(
      text(shown_.layers[place]), told_.empty() ? stories_ : layers_[place],
      [&](const Story& s) { return text(s.layers[place]); }, grouped);
}

Parts Variations::text_through(const std::string& shown, const Versions& versions, const Text& text,
                               bool grouped) const {
  const Parts as_shown = shown.empty() ? Parts{} : Parts{{shown}};
  if (versions.first.size() < 2) return as_shown;
  std::vector<std::string> told;  // for each version
  for (const size_t story : versions.first) told.push_back(text(told_[story]));
  if (std::all_of(told.begin(), told.end(), [&](const std::string& each) { return each == told[0]; }))
    return as_shown;
  std::vector<Token> tokens = tokens_of(shown);
  std::vector<std::vector<Token>> varied;
  for (const std::string& each : told) varied.push_back(tokens_of(each));
  const auto numbers = [](const std::vector<Token>& list) {
    return std::count_if(list.begin(), list.end(), [](const Token& token) { return token.number; });
  };
  const bool follow = std::all_of(varied.begin(), varied.end(), [&](const std::vector<Token>& each) {
    return same_words(each, varied[0]);
  });
  if (!follow || numbers(tokens) != numbers(varied[0])) return as_shown;
  std::vector<std::vector<int64_t>> columns;  // for each version, its numbers
  for (const std::vector<Token>& each : varied) columns.push_back(numbers_of(each));
  Parts parts;
  size_t number = 0;
  for (Token& token : tokens) {
    Part part{std::move(token.text)};
    if (token.number) {
      std::vector<int64_t> values;
      for (const size_t version : versions.of) values.push_back(columns[version][number]);
      part.form = form_through(values);
      part.grouped = grouped;
      ++number;
    }
    if (!part.form && !parts.empty() && !parts.back().form) {
      parts.back().text += part.text;
    } else {
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

std::optional<Form> Variations::form_of_tensor(size_t place, const TensorNumber& number) const {
  if (told_.empty()) return std::nullopt;
  std::vector<int64_t> of_versions, values;
  for (const size_t story : tensors_[place].first) of_versions.push_back(number(told_[story].tensors[place]));
  for (const size_t version : tensors_[place].of) values.push_back(of_versions[version]);
  return form_through(values);
}

int64_t Variations::most(const Form& form) const { return form.at(most_); }

}  // namespace runnel
