#include <algorithm>
#include <fmt/format.h>

#include "runnel/text/show.h"
#include "runnel/trace/gate_meaning.h"
#include "runnel/trace/trace.h"
#include "runnel/trace/trace_error.h"

namespace runnel {
namespace {

constexpr size_t kWordWidth = 15, kLabelWidth = 14;

/// The table of one layer and direction; with the predictions, where `predicted`.
class LayerTable {
 public:
  LayerTable(const Trace& trace, const TracedLayer& layer, bool predicted)
      : trace_(trace), layer_(layer), predicted_(predicted) {
    word_width_ = std::string_view("word").size();
    for (const TracedWord& word : trace.words) word_width_ = std::max(word_width_, columns_of(shown(word)));
  }

  std::string to_string(int64_t sequence) const {
    std::string text = heading_of(layer_) + "\n" + header();
    for (int64_t t = 0; t < trace_.lengths[static_cast<size_t>(sequence)]; ++t) text += line(t, sequence);
    return text;
  }

 private:
  static std::string shown(const TracedWord& word) {
    return word.id == Vocabulary::kUnk ? shortened(word.token, kWordWidth - 2) + " *"
                                       : shortened(word.token, kWordWidth);
  }

  std::string header() const {
    std::string text = "  step";
    if (!trace_.words.empty()) text += fmt::format("  {:<{}}", "word", word_width_);
    text += fmt::format("  {:>6}", "|h|");
    if (layer_.steps.c) text += fmt::format("  {:>6}", "|c|");
    for (const RecordedGate& gate : layer_.steps.gates) {
      if (meaning_of(layer_.kind, gate.name)) text += fmt::format("  {:>4}", gate.name);
    }
    return text + (predicted_ ? "  prediction\n" : "\n");
  }

  std::string line(int64_t step, int64_t sequence) const {
    const StepSummary summary = summary_of(layer_, step, sequence);
    std::string text = fmt::format("  {:>4}", step);
    if (!trace_.words.empty()) {
      const std::string word = shown(trace_.words[static_cast<size_t>(step)]);
      text += "  " + word + std::string(word_width_ - columns_of(word), ' ');
    }
    text += fmt::format("  {:>6.2f}", summary.h_norm);
    if (summary.c_norm) text += fmt::format("  {:>6.2f}", *summary.c_norm);
    for (size_t g = 0; g < summary.gate_means.size(); ++g) {
      if (meaning_of(layer_.kind, layer_.steps.gates[g].name))
        text += fmt::format("  {:>4.2f}", summary.gate_means[g]);
    }
    if (!predicted_) return text + "\n";
    const Prediction& best = trace_.words[static_cast<size_t>(step)].predictions.front();
    return text + fmt::format("  {:>3.0f} %  {}\n", 100 * best.probability,
                              shortened(trace_.labels[static_cast<size_t>(best.label)], kLabelWidth));
  }

  const Trace& trace_;
  const TracedLayer& layer_;
  bool predicted_;
  size_t word_width_ = 0;
};

/// What the columns mean.
std::string legend_of(const Trace& trace) {
  std::string text = "\n  |h|  length of the state h after the step: the root of the sum of its squares\n";
  const auto any = [&](const auto& holds) {
    return std::any_of(trace.layers.begin(), trace.layers.end(), holds);
  };
  if (any([](const TracedLayer& layer) { return layer.steps.c.has_value(); })) {
    text += "  |c|  the same of the cell state c, an LSTM's memory\n";
  }
  bool gates = false;
  for (const GateMeaning& each : gate_meanings()) {
    if (!any([&](const TracedLayer& layer) { return meaning_of(layer.kind, each.gate) == &each; })) continue;
    text += fmt::format("  {:<3}  {}\n", each.gate, each.meaning);
    gates = true;
  }
  if (gates) text += "       (a layer has each gate hidden_size times; the table has their mean)\n";
  if (!trace.words.empty()) {
    text +=
        "  prediction  of the text up to this word, read by itself as if it ended here,\n"
        "       and how likely the network holds it to be\n";
  }
  const bool unknown = std::any_of(trace.words.begin(), trace.words.end(),
                                   [](const TracedWord& word) { return word.id == Vocabulary::kUnk; });
  if (unknown) text += "  *    not in the vocabulary: all such words are read as the same, <unk>\n";
  return text;
}

}  // namespace

std::string trace_text(const Trace& trace, int64_t sequence) {
  const auto batch = static_cast<int64_t>(trace.lengths.size());
  if (sequence < 0 || sequence >= batch) throw errors::no_such_sequence(sequence, batch);
  std::string text = trace.network + "\n";
  if (batch > 1) text += fmt::format("sequence {} of 0 to {}\n", sequence, batch - 1);
  // The predictions stand beside what the rest of the network reads: the last layer, forward.
  const auto last = std::find_if(trace.layers.rbegin(), trace.layers.rend(),
                                 [](const TracedLayer& layer) { return !layer.reverse; });
  for (const TracedLayer& layer : trace.layers) {
    const bool predicted = !trace.words.empty() && &layer == &*last;
    text += "\n" + LayerTable(trace, layer, predicted).to_string(sequence);
  }
  return text + legend_of(trace);
}

}  // namespace runnel
