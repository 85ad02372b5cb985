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

std::vector<int64_t> numbers_of(std::string_view text) {
  std::vector<int64_t> numbers;
  for (const Token& token : tokens_of(text)) {
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
  const auto tell = [&](std::span<const size_t> turned) {
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
    told_.push_back(tell_story(changed_network(network, changes), sizes, context));
  };
  tell({});
  for (size_t i = 0; i < knobs_.size(); ++i) {
    tell(std::vector{i});
    tell(std::vector{i, i});
  }
  for (size_t i = 0; i < knobs_.size(); ++i) {
    for (size_t j = i + 1; j < knobs_.size(); ++j) tell(std::vector{i, j});
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

std::optional<Form> Variations::form_through(const std::vector<int64_t>& values) const {
  const size_t knobs = knobs_.size();
  Form form;
  const int64_t base = values[0];
  form.add({base});
  for (size_t i = 0; i < knobs; ++i) {
    const int64_t once = values[1 + 2 * i] - base, twice = values[2 + 2 * i] - base;
    form.add({once, {i}});
    form.add({twice - 2 * once, {i, i}});
  }
  size_t place = 1 + 2 * knobs;
  for (size_t i = 0; i < knobs; ++i) {
    for (size_t j = i + 1; j < knobs; ++j) {
      form.add({values[place++] - values[1 + 2 * i] - values[1 + 2 * j] + base, {i, j}});
    }
  }
  if (form.constant()) return std::nullopt;
  return form;
}

std::vector<int64_t> Variations::offsets(std::span<const int64_t> values) const {
  std::vector<int64_t> offsets(values.begin(), values.end());
  for (size_t i = 0; i < offsets.size(); ++i) offsets[i] -= knobs_[i].base;
  return offsets;
}

bool Variations::follows(const Text& text) const {
  std::vector<std::vector<Token>> told;
  for (const Story& story : told_) told.push_back(tokens_of(text(story)));
  return std::all_of(told.begin(), told.end(),
                     [&](const std::vector<Token>& tokens) { return same_words(tokens, told[0]); });
}

Parts Variations::text(const Text& text, bool grouped) const {
  if (told_.empty()) {
    std::string shown = text(shown_);
    return shown.empty() ? Parts{} : Parts{{std::move(shown)}};
  }
  std::vector<Token> tokens = tokens_of(text(shown_));
  std::vector<std::vector<int64_t>> columns;  // for each told story, its numbers
  for (const Story& story : told_) columns.push_back(numbers_of(text(story)));
  const auto numbers =
      std::count_if(tokens.begin(), tokens.end(), [](const Token& token) { return token.number; });
  const bool turned = !told_.empty() && follows(text) && static_cast<size_t>(numbers) == columns[0].size();
  Parts parts;
  size_t number = 0;
  for (Token& token : tokens) {
    Part part{std::move(token.text)};
    if (token.number && turned) {
      std::vector<int64_t> values;
      for (const std::vector<int64_t>& column : columns) values.push_back(column[number]);
      part.form = form_through(values);
      part.grouped = grouped;
    }
    number += token.number ? 1 : 0;
    if (!part.form && !parts.empty() && !parts.back().form) {
      parts.back().text += part.text;
    } else {
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

std::optional<Form> Variations::form(const Number& number) const {
  if (told_.empty()) return std::nullopt;
  std::vector<int64_t> values;
  for (const Story& story : told_) values.push_back(number(story));
  return form_through(values);
}

int64_t Variations::most(const Form& form) const {
  std::vector<int64_t> values;
  for (const Knob& knob : knobs_) values.push_back(knob.most);
  return form.at(offsets(values));
}

}  // namespace runnel
