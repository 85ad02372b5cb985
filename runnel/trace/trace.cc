#include "runnel/trace/trace.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "runnel/nn/pooling.h"
#include "runnel/nn/recurrent.h"
#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"
#include "runnel/trace/trace_error.h"

namespace runnel {
namespace {

std::span<const float> row_of(const Tensor& values, int64_t step, int64_t sequence) {
  const auto width = static_cast<size_t>(values.shape()[2].size);
  const auto row = static_cast<size_t>(step * values.shape()[1].size + sequence);
  return values.values().subspan(row * width, width);
}

double norm_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

double mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// "1." for the layers of a chain, which are numbered as in nn.Sequential.
std::string prefix_of(const Network& network, const Module& module) {
  const std::vector<Layer*> layers = network.layers();
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i] == &module && layers[i] != network.module.get()) return fmt::format("{}.", i);
  }
  return "";
}

/// The place of `last` in a network whose layers before it know no word before its turn: what they give at a step is
/// what they would give at the end of the text up to there.
std::optional<size_t> last_of_one_direction(const std::vector<Layer*>& layers) {
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto* recurrent = dynamic_cast<const Recurrent*>(layers[i]);
    if (recurrent && recurrent->config().bidirectional) return std::nullopt;
    const auto* pooling = dynamic_cast<const Pooling*>(layers[i]);
    if (pooling) return pooling->pooling() == PoolingKind::last ? std::optional(i) : std::nullopt;
  }
  return std::nullopt;
}

using Predictions = std::vector<std::vector<Prediction>>;

/// By one walk: the steps of the text become a batch of texts that ended there.
Predictions of_each_state(const TextClassifier& model, const Signal& text, size_t last) {
  const std::vector<Layer*> layers = model.network.layers();
  Signal signal = text;
  for (size_t i = 0; i < last; ++i) signal = layers[i]->forward(signal);
  const Shape& steps = signal.shape();  // [batch=1, seq, …]
  signal = {.data = reshape(signal.features(layers[last]->label()),
                            Shape{{axes::batch, steps.size(axes::seq)}, steps[steps.rank() - 1]})};
  for (size_t i = last + 1; i < layers.size(); ++i) signal = layers[i]->forward(signal);
  return model.ranked(signal.features("the classifier"));
}

/// By reading each beginning of the text.
Predictions of_each_beginning(TextClassifier& model, const std::vector<int32_t>& ids) {
  constexpr size_t kBatch = 64;
  Predictions all;
  for (size_t first = 0; first < ids.size(); first += kBatch) {
    std::vector<std::vector<int32_t>> beginnings;
    for (size_t i = first; i < std::min(ids.size(), first + kBatch); ++i) {
      beginnings.emplace_back(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    for (std::vector<Prediction>& each : model.predict_ids(beginnings)) all.push_back(std::move(each));
  }
  return all;
}

}  // namespace

StepSummary summary_of(const TracedLayer& layer, int64_t step, int64_t sequence) {
  const RecordedSteps& steps = layer.steps;
  StepSummary summary{.h_norm = norm_of(row_of(steps.h, step, sequence))};
  if (steps.c) summary.c_norm = norm_of(row_of(*steps.c, step, sequence));
  for (const RecordedGate& gate : steps.gates)
    summary.gate_means.push_back(mean_of(row_of(gate.values, step, sequence)));
  return summary;
}

Trace trace_of(const Network& network, const Signal& input) {
  network.module->eval();
  const StateRecorder recorder;
  network.module->forward(input);
  Trace trace{.network = network.module->to_string()};
  for (const RecordedLayer& layer : recorder.layers()) {
    trace.layers.push_back({.kind = layer.module->kind(),
                            .prefix = prefix_of(network, *layer.module),
                            .suffix = layer.suffix(),
                            .layer = layer.layer,
                            .reverse = layer.reverse,
                            .steps = layer.steps});
  }
  if (trace.layers.empty()) throw errors::nothing_recurrent(trace.network);
  const Shape& steps = trace.layers[0].steps.h.shape();
  trace.lengths =
      input.lengths.value_or(Lengths(static_cast<size_t>(steps.size(axes::batch)), steps.size(axes::seq)));
  return trace;
}

Trace trace_of(TextClassifier& model, const std::string& text) {
  const std::vector<std::string> tokens = model.tokenizer.tokens(text);
  if (tokens.empty()) throw errors::no_word_to_trace(text);
  const std::vector<int32_t> ids = model.vocabulary.ids(tokens);
  const auto steps = static_cast<int64_t>(ids.size());
  const Signal read{.data = Ids(Shape{{axes::batch, 1}, {axes::seq, steps}}, ids), .lengths = Lengths{steps}};
  Trace result = trace_of(model.network, read);
  result.labels = model.labels;
  const std::optional<size_t> last = last_of_one_direction(model.network.layers());
  const Predictions predictions = last ? of_each_state(model, read, *last) : of_each_beginning(model, ids);
  for (size_t i = 0; i < ids.size(); ++i) result.words.push_back({tokens[i], ids[i], predictions[i]});
  return result;
}

NamedArrays trace_arrays(const Trace& trace) {
  NamedArrays arrays;
  for (const TracedLayer& layer : trace.layers) {
    const auto add = [&](std::string_view name, const Tensor& values) {
      arrays.add(fmt::format("{}{}{}", layer.prefix, name, layer.suffix), Array::from(values));
    };
    add("h", layer.steps.h);
    if (layer.steps.c) add("c", *layer.steps.c);
    for (const RecordedGate& gate : layer.steps.gates) add(gate.name, gate.values);
  }
  const std::vector<int32_t> lengths(trace.lengths.begin(), trace.lengths.end());
  arrays.add("lengths",
             Array::from(Ids(Shape{{axes::batch, static_cast<int64_t>(lengths.size())}}, lengths)));
  if (trace.words.empty()) return arrays;
  const Axis seq{axes::seq, static_cast<int64_t>(trace.words.size())};
  const auto classes = static_cast<int64_t>(trace.labels.size());
  std::vector<int32_t> ids;
  Tensor probabilities(Shape{seq, {axes::class_, classes}});
  float* row = probabilities.data();
  for (const TracedWord& word : trace.words) {
    ids.push_back(word.id);
    for (const Prediction& each : word.predictions) row[each.label] = static_cast<float>(each.probability);
    row += classes;
  }
  arrays.add("ids", Array::from(Ids(Shape{seq}, ids)));
  arrays.add("probabilities", Array::from(probabilities));
  return arrays;
}

}  // namespace runnel
