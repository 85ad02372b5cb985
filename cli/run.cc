#include <filesystem>
#include <fmt/format.h>
#include <memory>

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

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/overwrite.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct RunArguments {
  std::string network, weights, input, output;
};

/// The arrays of an .npz; an .npy is the array `input` alone.
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

/// What check finds about the axes and the kind of the input, in place of what the layers said of it.
[[noreturn]] void explain_failure(const ShapeError& error, const Network& network, const Array& input) {
  const DataCheck check = check_data({.network = &network}, {.data = {.name = "input", .array = input}});
  for (const Finding& finding : check.findings) {
    if (finding.severity == Severity::fault && is_about_axes(finding)) throw finding.error;
  }
  throw error;
}

/// Runs the layers one by one, to keep the last recurrent layer's final states.
NamedTensor named(const char* name, const Variable& value) { return {name, value.value()}; }
std::vector<NamedTensor> outputs_of(const Network& network, Signal signal) {
  Variable h_n, c_n;
  for (Layer* layer : network.layers()) {
    signal = layer->forward(signal);
    if (dynamic_cast<const Recurrent*>(layer) || dynamic_cast<const CellModule*>(layer)) {
      h_n = signal.h_n;
      c_n = signal.c_n;
    }
  }
  std::vector<NamedTensor> outputs{named("output", signal.features("output"))};
  if (h_n.defined()) outputs.push_back(named("h_n", h_n));
  if (c_n.defined()) outputs.push_back(named("c_n", c_n));
  return outputs;
}

bool is_model_file(const std::string& network) {
  std::error_code ignored;  // a long chain of layers is no name of a file
  return std::filesystem::is_regular_file(network, ignored);
}

/// Refuses what cannot work before anything is read.
void check_arguments(const RunArguments& a) {
  if (!a.weights.empty() && is_model_file(a.network)) throw errors::model_has_weights(a.network, a.weights);
  refuse_to_overwrite(a.output, {{"NETWORK", a.network}, {"INPUT", a.input}, {"--weights", a.weights}});
}

/// The network of a model file, or one made from text with the weights of a file.
Network network_of(const RunArguments& a, const NamedArrays& arrays, const CommonOptions& common) {
  if (is_model_file(a.network)) return TextClassifier::load(a.network).network;
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

int run_command(const RunArguments& a, const CommonOptions& common) {
  check_arguments(a);
  const NamedArrays arrays = read_input(a.input);
  const Network network = network_of(a, arrays, common);
  network.module->eval();
  const std::string name = a.input == "-" ? "standard input" : a.input;
  const Array& input = required_array(arrays, "input", name);
  Signal signal;
  std::vector<NamedTensor> outputs;
  try {
    signal = signal_of(network, arrays, name);
    outputs = outputs_of(network, signal);
  } catch (const ShapeError& error) {
    explain_failure(error, network, input);
  }
  const auto say = a.output == "-" ? remark : print;
  if (network.batch_first_by_default && signal.shape().has(axes::batch) && !common.quiet) {
    remark("note: a chain reads batch first unless a layer says batch_first=False\n");
  }
  NamedArrays result;
  Json json;
  std::vector<std::vector<std::string>> rows;
  for (const NamedTensor& output : outputs) {
    result.add(output.name, Array::from(output.value));
    Json tensor{{"name", output.name}, {"axes", Json::array()}, {"shape", Json::array()}};
    for (const Axis& axis : output.value.shape()) {
      tensor["axes"].push_back(axis.name.text());
      tensor["shape"].push_back(axis.size);
    }
    json["tensors"].push_back(tensor);
    if (!common.json && !common.quiet) {
      say(fmt::format("{:<7} {}\n", output.name, output.value.shape().to_string()));
    }
  }
  save_npz(a.output, result);
  if (common.json && a.output != "-") print_json(json);
  return kWell;
}

}  // namespace

void add_run(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<RunArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "run",
       .summary = "Run plain tensors through any network",
       .details = "NETWORK is a model file, one layer as PyTorch writes it, or a chain:\n"
                  "  'GRU(100, 20, 1, batch_first=True)'\n"
                  "  'Embedding(5000, 100) -> LSTM(100, 128) -> last -> Linear(128, 6)'\n"
                  "Weights have the names of PyTorch's state_dict: weight_ih_l0 of one layer; 0.weight, "
                  "1.weight_ih_l0 … of a\n"
                  "chain, numbered as in nn.Sequential, pooling counted. A chain reads batch first unless "
                  "told otherwise, one\n"
                  "layer as PyTorch does.\n\n"
                  "INPUT is x.npy, or an .npz with input and, where wanted, h_0, c_0, lengths. OUT gets "
                  "output, and h_n and c_n\n"
                  "of the last recurrent layer.\n\n"
                  "Example:\n  runnel run 'LSTM(100, 128)' --weights lstm.safetensors x.npz -o out.npz"},
      [a, &common] { return run_command(*a, common); });
  sub->add_option("NETWORK", a->network, "A model file, a chain, or a PyTorch constructor")->required();
  sub->add_option("INPUT", a->input, "x.npy or an .npz; - is standard input")->required();
  sub->add_option("--weights,-w", a->weights, "A safetensors file of weights (default: random ones)");
  sub->add_option("--output,-o", a->output, "The .npz to write; - is standard output")->required();
}

}  // namespace runnel::cli
