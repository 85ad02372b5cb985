#include "runnel/explain/layer_story.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/layer_text.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/pooling.h"
#include "runnel/tensor/axes.h"

namespace runnel {

std::string feature_meaning(const Wording& wording) {
  return fmt::format("numbers that describe one {}", wording.step);
}

std::string hidden_meaning() { return "numbers the layer remembers; your choice"; }

AxisStory gate_axis(const Axis& axis, int64_t hidden_size) {
  const int64_t gates = axis.size / hidden_size;
  if (gates == 1) return {axis, "hidden_size", "this cell has no gates"};
  return {axis, fmt::format("{} gates × hidden_size {}", gates, grouped(hidden_size)),
          gates == 3 ? "r, z, n (reset, update, new)" : "i, f, g, o (input, forget, cell, output)"};
}

TensorStory tensor_behind(const TensorStory& data, const Shape& shape, const std::vector<AxisStory>& own) {
  TensorStory tensor{.shape = shape};
  for (const Axis& axis : shape) {
    const auto is_axis = [&](const AxisStory& known) { return known.axis == axis; };
    auto found = std::find_if(own.begin(), own.end(), is_axis);
    if (found == own.end()) {
      found = std::find_if(data.axes.begin(), data.axes.end(), is_axis);
      tensor.axes.push_back(found == data.axes.end() ? AxisStory{axis, ""} : *found);
    } else {
      tensor.axes.push_back(*found);
    }
  }
  return tensor;
}

namespace {

Axis last_of(const Shape& shape) { return shape[shape.rank() - 1]; }

/// What a size that the data may tell comes from.
std::string source_of(const Axis& axis, const std::string& option) {
  return axis.symbolic() ? "your data" : option;
}

LayerTelling tell_embedding(const Embedding& layer, const Scene& scene) {
  const Shape shape = layer.output_shape(scene.data.shape);
  const std::string& step = scene.wording.step;
  const AxisStory feature{last_of(shape), "embedding_dim",
                          fmt::format("numbers to describe a {}; your choice", step)};
  LayerTelling telling;
  telling.layer.sentence =
      "takes a row of its table for each number: the numbers of the row describe the " + step;
  telling.gives = {tensor_behind(scene.data, shape, {feature})};
  telling.gives[0].name = scene.lone ? "output" : step + "s";
  telling.gives[0].sentence = fmt::format("{} a {}: its vector", counted(feature.axis.size, "number"), step);
  const Axis vocab = layer.weight().shape()[0];
  telling.layer.sizes = {
      {vocab, source_of(vocab, "num_embeddings"), fmt::format("{}s of the vocabulary", step)}};
  if (const auto padding = layer.options().padding_idx) {
    telling.layer.notes = {
        fmt::format("padding_idx={}: that row starts as zeros and is never trained.", *padding)};
  }
  if (layer.options().sparse) {
    telling.layer.notes.push_back(
        fmt::format("sparse=True: a training step costs the {0}s that occur, not the whole table, and moves "
                    "no other {0}'s "
                    "vector.",
                    step));
  }
  return telling;
}

LayerTelling tell_linear(const Linear& layer, const Scene& scene) {
  const Shape shape = layer.output_shape(scene.data.shape);
  const LinearOptions& options = layer.options();
  const bool scores = options.out_axis == axes::class_;
  const Axis out = last_of(shape);
  const std::string in_text = grouped(options.in_features);
  LayerTelling telling;
  telling.layer.sentence = fmt::format("makes {} out of {}: y = x·Wᵀ{}",
                                       out.symbolic() ? "new numbers" : counted(out.size, "number"), in_text,
                                       options.bias ? " + b" : "");
  telling.gives = {tensor_behind(
      scene.data, shape,
      {{out, source_of(out, "out_features"), scores ? "a score for each class" : "numbers that come out"}})};
  telling.gives[0].name = scene.lone ? "output" : scores ? "logits" : "features";
  telling.gives[0].sentence =
      scores ? "a score for each class; the largest wins" : "new numbers, made of the old ones";
  if (scores && out.size == 1) telling.gives[0].sentence = "one number, of any size";
  telling.layer.sizes = {{{"out", options.out_features},
                          source_of(out, "out_features"),
                          scores ? "one for each class" : "numbers that come out"},
                         {{"in", options.in_features}, "in_features", "numbers that go in"}};
  return telling;
}

std::string pooling_sentence(PoolingKind kind, const Scene& scene) {
  const std::string& step = scene.wording.step;
  if (kind == PoolingKind::last && scene.before) {
    return scene.before->config().bidirectional ? "takes h_n of the last layer, directions side by side"
                                                : "takes h_n of the last layer";
  }
  switch (kind) {
    case PoolingKind::last:
      return fmt::format("keeps the last {} that is no padding", step);
    case PoolingKind::first:
      return fmt::format("keeps the first {}", step);
    case PoolingKind::mean:
      return fmt::format("takes the mean over the {}s; padding never counts", step);
    case PoolingKind::max:
      return fmt::format("takes the largest of each number over the {}s; padding never counts", step);
  }
  return "";
}

/// Why `last` is not what many people write for it.
std::string last_is_h_n(const Scene& scene) {
  const RecurrentConfig& config = scene.before->config();
  const std::string wrong = config.batch_first ? "output[:, -1]" : "output[-1]";
  const Wording& w = scene.wording;
  if (!config.bidirectional) {
    return fmt::format("last is h_n, not {}: that is padding where a {} is shorter than the longest.", wrong,
                       w.sequence);
  }
  return fmt::format(
      "last is h_n, not {}: there the reverse direction has read one {} only (or padding). In h_n forward "
      "has read to "
      "the last real {}, reverse to the first.",
      wrong, w.step, w.step);
}

LayerTelling tell_pooling(const Pooling& layer, const Scene& scene) {
  const bool state = layer.pooling() == PoolingKind::last && scene.before;
  LayerTelling telling{.reads_state = state};
  telling.layer.sentence = pooling_sentence(layer.pooling(), scene);
  telling.gives = {tensor_behind(scene.data, layer.output_shape(scene.data.shape), {})};
  TensorStory& pooled = telling.gives[0];
  pooled.name = scene.lone ? "output" : scene.wording.sequence;
  const Axis width = last_of(pooled.shape);
  pooled.sentence = fmt::format("{} a {}", width.symbolic() ? "numbers" : counted(width.size, "number"),
                                scene.wording.sequence);
  if (scene.before && scene.before->config().bidirectional && width.size % 2 == 0) {
    pooled.sentence += fmt::format(", {} from each direction", grouped(width.size / 2));
  }
  if (state) telling.layer.notes = {last_is_h_n(scene)};
  return telling;
}

std::string elementwise_sentence(const Layer& layer) {
  if (const auto* dropout = dynamic_cast<const Dropout*>(&layer)) {
    if (dropout->options().p == 0) return "does nothing: p is 0";
    return fmt::format("sets {:.3g} % of the numbers to 0 while training", 100 * dropout->options().p);
  }
  if (layer.kind() == "ReLU") return "sets negative numbers to 0";
  if (layer.kind() == "Sigmoid") return "moves each number into 0 … 1";
  if (layer.kind() == "Tanh") return "moves each number into -1 … 1";
  return "works on each number by itself";
}

LayerTelling tell_elementwise(const Layer& layer, const Scene& scene) {
  LayerTelling telling;
  telling.layer.sentence = elementwise_sentence(layer);
  telling.gives = {tensor_behind(scene.data, layer.output_shape(scene.data.shape), {})};
  telling.gives[0].name = scene.lone ? "output" : scene.data.name;
  telling.gives[0].sentence = "the same shape";
  return telling;
}

/// One step of a recurrent layer. The state has the shape of what comes out.
LayerTelling tell_cell(const CellModule& layer, const Scene& scene) {
  const Shape shape = layer.output_shape(scene.data.shape);
  const bool lstm = layer.kind() == "LSTMCell";
  const AxisStory hidden{last_of(shape), "hidden_size", hidden_meaning()};
  const auto state = [&](const char* name, const char* sentence) {
    TensorStory tensor = tensor_behind(scene.data, shape, {hidden});
    tensor.name = name;
    tensor.role = TensorRole::state;
    tensor.sentence = sentence;
    return tensor;
  };
  LayerTelling telling;
  telling.layer.sentence = "does one step: reads the state before it and gives the state after it";
  telling.states_in = {state("h_0", "zeros unless given")};
  telling.gives = {state("h_n", "the new state; give it as h_0 of the next step")};
  telling.gives[0].role = TensorRole::out;
  if (lstm) telling.states_in.push_back(state("c_0", "zeros unless given"));
  if (lstm) telling.gives.push_back(state("c_n", "the new memory"));
  telling.layer.hidden_size = layer.options().hidden_size;
  telling.layer.sizes = {
      gate_axis(layer.named_parameters()[0].variable.shape()[0], layer.options().hidden_size),
      {{axes::feature, layer.options().input_size}, "input_size", feature_meaning(scene.wording)},
      hidden};
  return telling;
}

LayerTelling telling_of(const Layer& layer, const Scene& scene) {
  if (const auto* embedding = dynamic_cast<const Embedding*>(&layer))
    return tell_embedding(*embedding, scene);
  if (const auto* recurrent = dynamic_cast<const Recurrent*>(&layer))
    return tell_recurrent(*recurrent, scene);
  if (const auto* cell = dynamic_cast<const CellModule*>(&layer)) return tell_cell(*cell, scene);
  if (const auto* linear = dynamic_cast<const Linear*>(&layer)) return tell_linear(*linear, scene);
  if (const auto* pooling = dynamic_cast<const Pooling*>(&layer)) return tell_pooling(*pooling, scene);
  return tell_elementwise(layer, scene);
}

/// Whether a tensor that the layer reads or gives has the axis, so that it needs no second explanation.
bool told_by_tensors(const Axis& axis, const LayerTelling& telling, const TensorStory& data) {
  const auto has = [&](const TensorStory& tensor) {
    return std::find(tensor.shape.begin(), tensor.shape.end(), axis) != tensor.shape.end();
  };
  return has(data) || std::any_of(telling.gives.begin(), telling.gives.end(), has);
}

bool in_parameters(const Axis& axis, const Layer& layer) {
  for (const NamedParameter& parameter : layer.named_parameters()) {
    const Shape& shape = parameter.variable.shape();
    if (std::find(shape.begin(), shape.end(), axis) != shape.end()) return true;
  }
  return false;
}

}  // namespace

LayerTelling tell_layer(const Layer& layer, const Scene& scene) {
  LayerTelling telling = telling_of(layer, scene);
  LayerStory& story = telling.layer;
  story.kind = layer.kind();
  story.text = layer.to_string();
  story.count = count_parameters(layer);
  for (const NamedParameter& parameter : layer.named_parameters()) {
    const Shape& shape = parameter.variable.shape();
    story.parameters.push_back({scene.prefix + parameter.name, shape,
                                shape.symbolic() ? std::nullopt : std::optional(shape.count())});
  }
  if (scene.telling == Telling::for_picture) return telling;
  story.spelled_out = layer_text_with_names(layer);
  std::erase_if(story.sizes, [&](const AxisStory& size) {
    return !in_parameters(size.axis, layer) || told_by_tensors(size.axis, telling, scene.data);
  });
  return telling;
}

}  // namespace runnel
