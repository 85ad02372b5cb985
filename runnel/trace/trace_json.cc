#include <nlohmann/json.hpp>

#include "runnel/trace/trace.h"

namespace runnel {
namespace {

using Json = nlohmann::ordered_json;

/// What `value(step, sequence)` gives, as [sequence][step].
template <class Value>
Json by_sequence(const Lengths& lengths, const Value& value) {
  Json sequences = Json::array();
  for (size_t n = 0; n < lengths.size(); ++n) {
    Json steps = Json::array();
    for (int64_t t = 0; t < lengths[n]; ++t) steps.push_back(value(t, static_cast<int64_t>(n)));
    sequences.push_back(std::move(steps));
  }
  return sequences;
}

Json rows_json(const Lengths& lengths, const Tensor& values) {
  const int64_t batch = values.shape()[1].size, width = values.shape()[2].size;
  return by_sequence(lengths, [&](int64_t t, int64_t n) {
    const float* row = values.data() + (t * batch + n) * width;
    return Json(std::vector<float>(row, row + width));
  });
}

Json layer_json(const Lengths& lengths, const TracedLayer& layer) {
  const RecordedSteps& steps = layer.steps;
  Json json{{"kind", layer.kind},
            {"prefix", layer.prefix},
            {"suffix", layer.suffix},
            {"layer", layer.layer},
            {"direction", layer.reverse ? "reverse" : "forward"}};
  json["h_norm"] = by_sequence(lengths, [&](int64_t t, int64_t n) { return summary_of(layer, t, n).h_norm; });
  if (steps.c) {
    json["c_norm"] =
        by_sequence(lengths, [&](int64_t t, int64_t n) { return *summary_of(layer, t, n).c_norm; });
  }
  json["h"] = rows_json(lengths, steps.h);
  if (steps.c) json["c"] = rows_json(lengths, *steps.c);
  json["gates"] = Json::array();
  for (size_t g = 0; g < steps.gates.size(); ++g) {
    json["gates"].push_back(
        {{"name", steps.gates[g].name},
         {"mean",
          by_sequence(lengths, [&](int64_t t, int64_t n) { return summary_of(layer, t, n).gate_means[g]; })},
         {"values", rows_json(lengths, steps.gates[g].values)}});
  }
  return json;
}

Json word_json(const Trace& trace, const TracedWord& word) {
  Json predictions = Json::array();
  for (const Prediction& each : word.predictions) {
    predictions.push_back(
        {{"label", trace.labels[static_cast<size_t>(each.label)]}, {"probability", each.probability}});
  }
  return {{"word", word.token},
          {"id", word.id},
          {"known", word.id != Vocabulary::kUnk},
          {"predictions", predictions}};
}

}  // namespace

std::string trace_json(const Trace& trace) {
  Json json{{"network", trace.network}, {"lengths", trace.lengths}};
  if (!trace.words.empty()) json["words"] = Json::array();
  for (const TracedWord& word : trace.words) json["words"].push_back(word_json(trace, word));
  json["layers"] = Json::array();
  for (const TracedLayer& layer : trace.layers) json["layers"].push_back(layer_json(trace.lengths, layer));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace runnel
