#include <memory>
#include <optional>

#include "runnel/base/files.h"
#include "runnel/explain/answer.h"
#include "runnel/explain/batch_story.h"
#include "runnel/explain/json.h"
#include "runnel/explain/model_story.h"
#include "runnel/explain/picture.h"
#include "runnel/explain/terms.h"
#include "runnel/explain/text.h"

#include "cli/asked.h"
#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct ExplainArguments {
  std::string network;
  std::optional<int64_t> batch, seq;
  bool terms = false;
  std::string ask = {};
  Lengths lengths = {};
  std::string svg = {}, html = {};  ///< files; - is standard output
  int64_t width = 960;              ///< of the SVG
  bool draws() const { return !svg.empty() || !html.empty(); }
};

template <class AnyStory>
void print_story(const AnyStory& story, const CommonOptions& common) {
  if (common.json) {
    print(story_json(story) + "\n");
  } else {
    print(story_text(story, {.color = use_color(common, stdout)}));
  }
}

/// Writes the pictures that are asked for, of a network as text or of a model.
template <class AnyNetwork>
void draw_network(const AnyNetwork& network, const StorySizes& sizes, const ExplainArguments& a) {
  const auto put = [](const std::string& path, const std::string& content) {
    path == "-" ? print(content) : write_file_atomically(path, content);
  };
  if (!a.svg.empty())
    put(a.svg, story_svg(tell_story(network, sizes), {.width = static_cast<double>(a.width)}));
  if (!a.html.empty()) put(a.html, story_html(turnable_story(network, sizes)));
}

/// The whole story of a network, or what it says of the one thing that was asked for.
void print_network(const Story& story, const ExplainArguments& a, const CommonOptions& common) {
  if (!a.lengths.empty()) {
    const BatchStory batch = tell_batch(story, a.lengths);
    return print(common.json ? batch_json(batch) + "\n" : batch_text(batch));
  }
  if (a.ask.empty()) return print_story(story, common);
  const Answer answer = from_command_line([&] { return ask(story, a.ask); });
  print(common.json ? answer_json(answer) + "\n" : answer_text(answer, {.color = use_color(common, stdout)}));
}

int explain_command(const ExplainArguments& a, const CommonOptions& common) {
  if (a.terms) {
    print(common.json ? terms_json() + "\n" : terms_text());
    return kWell;
  }
  const StorySizes sizes{.batch = a.batch, .seq = a.seq};
  const Asked asked = asked_by(a.network);
  if (asked.model_file) {
    const TextClassifier model = TextClassifier::load(a.network);
    if (a.draws()) {
      draw_network(model, sizes, a);
    } else {
      print_network(tell_story(model, sizes), a, common);
    }
  } else if (is_printed_model(asked.text)) {
    const PrintedModule model = read_text(asked, [&] { return parse_printed_model(asked.text); });
    if (!a.ask.empty()) throw CommandLineError(errors::ask_one_layer("--ask", model.kind));
    if (!a.lengths.empty()) throw CommandLineError(errors::ask_one_layer("--lengths", model.kind));
    if (a.draws())
      throw CommandLineError(errors::ask_one_layer(a.svg.empty() ? "--html" : "--svg", model.kind));
    print_story(tell_story(model, sizes), common);
  } else if (a.draws()) {
    read_text(asked, [&] { return tell_story(asked.text, sizes); });
    draw_network(asked.text, sizes, a);
  } else {
    print_network(read_text(asked, [&] { return tell_story(asked.text, sizes); }), a, common);
  }
  return kWell;
}

}  // namespace

void add_explain(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<ExplainArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "explain",
       .summary = "Show a network: every shape, every number and where it comes from",
       .details =
           std::string(kNetworkHelp) +
           R"(Sizes that are not known stay names: [batch, seq, feature=100]. With --json every tensor is an object with
name, axes and shape.

Examples:
  runnel explain 'GRU(100, 20, 1, batch_first=True)' --batch 3 --seq 10
  runnel explain 'Embedding(5000, 100) -> LSTM(128) -> last -> Linear(6)'
  python -c 'from net import model; print(model)' | runnel explain - --batch 3
  runnel explain model.safetensors --json
  runnel explain 'LSTM(100, 128, num_layers=2, bidirectional=True)' --ask h_n
  runnel explain 'GRU(100, 20, batch_first=True)' --lengths 5,2,7
  runnel explain 'GRU(100, 20, batch_first=True)' --batch 3 --seq 10 --html gru.html
  runnel explain --terms)"},
      [a, &common] { return explain_command(*a, common); });
  const CLI::Validator any_size = whole_number<int64_t>(1, 1'000'000'000);
  CLI::Option* network =
      sub->add_option("NETWORK", a->network, "A network as text, or a file with one; - is standard input")
          ->required();
  sub->add_option("--batch", a->batch, "How many sequences at a time")->transform(any_size);
  sub->add_option("--seq", a->seq, "Steps of the longest sequence")->transform(any_size);
  CLI::Option* ask = sub->add_option("--ask", a->ask,
                                     "One question: h_n, output, weight_ih_l0, hidden_size, batch_first, …");
  CLI::Option* lengths =
      sub->add_option("--lengths", a->lengths, "Draw a batch of these lengths: 5,2,7; padded, sorted, packed")
          ->delimiter(',')
          ->transform(whole_number<int64_t>(0, 1'000'000));
  CLI::Option* svg = sub->add_option("--svg", a->svg, "Draw it into an SVG file; - is standard output");
  CLI::Option* html = sub->add_option(
      "--html", a->html, "Draw it into a page where sizes can be turned, and every number tells its origin");
  sub->add_option("--width", a->width, "Pixels that the SVG is wide")
      ->transform(whole_number<int64_t>(300, 10'000))
      ->needs(svg)
      ->capture_default_str();
  for (CLI::Option* picture : {svg, html}) picture->excludes(ask)->excludes(lengths);
  const auto ask_for_terms = [a, network] {
    a->terms = true;
    network->required(false);
  };
  sub->add_flag_callback("--terms", ask_for_terms,
                         "Explain the words instead: feature, batch, hidden state, …")
      ->excludes(network);
}

}  // namespace runnel::cli
