#include "runnel/trace/trace.h"

#include <memory>

#include "runnel/base/files.h"
#include "runnel/formats/npz.h"
#include "runnel/text/utf8.h"

#include "cli/asked.h"
#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/network_input.h"
#include "cli/output.h"
#include "cli/overwrite.h"

namespace runnel::cli {
namespace {

struct TraceArguments : NetworkWords {
  std::optional<std::string> text, npz, html;
  std::string input;
  int64_t sequence = 0;
};

Trace trace_words(const TraceArguments& a) {
  TextClassifier model = TextClassifier::load(a.network);
  if (a.text == "-") {
    const std::string text = read_file("-");
    require_utf8(text, {.file = "standard input", .line = 1, .column = 1});
    return trace_of(model, text);
  }
  return from_command_line([&] {
    require_utf8(*a.text, {.file = "--text", .line = 1, .column = 1});
    return trace_of(model, *a.text);
  });
}

Trace trace_numbers(const TraceArguments& a, const CommonOptions& common) {
  const NamedArrays arrays = read_input(a.input);
  const Network network = network_of(a, arrays, common);
  const std::string name = a.input == "-" ? "standard input" : a.input;
  const Array& input = required_array(arrays, "input", name);
  try {
    return trace_of(network, signal_of(network, arrays, name));
  } catch (const ShapeError& error) {
    explain_failure(error, network, input);
  }
}

int trace_command(const TraceArguments& a, const CommonOptions& common) {
  if (a.text.has_value() == !a.input.empty()) throw CommandLineError(errors::text_or_input());
  if (a.text && a.network != "-" && !names_file(a.network))
    throw CommandLineError(errors::text_needs_model(a.network));
  if (a.network == "-" && (a.text == "-" || a.input == "-"))
    throw errors::standard_input_twice("NETWORK", a.text ? "--text" : "--input");
  refuse_same_output({"--npz", a.npz.value_or("")}, {"--html", a.html.value_or("")});
  if (!a.weights.empty() && (a.text || names_file(a.network)))
    throw errors::model_has_weights(a.network, a.weights);
  const auto refuse = [&](const std::string& word, const std::optional<std::string>& output) {
    if (output)
      refuse_to_overwrite({word, *output},
                          {{"NETWORK", a.network}, {"--input", a.input}, {"--weights", a.weights}});
    if (output) require_writable(*output);
  };
  refuse("--npz", a.npz);
  refuse("--html", a.html);
  const Trace trace = a.text ? trace_words(a) : trace_numbers(a, common);
  const std::string shown = common.json ? trace_json(trace) + "\n"
                                        : from_command_line([&] { return trace_text(trace, a.sequence); });
  if (a.npz) save_npz(*a.npz, trace_arrays(trace));
  if (a.html) {
    const std::string page = trace_html(trace, a.sequence);
    *a.html == "-" ? print(page) : write_file_atomically(*a.html, page);
  }
  if (a.npz != "-" && a.html != "-") print(shown);
  return kWell;
}

}  // namespace

void add_trace(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<TraceArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "trace",
       .summary = "Show what happens inside a network: the gates and states of every step",
       .details =
           R"(NETWORK is a model file that runnel train wrote; with --input also a chain or one layer, as for runnel run.

A line for each step: the length of the state h, and for each gate how open it is, the mean over the layer. Of a text
also the prediction after each word: the text up to there is read by itself, as if it ended there. What the columns
mean stands below the table.

A cell makes one step, of all rows of its input.

--json and --npz have every number: h, c and each gate, of every layer, direction, step and sequence. The arrays of
the .npz are named as the parameters are: 1.h_l0, 1.c_l0_reverse, 1.f_l0; [seq, batch, hidden] each.

Examples:
  runnel trace model.safetensors --text 'the cat sat'
  runnel trace model.safetensors --text 'the cat sat' --npz states.npz
  runnel trace model.safetensors --text 'the cat sat' --html trace.html
  runnel trace 'LSTM(100, 128)' --weights lstm.safetensors --input x.npy --sequence 2)"},
      [a, &common] { return trace_command(*a, common); });
  sub->add_option("NETWORK", a->network, "A model file; with --input also a chain or a PyTorch constructor")
      ->required()
      ->check(some_name("a network"));
  add_text_option(*sub, "--text,-t", a->text, "The text that it reads; - is standard input");
  sub->add_option("--input,-i", a->input, "The numbers that it reads: x.npy or an .npz; - is standard input")
      ->check(some_name("a file"));
  sub->add_option("--weights,-w", a->weights, "A safetensors file of weights (default: random ones)")
      ->check(some_name("a file"));
  sub->add_option("--sequence", a->sequence, "Which sequence of a batch the table shows, from 0")
      ->transform(whole_number<int64_t>(0))
      ->capture_default_str();
  add_text_option(*sub, "--npz", a->npz,
                  "Write all gates and states into this file; - is standard output, in place of the table");
  add_text_option(*sub, "--html", a->html,
                  "Draw the states and gates as heat maps into this page; - is standard output, likewise");
}

}  // namespace runnel::cli
