#include <filesystem>
#include <memory>
#include <optional>

#include "runnel/explain/json.h"
#include "runnel/explain/text.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct ExplainArguments {
  std::string network;
  std::optional<int64_t> batch, seq;
};

/// Whether the argument is a model file and no network as text: one that is there, or that is called
/// like one.
bool names_a_file(const std::string& network) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(network, ignored) || network.ends_with(".safetensors");
}

Story story_of(const ExplainArguments& a) {
  const StorySizes sizes{.batch = a.batch, .seq = a.seq};
  if (names_a_file(a.network)) return tell_story(TextClassifier::load(a.network), sizes);
  return from_command_line([&] { return tell_story(a.network, sizes); });
}

int explain_command(const ExplainArguments& a, const CommonOptions& common) {
  const Story story = story_of(a);
  if (common.json) {
    print(story_json(story) + "\n");
  } else {
    print(story_text(story, {.color = use_color(common, stdout)}));
  }
  return kWell;
}

}  // namespace

void add_explain(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<ExplainArguments>();
  CLI::App* sub = add_command(app, common,
                              {.name = "explain",
                               .summary = "Show a network: every shape, every number and where it comes from",
                               .details = R"(NETWORK is one of
  a chain of layers     Embedding(5000, 100) -> LSTM(128) -> last -> Linear(6)
                        sizes that follow from the layer before may be left out
  one layer             GRU(100, 20, batch_first=True), as PyTorch writes it
  a model file          model.safetensors, which runnel train wrote
Sizes that are not known stay names: [batch, seq, feature=100]. With --json every tensor is an object with
name, axes and shape.

Examples:
  runnel explain 'GRU(100, 20, 1, batch_first=True)' --batch 3 --seq 10
  runnel explain 'Embedding(5000, 100) -> LSTM(128) -> last -> Linear(6)'
  runnel explain model.safetensors --json)"},
                              [a, &common] { return explain_command(*a, common); });
  const CLI::Validator any_size = whole_number<int64_t>(1, 1'000'000'000);
  sub->add_option("NETWORK", a->network, "A network as text, or a model file")->required();
  sub->add_option("--batch", a->batch, "How many sequences at a time")->transform(any_size);
  sub->add_option("--seq", a->seq, "Steps of the longest sequence")->transform(any_size);
}

}  // namespace runnel::cli
