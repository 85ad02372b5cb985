#include <algorithm>
#include <memory>
#include <optional>

#include "runnel/base/files.h"
#include "runnel/base/thread_pool.h"
#include "runnel/explain/answer.h"
#include "runnel/explain/batch_story.h"
#include "runnel/explain/json.h"
#include "runnel/explain/model_answer.h"
#include "runnel/explain/model_story.h"
#include "runnel/explain/picture.h"
#include "runnel/explain/terms.h"
#include "runnel/explain/text.h"
#include "runnel/explain/what_if.h"

#include "cli/asked.h"
#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/heap.h"
#include "cli/output.h"
#include "cli/overwrite.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct ExplainArguments {
  std::string network;
  std::optional<int64_t> batch, seq;
  bool terms = false;
  std::string ask = {};
  Lengths lengths = {};
  std::optional<std::string> svg = {}, html = {};  ///< files; - is standard output
  int64_t width = 960;                             ///< of the SVG
  bool draws() const { return svg || html; }
  std::vector<std::string> changes = {};
  std::string detail = "normal";
};

Detail detail_of(const ExplainArguments& a) {
  return a.detail == "brief" ? Detail::brief : a.detail == "full" ? Detail::full : Detail::normal;
}

StorySizes sizes_of(const ExplainArguments& a) { return {.batch = a.batch, .seq = a.seq}; }

/// The whole story, or what it says of the one thing that was asked for. `network` is what changes are compared with:
/// the text of a network, or the story of a printed model.
template <class AnyStory, class AnyNetwork>
void print_asked(const AnyStory& story, const AnyNetwork& network, const ExplainArguments& a,
                 const CommonOptions& common) {
  const StoryTextOptions options{.color = use_color(common, stdout), .detail = detail_of(a)};
  if (!a.changes.empty()) {
    const auto changes = from_command_line([&] { return what_if(network, a.changes, sizes_of(a)); });
    print(common.json ? what_if_json(changes) + "\n" : what_if_text(changes, options));
  } else if (!a.ask.empty()) {
    const Answer answer = from_command_line([&] { return ask(story, a.ask); });
    print(common.json ? answer_json(answer) + "\n" : answer_text(answer, options));
  } else {
    print(common.json ? story_json(story) + "\n" : story_text(story, options));
  }
}

void put(const std::string& path, const std::string& content) {
  path == "-" ? print(content) : write_file_atomically(path, content);
}

/// Writes the pictures that are asked for; they are made before anything is written. `story()` is what an SVG shows,
/// `page()` the page with sliders.
template <class Story, class Page>
void draw_asked(const ExplainArguments& a, const Story& story, const Page& page) {
  std::optional<std::string> svg, html;
  if (a.svg) svg = story_svg(story(), PictureOptions{.width = static_cast<double>(a.width)});
  if (a.html) html = page();
  if (svg) put(*a.svg, *svg);
  if (html) put(*a.html, *html);
}

/// `network` is the text that the story is of.
void print_network(const Story& story, const std::string& network, const ExplainArguments& a,
                   const CommonOptions& common) {
  if (a.lengths.empty()) return print_asked(story, network, a, common);
  const BatchStory batch = tell_batch(story, a.lengths);
  print(common.json ? batch_json(batch) + "\n" : batch_text(batch));
}

/// A layer of the model that walks through a batch, to show how one asks about it.
std::string recurrent_layer_of(const ModelStory& model) {
  for (const PartStory& part : model.parts) {
    if (part.story && !part.story->layers[0].equalities.empty()) return part.text;
  }
  return "LSTM(100, 128, batch_first=True)";
}

int explain_command(const ExplainArguments& a, const CommonOptions& common) {
  if (a.terms) {
    print(common.json ? terms_json() + "\n" : terms_text());
    return kWell;
  }
  if (a.svg) refuse_to_overwrite({"--svg", *a.svg}, {{"NETWORK", a.network}});
  if (a.svg) require_writable(*a.svg);
  if (a.html) refuse_to_overwrite({"--html", *a.html}, {{"NETWORK", a.network}});
  if (a.html) require_writable(*a.html);
  refuse_same_output({"--svg", a.svg.value_or("")}, {"--html", a.html.value_or("")});
  // A thread takes room too, and to start more than a few takes longer than what they do.
  constexpr int kMostThreads = 4;
  if (common.threads == 0) set_thread_count(memory_is_limited() ? 1 : std::min(kMostThreads, thread_count()));
  let_heap_grow();
  const StorySizes sizes = sizes_of(a);
  const Asked asked = asked_by(a.network);
  if (asked.model_file) {
    const TextClassifier model = TextClassifier::load(a.network);
    const auto story = [&] { return tell_story(model, sizes); };
    if (a.draws()) {
      draw_asked(a, story, [&] { return story_html(turnable_story(model, sizes)); });
    } else {
      const Story told = story();
      print_network(told, told.network, a, common);
    }
  } else if (is_printed_model(asked.text)) {
    const PrintedModule model = read_text(asked, [&] { return parse_printed_model(asked.text); });
    const ModelStory story = tell_story(model, sizes, a.draws() ? Telling::for_picture : Telling::all);
    if (!a.lengths.empty())
      throw CommandLineError(errors::ask_one_layer("--lengths", model.kind, recurrent_layer_of(story)));
    if (a.draws()) {
      draw_asked(a, [&] { return story; }, [&] { return story_html(story, sizes); });
    } else {
      print_asked(story, story, a, common);
    }
  } else if (a.draws()) {
    const auto story = [&] { return tell_story(asked.text, sizes, {}, Telling::for_picture); };
    draw_asked(
        a, [&] { return read_text(asked, story); },
        [&] { return story_html(read_text(asked, [&] { return turnable_story(asked.text, sizes); })); });
  } else {
    const Story story = read_text(asked, [&] { return tell_story(asked.text, sizes); });
    print_network(story, asked.text, a, common);
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
  runnel explain 'GRU(100, 20, batch_first=True)' --what-if hidden_size=40
  runnel explain model.txt --ask lstm.h_n
  runnel explain 'GRU(100, 20, batch_first=True)' --lengths 5,2,7
  runnel explain 'GRU(100, 20, batch_first=True)' --batch 3 --seq 10 --html gru.html
  runnel explain --terms)"},
      [a, &common] { return explain_command(*a, common); });
  const CLI::Validator any_size = whole_number<int64_t>(1, 1'000'000'000);
  CLI::Option* network =
      sub->add_option("NETWORK", a->network, "A network as text, or a file with one; - is standard input")
          ->required()
          ->check(some_name("a network"));
  CLI::Option* batch =
      sub->add_option("--batch", a->batch, "How many sequences at a time")->transform(any_size);
  CLI::Option* seq = sub->add_option("--seq", a->seq, "Steps of the longest sequence")->transform(any_size);
  CLI::Option* ask =
      sub->add_option("--ask", a->ask, "One question: h_n, output, weight_ih_l0, hidden_size, batch_first, …")
          ->check(some_name("a question"));
  CLI::Option* lengths = add_list_option(*sub, "--lengths", a->lengths, whole_number<int64_t>(0, 1'000'000),
                                         "Draw a batch of these lengths: 5,2,7; padded, sorted, packed");
  CLI::Option* svg = add_text_option(*sub, "--svg", a->svg, "Draw it into an SVG file; - is standard output");
  CLI::Option* html =
      add_text_option(*sub, "--html", a->html,
                      "Draw it into a page with sliders for the sizes, where every number tells its origin");
  sub->add_option("--width", a->width, "Pixels that the SVG is wide")
      ->transform(whole_number<int64_t>(300, 10'000))
      ->needs(svg)
      ->capture_default_str();
  CLI::Option* changes = add_list_option(
      *sub, "--what-if", a->changes, some_name("a change"),
      "What another value changes, and nothing else: hidden_size=40, 1.hidden_size=40, batch=64");
  CLI::Option* detail =
      sub->add_option("--detail", a->detail,
                      "brief: shapes and parameters; normal (default): and where each number comes from;\n"
                      "full: and what each layer costs, the other layout, data without a batch")
          ->check(one_of({"brief", "normal", "full"}));
  // Each is an answer of its own; the sizes of a drawn batch are those of its lengths.
  ask->excludes(lengths)->excludes(changes)->excludes(detail);
  changes->excludes(lengths)->excludes(detail);
  lengths->excludes(batch)->excludes(seq)->excludes(detail);
  for (CLI::Option* picture : {svg, html}) {
    picture->excludes(ask)->excludes(lengths)->excludes(changes)->excludes(detail);
    picture->excludes(sub->get_option("--json"));
  }
  const auto ask_for_terms = [a, network] {
    a->terms = true;
    network->required(false);
  };
  sub->add_flag_callback("--terms", ask_for_terms,
                         "Explain the words instead: feature, batch, hidden state, …")
      ->excludes(network)
      ->excludes(svg)
      ->excludes(html)
      ->excludes(batch)
      ->excludes(seq)
      ->excludes(ask)
      ->excludes(lengths)
      ->excludes(changes)
      ->excludes(detail);
}

}  // namespace runnel::cli
