#include <fmt/format.h>
#include <memory>

#include "runnel/base/files.h"
#include "runnel/formats/npz.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/recurrent.h"
#include "runnel/nn/state.h"
#include "runnel/tensor/axes.h"

#include "cli/asked.h"
#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/network_input.h"
#include "cli/output.h"
#include "cli/overwrite.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct RunArguments : NetworkWords {
  std::string input, output;
};

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

/// Refuses what cannot work before anything is read.
void check_arguments(const RunArguments& a) {
  if (!a.weights.empty() && names_file(a.network)) throw errors::model_has_weights(a.network, a.weights);
  refuse_to_overwrite({"--output", a.output},
                      {{"NETWORK", a.network}, {"INPUT", a.input}, {"--weights", a.weights}});
  require_writable(a.output);
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
  sub->add_option("NETWORK", a->network, "A model file, a chain, or a PyTorch constructor")
      ->required()
      ->check(some_name("a network"));
  sub->add_option("INPUT", a->input, "x.npy or an .npz; - is standard input")
      ->required()
      ->check(some_name("a file"));
  sub->add_option("--weights,-w", a->weights, "A safetensors file of weights (default: random ones)")
      ->check(some_name("a file"));
  sub->add_option("--output,-o", a->output, "The .npz to write; - is standard output")->required();
}

}  // namespace runnel::cli
