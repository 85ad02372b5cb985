#include "cli/network_input.h"

#include "runnel/base/files.h"
#include "runnel/check/check.h"
#include "runnel/formats/npy.h"
#include "runnel/formats/npz.h"
#include "runnel/formats/safetensors.h"
#include "runnel/model/input_shape.h"
#include "runnel/model/text_classifier.h"
#include "runnel/model/weights.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/init.h"
#include "runnel/nn/recurrent.h"
#include "runnel/tensor/axes.h"

#include "cli/asked.h"
#include "cli/cli_error.h"
#include "cli/output.h"

namespace runnel::cli {
namespace {

void refuse_unknown_arrays(const NamedArrays& arrays, const std::string& file) {
  for (const NamedArrays::Item& item : arrays) {
    if (item.name == "input" || item.name == "h_0" || item.name == "c_0" || item.name == "lengths") continue;
    throw errors::array_of_no_use(file, item.name);
  }
}

template <class Kind>
const Kind* first_layer_of(const Network& network) {
  for (const Layer* layer : network.layers()) {
    if (const auto* found = dynamic_cast<const Kind*>(layer)) return found;
  }
  return nullptr;
}

/// The names of a state's axes.
Shape state_names(const Network& network, bool batched) {
  std::vector<Axis> names{{axes::hidden}};
  if (batched) names.insert(names.begin(), Axis{axes::batch});
  if (!first_layer_of<CellModule>(network))
    names.insert(names.begin(), Axis{join(axes::layer, axes::direction)});
  return Shape(names);
}

}  // namespace

NamedArrays read_input(const std::string& path) {
  const std::string bytes = read_file(path);
  const std::string name = path == "-" ? "standard input" : path;
  if (bytes.starts_with("PK")) return read_npz(bytes, name);
  NamedArrays arrays;
  arrays.add("input", read_npy(bytes, name));
  return arrays;
}

const Array& required_array(const NamedArrays& arrays, const std::string& name, const std::string& file) {
  if (const Array* array = arrays.find(name)) return *array;
  throw errors::no_such_array(file, name, arrays);
}

Network network_of(const NetworkWords& a, const NamedArrays& arrays, const CommonOptions& common) {
  if (names_file(a.network)) return TextClassifier::load(a.network).network;
  const Array* input = arrays.find("input");
  NetworkContext context;
  if (input && !input->shape().empty()) context.input_size = input->shape().back();
  if (a.weights.empty()) {
    if (!common.quiet) remark("note: no --weights; they are random, by --seed\n");
    return from_command_line([&] { return make_network(a.network, context); });
  }
  Network network = from_command_line([&] {
    const ShapesOnly shapes;  // the weights come from the file
    return make_network(a.network, context);
  });
  load_state(*network.module, named_tensors(load_safetensors(a.weights).tensors), a.weights);
  return network;
}

Signal signal_of(const Network& network, const NamedArrays& arrays, const std::string& file) {
  const Array& input = required_array(arrays, "input", file);
  refuse_unknown_arrays(arrays, file);
  const Shape names = input_names(network, input.shape());
  Signal signal;
  if (network.reads_ids()) {
    signal.data = to_ids(input, names, "input");
  } else {
    signal.data = Variable(to_tensor(input, names, "input"));
  }
  if (const Array* lengths = arrays.find("lengths")) {
    const Ids values = to_ids(*lengths, Shape{{axes::batch}}, "lengths");
    signal.lengths = Lengths(values.values().begin(), values.values().end());
  }
  int64_t recurrent = 0;
  for (const Layer* layer : network.layers()) {
    recurrent += dynamic_cast<const Recurrent*>(layer) || dynamic_cast<const CellModule*>(layer) ? 1 : 0;
  }
  const auto state = [&](const char* name) -> Variable {
    const Array* array = arrays.find(name);
    if (!array) return {};
    if (recurrent != 1) throw errors::state_without_layer(file, name, recurrent);
    return to_tensor(*array, state_names(network, names.has(axes::batch)), name);
  };
  signal.h_0 = state("h_0");
  signal.c_0 = state("c_0");
  const auto* layer = first_layer_of<Recurrent>(network);
  if (layer && layer->config().cell == Cell::lstm && signal.h_0.defined() != signal.c_0.defined()) {
    const bool h = signal.h_0.defined();
    throw errors::half_a_state(file, h ? "h_0" : "c_0", h ? "c_0" : "h_0");
  }
  return signal;
}

void explain_failure(const ShapeError& error, const Network& network, const Array& input) {
  const DataCheck check = check_data({.network = &network}, {.data = {.name = "input", .array = input}});
  for (const Finding& finding : check.findings) {
    if (finding.severity == Severity::fault && is_about_axes(finding)) throw finding.error;
  }
  throw error;
}

}  // namespace runnel::cli
