#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <regex>

#include "runnel/explain/story.h"
#include "runnel/explain/what_if.h"
#include "runnel/model/change.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/recurrent.h"
#include "runnel/tensor/axes.h"

#include "tests/explain/random_network.h"

/// The story of a network against what its layers really do.
namespace runnel {
namespace {

Signal random_data(const Story& story, const Network& network) {
  const Shape& shape = story.tensors[0].shape;
  if (network.reads_ids()) return {.data = Ids(shape)};
  Tensor x = Tensor::uninitialized(shape);
  default_generator().fill_normal(x.values());
  return {.data = Variable(x)};
}

const Shape& shape_of(const Story& story, size_t place) { return story.tensors[place].shape; }

/// What the story says of a layer, against the signal behind it.
void check_tensors(const Story& story, const LayerStory& layer, const Signal& after) {
  RC_ASSERT(shape_of(story, layer.gives[0]).to_string() == after.shape().to_string());
  for (size_t i = 1; i < layer.gives.size(); ++i) {
    const Variable& state = story.tensors[layer.gives[i]].name == "h_n" ? after.h_n : after.c_n;
    RC_ASSERT(shape_of(story, layer.gives[i]).to_string() == state.shape().to_string());
  }
}

/// The place along one axis that "last real step", "0" or ":" says; `here` for ":".
int64_t place_of(const std::string& text, int64_t here, int64_t steps) {
  return text == ":" ? here : text == "0" ? 0 : steps - 1;
}

/// Whether "h_n[2] = output[:, last real step, :128]" holds.
void check_equality(const std::string& equality, const Signal& after) {
  static const std::regex form(R"(h_n\[(\d+)\] = output\[(.*), (.*), (.*)\])");
  std::smatch part;
  RC_ASSERT(std::regex_match(equality, part, form));
  const Tensor& output = after.features("test").value();
  const Tensor& h_n = after.h_n.value();
  const int64_t steps = output.size(axes::seq), width = h_n.size(axes::hidden);
  const bool batch_first = output.shape()[0].name == axes::batch;
  const std::string columns = part[4];
  // ":" and ":128" begin at 0, "128:" at 128.
  const int64_t first = columns.front() == ':' ? 0 : std::stoll(columns);
  if (columns != ":") RC_ASSERT(std::stoll(columns.front() == ':' ? columns.substr(1) : columns) == width);
  for (int64_t n = 0; n < h_n.size(axes::batch); ++n) {
    for (int64_t j = 0; j < width; ++j) {
      const int64_t a = place_of(part[2], n, steps), b = place_of(part[3], n, steps);
      RC_ASSERT((part[batch_first ? 2 : 3] == ":"));
      RC_ASSERT(output.at({a, b, first + j}) == h_n.at({std::stoll(part[1]), n, j}));
    }
  }
}

/// RapidCheck makes a hundred cases of each property.
constexpr int kNetworksACase = 4;

RC_GTEST_PROP(StoryForward, says_the_shapes_and_equalities_that_a_forward_pass_has, ()) {
  for (int repeat = 0; repeat < kNetworksACase; ++repeat) {
    const std::string text = any_network();
    const Network network = make_network(text);
    const Story story = tell_story(network, any_sizes());
    RC_LOG() << text << "\n" << story.tensors[0].shape.to_string() << "\n";
    network.module->eval();
    Signal signal = random_data(story, network);
    const auto layers = network.layers();
    RC_ASSERT(story.layers.size() == layers.size());
    for (size_t i = 0; i < layers.size(); ++i) {
      signal = layers[i]->forward(signal);
      check_tensors(story, story.layers[i], signal);
      for (const std::string& equality : story.layers[i].equalities) check_equality(equality, signal);
    }
  }
}

Signal random_forward(const Network& network, const StorySizes& sizes) {
  network.module->eval();
  return network.module->forward(random_data(tell_story(network, sizes), network));
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Signal forward_of(Layer& layer, const Shape& shape) {
  layer.eval();
  Tensor x = Tensor::uninitialized(shape);
  default_generator().fill_normal(x.values());
  return layer.forward({.data = Variable(x)});
}

RC_GTEST_PROP(StoryForward, of_one_sequence_without_a_batch_axis_is_the_same_without_that_axis, ()) {
  const std::string text = any_recurrent_layer();
  const Network network = make_network(text);
  const Story story = tell_story(network, any_sizes());
  RC_LOG() << text;
  const Signal after = forward_of(*network.module, shape_of(story, 0).without(axes::batch));
  const std::string& told = story.layers[0].details.at(1);
  RC_ASSERT(holds(told, "output " + after.shape().to_string() + ","));
  RC_ASSERT(holds(told, "h_n " + after.h_n.shape().to_string()));
  if (after.c_n.defined()) RC_ASSERT(holds(told, "c_n " + after.c_n.shape().to_string()));
  for (const size_t place : story.layers[0].gives) {
    const std::string& name = story.tensors[place].name;
    const Shape real = name == "output" ? after.shape()
                       : name == "h_n"  ? after.h_n.shape()
                                        : after.c_n.shape();
    RC_ASSERT(shape_of(story, place).without(axes::batch) == real);
  }
}

RC_GTEST_PROP(StoryForward, of_the_other_layout_is_what_a_layer_with_that_layout_does, ()) {
  const std::string text = any_recurrent_layer();
  const Story story = tell_story(text, any_sizes());
  RC_LOG() << text;
  const bool batch_first = shape_of(story, 0)[0].name == axes::batch;
  const std::string other = batch_first ? "batch_first=False" : "batch_first=True";
  const OptionChange change = parse_change(other);
  const Network network = make_network(changed_network(text, std::span(&change, 1)));
  const Shape& input = shape_of(story, 0);
  const Signal after = forward_of(*network.module, Shape({input[1], input[0], input[2]}));
  const std::string& told = story.layers[0].details.at(0);
  RC_ASSERT(holds(told, "With " + other + ": input"));
  RC_ASSERT(holds(told, "output " + after.shape().to_string() + ";"));
  RC_ASSERT(shape_of(story, story.layers[0].gives[1]) == after.h_n.shape());
}

/// What a change gives is the network that was written so from the start, run forward.
RC_GTEST_PROP(StoryForward, of_a_changed_network_is_that_of_its_forward_pass, ()) {
  const std::string text = any_recurrent_layer();
  const std::string option = *rc::gen::element<std::string>("hidden_size", "num_layers", "input_size");
  const OptionChange change = parse_change(option + "=" + std::to_string(*rc::gen::inRange(6, 9)));
  RC_LOG() << text << " " << change.to_string();
  const StorySizes sizes = any_sizes();
  const WhatIf changes = what_if(text, std::vector<std::string>{change.to_string()}, sizes);
  const Network network = make_network(changed_network(text, std::span(&change, 1)));
  const Signal after = random_forward(network, sizes);
  for (const ShapeChange& each : changes.tensors) {
    if (each.name == "output") RC_ASSERT(*each.after == after.shape());
    if (each.name == "h_n") RC_ASSERT(*each.after == after.h_n.shape());
    if (each.name == "c_n") RC_ASSERT(*each.after == after.c_n.shape());
  }
  const std::vector<NamedParameter> real = network.module->named_parameters();
  for (const ShapeChange& each : changes.parameters) {
    const auto found =
        std::find_if(real.begin(), real.end(), [&](const auto& p) { return p.name == each.name; });
    RC_ASSERT(found != real.end());
    RC_ASSERT(found->variable.shape() == *each.after);
  }
  for (const NumberChange& number : changes.numbers) {
    if (number.name == "parameters") RC_ASSERT(number.after.value == network.module->parameter_count());
  }
}

RC_GTEST_PROP(StoryForward, lists_the_parameters_that_the_module_has, ()) {
  const Network network = make_network(any_network());
  const Story story = tell_story(network, {});
  std::vector<ParameterStory> told;
  for (const LayerStory& layer : story.layers) {
    told.insert(told.end(), layer.parameters.begin(), layer.parameters.end());
  }
  const std::vector<NamedParameter> real = network.module->named_parameters();
  RC_ASSERT(told.size() == real.size());
  for (size_t i = 0; i < real.size(); ++i) {
    RC_ASSERT(told[i].name == real[i].name);
    RC_ASSERT(told[i].shape == real[i].variable.shape());
    RC_ASSERT(told[i].count == real[i].variable.value().count());
  }
}

RC_GTEST_PROP(StoryForward, explains_every_axis_of_every_tensor, ()) {
  const Story story = tell_story(any_network(), any_sizes());
  for (const TensorStory& tensor : story.tensors) {
    RC_ASSERT(static_cast<int64_t>(tensor.axes.size()) == tensor.shape.rank());
    RC_ASSERT(!tensor.name.empty() && !tensor.sentence.empty());
    for (int64_t i = 0; i < tensor.shape.rank(); ++i) {
      const AxisStory& axis = tensor.axes[static_cast<size_t>(i)];
      RC_ASSERT(axis.axis == tensor.shape[i]);
      RC_ASSERT(!axis.source.empty());
    }
  }
}

}  // namespace
}  // namespace runnel
