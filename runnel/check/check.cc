#include "runnel/check/check.h"

#include <algorithm>
#include <cmath>

#include "runnel/check/check_error.h"
#include "runnel/check/checker.h"
#include "runnel/explain/layout.h"
#include "runnel/model/input_shape.h"
#include "runnel/model/model_error.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/embedding.h"
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

/// A layer, and the kinds of the parts in front of it that are none.
struct PrintedLayer {
  std::unique_ptr<Layer> layer;
  std::vector<std::string> unknown;
};

void collect_layers(const PrintedModule& module, std::vector<PrintedLayer>& layers,
                    std::vector<std::string>& unknown) {
  for (const PrintedModule& part : module.parts) collect_layers(part, layers, unknown);
  if (!module.parts.empty()) return;
  try {
    if (is_layer_kind(module.kind)) return layers.push_back({make_network(module.text).module, unknown});
  } catch (const Error&) {  // an option that Runnel does not know: explain tells so
  }
  if (std::find(unknown.begin(), unknown.end(), module.kind) == unknown.end()) unknown.push_back(module.kind);
}

/// Whether the layer reads numbers or ids like these.
bool reads(const Layer& layer, const Array& data) {
  const std::optional<Shape> wanted = input_shape(layer);
  const std::vector<int64_t>& sizes = data.shape();
  if (!wanted || sizes.empty() || static_cast<int64_t>(sizes.size()) > wanted->rank()) return false;
  if (wanted->has(axes::feature)) return wanted->size(axes::feature) == sizes.back();
  const int64_t rows = dynamic_cast<const Embedding&>(layer).options().num_embeddings;
  const Tensor ids = to_tensor(data);
  return info(data.dtype()).integer && std::all_of(ids.values().begin(), ids.values().end(), [&](float id) {
           return rows == Axis::kSymbolic || id < static_cast<float>(rows);
         });
}

/// The less, the more a layer tells about what data a model reads.
int64_t place_among(const Layer& layer) {
  if (dynamic_cast<const Embedding*>(&layer)) return 0;
  if (dynamic_cast<const Recurrent*>(&layer) || dynamic_cast<const CellModule*>(&layer)) return 1;
  return input_shape(layer) ? 2 : 3;
}

/// The ids under the names of their axes, from numbers with fractions, too.
Ids ids_of(const CheckState& state) {
  const Array& array = state.data->data.array;
  if (info(array.dtype()).integer) return to_ids(array, *state.shape, "data");
  const Tensor values = to_tensor(array);
  Ids ids(*state.shape);
  std::transform(values.values().begin(), values.values().end(), ids.values().begin(),
                 [](float value) { return static_cast<int32_t>(value); });
  return ids;
}

/// The values with zeros where there is padding: of an Embedding with a padding_idx, that one and 0 change places.
Tensor with_zeros_as_padding(const Network& network, const Array& data) {
  Tensor values = to_tensor(data);
  const auto* embedding = dynamic_cast<const Embedding*>(network.layers().front());
  if (!embedding || embedding->options().padding_idx.value_or(0) == 0) return values;
  const auto padding = static_cast<float>(*embedding->options().padding_idx);
  for (float& id : values.values()) {
    if (id == padding || id == 0) id = padding - id;
  }
  return values;
}

/// Behind a part that nobody knows, axes and sizes that the reading layer does not read prove nothing.
void doubt_faults_of_axes(CheckState& state) {
  const std::vector<std::string>& unknown = state.asked.unknown_in_front;
  if (unknown.empty()) return;
  for (Finding& finding : state.check.findings) {
    if (!is_about_axes(finding)) continue;
    finding = {Severity::warning, "unknown_in_front",
               errors::unknown_in_front(finding.error, unknown, state.reading().to_string())};
    state.check.as_given.reset();
  }
}

}  // namespace

bool is_about_axes(const Finding& finding) {
  for (const char* mistake : {"axes", "feature_size", "features_not_last", "feature_axis_missing",
                              "ids_for_features", "features_for_ids"}) {
    if (finding.mistake == mistake) return true;
  }
  return false;
}

std::string_view to_string(Severity severity) {
  return severity == Severity::fault ? "fault" : severity == Severity::warning ? "warning" : "note";
}

void DataCheck::be_strict() {
  for (Finding& finding : findings) {
    if (finding.severity == Severity::warning) finding.severity = Severity::fault;
  }
}

bool DataCheck::fits() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::fault; });
}

PrintedLayers layers_of(const PrintedModule& model, const Array* data) {
  const ShapesOnly shapes;
  std::vector<PrintedLayer> layers;
  std::vector<std::string> unknown;
  collect_layers(model, layers, unknown);
  if (layers.empty()) throw errors::no_known_layer(model.kind);
  const auto order = [&](const PrintedLayer& printed) {
    return std::pair(!(data && reads(*printed.layer, *data)), place_among(*printed.layer));
  };
  const auto reader = std::min_element(layers.begin(), layers.end(),
                                       [&](const auto& a, const auto& b) { return order(a) < order(b); });
  std::rotate(layers.begin(), reader, reader + 1);
  auto chain = std::make_unique<Sequential>();
  for (PrintedLayer& printed : layers) chain->add(std::move(printed.layer));
  PrintedLayers result{.network = {}, .unknown_in_front = std::move(layers.front().unknown)};
  result.network.module = std::move(chain);
  return result;
}

DataCheck check_data(const CheckedNetwork& network, const DataToCheck& data) {
  const Tensor values = with_zeros_as_padding(*network.network, data.data.array);
  CheckState state{.asked = network, .data = &data};
  state.reader = reading_layer(*network.network);
  for (const Layer* layer : network.network->layers()) {
    if (!state.recurrent) state.recurrent = dynamic_cast<const Recurrent*>(layer);
  }
  state.check.network = network.network->module->to_string();
  if (network.open_ended)
    state.check.network = replace_all(state.check.network, " -> ", ", ");  // in whatever order
  state.check.arrays.push_back(summary_of(data.data, to_tensor(data.data.array)));
  if (data.lengths) state.check.arrays.push_back(summary_of(*data.lengths, to_tensor(data.lengths->array)));
  read_lengths(state);
  find_axes(state, values);
  doubt_faults_of_axes(state);
  if (state.shape) {
    check_lengths_against(state, values);
    if (network.network->reads_ids()) {
      check_ids(state, ids_of(state));
    } else {
      check_numbers(state, values);
    }
    note_silent_mistakes(state, values);
  }
  std::stable_sort(state.check.findings.begin(), state.check.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  return std::move(state.check);
}

}  // namespace runnel
