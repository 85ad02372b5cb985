#include "runnel/explain/variations.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/share_out.h"
#include "runnel/model/change.h"
#include "runnel/model/spec.h"
#include "runnel/nn/init.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// So many layers may be turned by themselves: each knob asks for two stories, and each pair of knobs for one.
constexpr size_t kMostLayers = 6;
/// Below, the steps are all drawn; above, the picture shows the first three and the last.
constexpr int64_t kFewestSteps = 5;

int64_t proj_size(const LayerStory& layer) {
  for (const ParameterStory& parameter : layer.parameters) {
    if (parameter.shape.has("proj")) return parameter.shape.size("proj");
  }
  return 0;
}

/// The sizes, and those of an example for what the data have besides.
StorySizes with_examples(const Network& network, StorySizes sizes) {
  const Shape data = told_input(network, sizes);
  const auto missing = [&](AxisName name) { return data.has(name) && data.size(name) == Axis::kSymbolic; };
  if (missing(axes::batch)) sizes.batch = 3;
  if (missing(axes::seq)) sizes.seq = 10;
  return sizes;
}

}  // namespace

std::string Knob::label(const Story& story) const {
  if (!layer) return option;
  const auto hidden = [](const LayerStory& each) { return each.hidden_size > 0; };
  if (std::count_if(story.layers.begin(), story.layers.end(), hidden) == 1) return option;
  return fmt::format("{}, {}. {}", option, *layer, story.layers[*layer].kind);
}

/// What is told.
struct Variations::Source {
  std::string network = {};
  NetworkContext context = {};
  std::string rest = {};  ///< how the text of the network goes on that the story has
};

Variations::Variations(Story shown, const Network* network, std::string_view text,
                       const NetworkContext& context)
    : shown_(std::move(shown)) {
  find_knobs();
  if (knobs_.empty()) return;
  Source head{.network = std::string(text), .context = context};
  const bool at_base =
      std::all_of(knobs_.begin(), knobs_.end(), [](const Knob& knob) { return knob.value == knob.base; });
  std::optional<Network> at_bases;
  if (!network || !at_base) network = &at_bases.emplace(network_of(head, {}));
  told_.resize(1 + knobs_.size());
  if (at_bases) told_[0] = told(*network, {});
  find_head(head);
  const bool worth_it = std::ssize(shown_.tensors) >= kWorthThreads;
  const auto tell = [&](size_t first, size_t count, const auto& story) {
    share_out(static_cast<int64_t>(count), worth_it,
              [&](int64_t i) { told_[first + static_cast<size_t>(i)] = story(static_cast<size_t>(i)); });
  };
  tell(1, knobs_.size(), [&](size_t i) {
    const std::vector turned{i};
    return knobs_[i].layer ? told(head, turned) : told(*network, turned);
  });
  find_products();
  const size_t first = told_.size();
  told_.resize(first + products_.size());
  tell(first, products_.size(), [&](size_t product) {
    const auto [i, j] = products_[product];
    return told(head, std::vector<size_t>{i, j});
  });
  find_versions();
}

/// A knob's base, and one more each time that it is among the turned ones.
int64_t Variations::value_of(size_t knob, std::span<const size_t> turned) const {
  return knobs_[knob].base + std::count(turned.begin(), turned.end(), knob);
}

Network Variations::network_of(const Source& source, std::span<const size_t> turned) const {
  std::vector<OptionChange> changes;
  for (size_t i = 0; i < knobs_.size(); ++i) {
    if (const auto& layer = knobs_[i].layer)
      changes.push_back({std::to_string(*layer), knobs_[i].option, std::to_string(value_of(i, turned))});
  }
  const ShapesOnly shapes;
  return make_network(changed_network(source.network, changes), source.context);
}

/// The story of a network whose knobs have these values already; those of the data are turned here.
Story Variations::told(const Network& network, std::span<const size_t> turned) const {
  StorySizes sizes;
  for (size_t i = 0; i < knobs_.size(); ++i) {
    if (knobs_[i].option == "batch") sizes.batch = value_of(i, turned);
    if (knobs_[i].option == "seq") sizes.seq = value_of(i, turned);
  }
  const Shape& data = shown_.tensors[0].shape;
  if (!sizes.seq && data.has(axes::seq)) sizes.seq = data.size(axes::seq);
  if (sizes.seq == Axis::kSymbolic) sizes.seq.reset();
  return tell_story(network, sizes, Telling::for_picture);
}

Story Variations::told(const Source& source, std::span<const size_t> turned) const {
  Story story = told(network_of(source, turned), turned);
  story.network += source.rest;
  return story;
}

/// Leaves out the layers at the end that no hidden_size changes: those behind the first layer with parameters that
/// follows the last one that is turned. A long chain is told in a fraction of the time.
void Variations::find_head(Source& source) const {
  if (!knobs_.back().layer) return;
  size_t layers = *knobs_.back().layer + 1;
  while (layers < shown_.layers.size() && shown_.layers[layers].parameters.empty()) ++layers;
  if (++layers >= shown_.layers.size()) return;
  const size_t end = source.network.rfind("->", parse_chain(source.network).layers[layers].place.column);
  Source head{.network = source.network.substr(0, end), .context = source.context};
  head.context.part = true;
  head.rest = base().network.substr(told(head, {}).network.size());
  source = std::move(head);
}

const TensorStory& Variations::tensor(size_t story, size_t place) const {
  const bool has = told_[story] && place < told_[story]->tensors.size();
  return has ? told_[story]->tensors[place] : base().tensors[place];
}

const LayerStory& Variations::layer(size_t story, size_t place) const {
  const bool has = told_[story] && place < told_[story]->layers.size();
  return has ? told_[story]->layers[place] : base().layers[place];
}

bool Variations::changes_layer(size_t knob, size_t place) const {
  return layer(1 + knob, place).count != layer(0, place).count;
}

/// Only where both knobs change the same layer's parameters can a number be a product of both.
void Variations::find_products() {
  for (uint16_t i = 0; i < knobs_.size(); ++i) {
    for (uint16_t j = i; j < knobs_.size(); ++j) {
      size_t place = 0;
      while (place < shown_.layers.size() && !(changes_layer(i, place) && changes_layer(j, place))) ++place;
      if (place < shown_.layers.size()) products_.emplace_back(i, j);
    }
  }
}

void Variations::find_versions() {
  const auto versions = [&](const auto& get) {
    Versions found;
    for (size_t story = 0; story < told_.size(); ++story) {
      const auto same = std::find_if(found.first.begin(), found.first.end(), [&](size_t first) {
        return &get(first) == &get(story) || get(first) == get(story);
      });
      found.of.push_back(static_cast<size_t>(same - found.first.begin()));
      if (same == found.first.end()) found.first.push_back(story);
    }
    return found;
  };
  networks_ = versions([&](size_t story) -> const std::string& {
    return told_[story] ? told_[story]->network : base().network;
  });
  for (size_t i = 0; i < shown_.tensors.size(); ++i) {
    tensors_.push_back(versions([&](size_t story) -> const TensorStory& { return tensor(story, i); }));
  }
  for (size_t i = 0; i < shown_.layers.size(); ++i) {
    layers_.push_back(versions([&](size_t story) -> const LayerStory& { return layer(story, i); }));
  }
}

/// What may be turned: the sizes of the data that are numbers, and hidden_size. The bases are 2 or more, so that
/// nothing is singular.
void Variations::find_knobs() {
  const auto add = [&](Knob knob) {
    knob.most = std::max(knob.most, 2 * knob.value);
    knob.base = std::max(knob.value, knob.least);
    knob.least = std::min(knob.value, knob.least);
    most_.push_back(knob.most - knob.base);
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
  const int64_t base = values[0];
  if (std::all_of(values.begin(), values.end(), [=](int64_t value) { return value == base; }))
    return std::nullopt;
  std::vector<Form::Term> terms{{base}};
  const auto add = [&](int64_t factor, std::initializer_list<uint16_t> knobs) {
    if (factor != 0) terms.push_back({factor, knobs});
  };
  for (uint16_t i = 0; i < knobs_.size(); ++i) add(values[1 + i] - base, {i});
  const std::span<const int64_t> of_products = std::span(values).subspan(1 + knobs_.size());
  for (size_t product = 0; product < products_.size(); ++product) {
    const auto [i, j] = products_[product];
    add(of_products[product] - values[1 + i] - values[1 + j] + base, {i, j});
  }
  Form form(std::move(terms));
  if (form.constant()) return std::nullopt;
  return form;
}

std::vector<int64_t> Variations::offsets(std::span<const int64_t> values) const {
  std::vector<int64_t> offsets(values.begin(), values.end());
  for (size_t i = 0; i < offsets.size(); ++i) offsets[i] -= knobs_[i].base;
  return offsets;
}

bool Variations::follows(size_t place, const LayerText& text) const {
  if (knobs_.empty()) return true;
  const std::vector<size_t>& first = layers_[place].first;
  const NumberedText shown(text(shown_.layers[place]));
  return std::all_of(first.begin(), first.end(),
                     [&](size_t story) { return NumberedText(text(layer(story, place))).same_words(shown); });
}

/// 1 + Σ (x − shown)², where (x − s)² = s² + (1 − 2s)·x + 2·x(x − 1)/2
Form Variations::as_shown(size_t place) const {
  int64_t constant = 1;
  std::vector<Form::Term> terms;
  for (uint16_t i = 0; i < knobs_.size(); ++i) {
    if (!changes_layer(i, place)) continue;
    const int64_t shown = knobs_[i].value - knobs_[i].base;
    constant += shown * shown;
    terms.push_back({1 - 2 * shown, {i}});
    terms.push_back({2, {i, i}});
  }
  terms.push_back({constant});
  return Form(std::move(terms));
}

Parts Variations::text_of_tensor(size_t place, const TensorText& text, bool grouped) const {
  return text_through(
      text(shown_.tensors[place]), knobs_.empty() ? networks_ : tensors_[place],
      [&](size_t story) { return text(tensor(story, place)); }, grouped);
}

Parts Variations::text_of_layer(size_t place, const LayerText& text, bool grouped) const {
  return text_through(
      text(shown_.layers[place]), knobs_.empty() ? networks_ : layers_[place],
      [&](size_t story) { return text(layer(story, place)); }, grouped);
}

Parts Variations::network() const {
  return text_through(
      shown_.network, networks_,
      [&](size_t story) { return told_[story] ? told_[story]->network : base().network; }, false);
}

/// `told`: what the text is in a told story.
template <class Told>
Parts Variations::text_through(std::string shown, const Versions& versions, const Told& told,
                               bool grouped) const {
  const auto as_shown = [&] { return shown.empty() ? Parts{} : Parts{{std::move(shown)}}; };
  if (versions.first.size() < 2) return as_shown();
  std::vector<std::string> texts;  // for each version
  for (const size_t story : versions.first) texts.push_back(told(story));
  if (std::all_of(texts.begin(), texts.end(), [&](const std::string& each) { return each == texts[0]; }))
    return as_shown();
  std::vector<NumberedText> varied;
  for (std::string& each : texts) varied.emplace_back(std::move(each));
  const NumberedText text(shown);
  const bool follow = std::all_of(varied.begin(), varied.end(),
                                  [&](const NumberedText& each) { return each.same_words(varied[0]); });
  if (!follow || !text.same_places(varied[0])) return as_shown();
  return text.parts(
      [&](size_t number) {
        std::vector<int64_t> values;
        for (const size_t version : versions.of) values.push_back(varied[version].numbers()[number]);
        return form_through(values);
      },
      grouped, varied[0]);
}

std::optional<Form> Variations::form_of_tensor(size_t place, const TensorNumber& number) const {
  if (knobs_.empty()) return std::nullopt;
  std::vector<int64_t> of_versions, values;
  for (const size_t story : tensors_[place].first) of_versions.push_back(number(tensor(story, place)));
  for (const size_t version : tensors_[place].of) values.push_back(of_versions[version]);
  return form_through(values);
}

int64_t Variations::most(const Form& form) const { return form.at(most_); }

Variations turnable_story(std::string_view text, const StorySizes& sizes, const NetworkContext& context) {
  const Network network = [&] {
    const ShapesOnly shapes;
    return make_network(text, context);
  }();
  Story story = tell_story(network, with_examples(network, sizes), Telling::for_picture);
  return Variations(std::move(story), &network, text, context);
}

Variations turnable_story(const TextClassifier& model, const StorySizes& sizes) {
  return Variations(tell_story(model, with_examples(model.network, sizes)), nullptr,
                    model.network.module->to_string(), {});
}

}  // namespace runnel
