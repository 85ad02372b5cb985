#include "runnel/check/check.h"

#include <algorithm>
#include <cmath>

#include "runnel/check/check_error.h"
#include "runnel/check/checker.h"
#include "runnel/explain/layout.h"
#include "runnel/model/input_shape.h"
#include "runnel/model/model_error.h"
#include "runnel/nn/init.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

ArraySummary summary_of(const CheckedArray& given, const Tensor& values) {
  ArraySummary summary{.name = given.name,
                       .dtype = std::string(to_string(given.array.dtype())),
                       .shape = given.array.shape(),
                       .least = {},
                       .most = {}};
  for (const float value : values.values()) {
    if (!std::isfinite(value)) continue;
    summary.least = std::min<double>(summary.least.value_or(value), value);
    summary.most = std::max<double>(summary.most.value_or(value), value);
  }
  return summary;
}

/// Those that stand in a model itself come before those of its parts.
void collect_layers(const PrintedModule& module, Sequential& layers) {
  if (module.parts.empty() && is_layer_kind(module.kind)) {
    try {
      layers.add(std::move(make_network(module.text).module));
    } catch (const Error&) {  // an option that Runnel does not know: explain tells so
    }
  }
  for (const PrintedModule& part : module.parts) collect_layers(part, layers);
}

/// The ids under the names of their axes, from numbers with fractions, too.
Ids ids_of(const CheckState& state, const Tensor& values) {
  if (info(state.data->data.array.dtype()).integer)
    return to_ids(state.data->data.array, *state.shape, "data");
  Ids ids(*state.shape);
  std::transform(values.values().begin(), values.values().end(), ids.values().begin(),
                 [](float value) { return static_cast<int32_t>(value); });
  return ids;
}

}  // namespace

bool is_about_axes(const Finding& finding) {
  for (const char* mistake : {"axes", "feature_size", "features_not_last", "feature_axis_missing",
                              "ids_for_features", "features_for_ids"}) {
    if (finding.mistake == mistake) return true;
  }
  return false;
}

bool DataCheck::fits() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::fault; });
}

Network layers_of(const PrintedModule& model) {
  const ShapesOnly shapes;
  auto layers = std::make_unique<Sequential>();
  collect_layers(model, *layers);
  if (layers->size() == 0) throw errors::no_known_layer(model.kind);
  Network network;
  network.module = std::move(layers);
  return network;
}

DataCheck check_data(const CheckedNetwork& network, const DataToCheck& data) {
  const Tensor values = to_tensor(data.data.array);
  CheckState state{.asked = network, .data = &data};
  state.reader = reading_layer(*network.network);
  for (const Layer* layer : network.network->layers()) {
    if (!state.recurrent) state.recurrent = dynamic_cast<const Recurrent*>(layer);
  }
  state.check.network = network.network->module->to_string();
  if (network.open_ended)
    state.check.network = replace_all(state.check.network, " -> ", ", ");  // in whatever order
  state.check.arrays.push_back(summary_of(data.data, values));
  if (data.lengths) state.check.arrays.push_back(summary_of(*data.lengths, to_tensor(data.lengths->array)));
  read_lengths(state);
  find_axes(state, values);
  if (state.shape) {
    check_lengths_against(state, values);
    if (network.network->reads_ids()) {
      check_ids(state, ids_of(state, values));
    } else {
      check_numbers(state, values);
    }
    warn_of_silent_mistakes(state, values);
  }
  std::stable_sort(state.check.findings.begin(), state.check.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  return std::move(state.check);
}

}  // namespace runnel
