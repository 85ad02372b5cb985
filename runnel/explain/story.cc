#include "runnel/explain/story.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/layer_story.h"
#include "runnel/model/input_shape.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/init.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/recurrent.h"
#include "runnel/ops/recurrence.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

template <class Kind>
bool is(const Layer* layer) {
  return dynamic_cast<const Kind*>(layer) != nullptr;
}

/// What a network wants to be given, and in what words to speak of it.
struct Reader {
  Shape shape;
  bool ids = false;
  bool steps = false;  ///< whether the data have a seq axis
  bool cell = false;   ///< whether the data are one step of sequences
  std::string feature_source = "your data";
};

Reader reader_of(const Network& network, const StorySizes& sizes) {
  const Layer* layer = reading_layer(network);
  Reader reader{.shape = input_shape(network, {.seq = reads_steps(network) || sizes.seq}),
                .ids = is<Embedding>(layer),
                .cell = is<CellModule>(layer)};
  reader.steps = reader.shape.has(axes::seq);
  if (layer) reader.feature_source = is<Linear>(layer) ? "in_features" : "input_size";
  if (sizes.batch) reader.shape = reader.shape.with_size(axes::batch, *sizes.batch);
  if (sizes.seq && reader.steps) reader.shape = reader.shape.with_size(axes::seq, *sizes.seq);
  return reader;
}

Wording wording_of(const Reader& reader) {
  if (reader.ids) return {"word", "sentence"};
  return reader.steps || reader.cell ? Wording{} : Wording{"row", "row"};
}

/// "3 sentences of 10 words, a number a word"
std::string data_sentence(const Reader& reader, const StorySizes& sizes, const Wording& w) {
  std::string text = reader.cell ? "one step of " : "";
  text += sizes.batch ? counted(*sizes.batch, w.sequence) : w.sequence + "s";
  if (sizes.seq && reader.steps) text += " of " + counted(*sizes.seq, w.step);
  if (reader.ids) return text + ", a number a " + w.step;
  const int64_t features = reader.shape.size(axes::feature);
  return features == Axis::kSymbolic ? text
                                     : fmt::format("{}, {} a {}", text, counted(features, "number"), w.step);
}

AxisStory data_axis(const Axis& axis, const Reader& reader, const Wording& w) {
  if (axis.name == axes::batch) return {axis, "your data", fmt::format("how many {}s at a time", w.sequence)};
  if (axis.name == axes::feature) return {axis, reader.feature_source, feature_meaning(w)};
  const std::string example = w.step == "step" ? " (words, hours)" : "";
  return {axis, "your data", fmt::format("{}s of the longest {}{}", w.step, w.sequence, example)};
}

TensorStory data_of(const Network& network, const StorySizes& sizes, const Wording& w) {
  const Reader reader = reader_of(network, sizes);
  TensorStory data{.name = reader.ids ? "ids" : "input", .role = TensorRole::in, .shape = reader.shape};
  for (const Axis& axis : reader.shape) data.axes.push_back(data_axis(axis, reader, w));
  data.sentence = data_sentence(reader, sizes, w);
  return data;
}

/// Follows the data through the layers.
class Teller {
 public:
  Teller(const Network& network, const StorySizes& sizes, const Wording& wording,
         Telling telling = Telling::all)
      : network_(network), sizes_(sizes), wording_(wording), telling_(telling) {
    story_.tensors.push_back(data_of(network, sizes, wording));
  }

  Story tell() {
    const auto layers = network_.layers();
    std::vector<ParameterCount> counts;
    for (size_t i = 0; i < layers.size(); ++i) {
      follow(*layers[i], layers.size() == 1, i);
      counts.push_back(story_.layers.back().count);
    }
    story_.network = network_.module->to_string();
    story_.count = sum_of(counts);
    if (const auto costs = telling_ == Telling::all ? tell_costs(network_, sizes_) : std::nullopt) {
      story_.cost = costs->sum;
      for (size_t i = 0; i < layers.size(); ++i) story_.layers[i].cost = costs->parts[i + 1];
    }
    story_.notes = network_.remarks;
    if (network_.batch_first_by_default) {
      story_.notes.push_back("In a chain batch comes first unless a layer says batch_first=False.");
    }
    if (multiplies_its_table()) {
      story_.notes.push_back(
          "There are at most half as many words in the table as in a call, so Runnel multiplies the table "
          "once in "
          "place of every word: fewer multiply-adds and activations than below.");
    }
    return std::move(story_);
  }

 private:
  /// Whether a call costs less than each word by itself does.
  bool multiplies_its_table() const {
    const auto layers = network_.layers();
    const auto* table = dynamic_cast<const Embedding*>(layers[0]);
    if (!table || layers.size() < 2 || !is<Recurrent>(layers[1]) || !sizes_.batch || !sizes_.seq)
      return false;
    return table->read_as_table(*sizes_.batch * *sizes_.seq);
  }

  void follow(const Layer& layer, bool lone, size_t number) {
    LayerTelling telling = tell_layer(layer, {.wording = wording_,
                                              .lone = lone,
                                              .telling = telling_,
                                              .prefix = lone ? "" : fmt::format("{}.", number),
                                              .data = story_.tensors[data_],
                                              .before = before_});
    telling.layer.reads = {telling.reads_state ? state_ : data_};
    for (TensorStory& state : telling.states_in) telling.layer.reads.push_back(add(std::move(state)));
    for (TensorStory& tensor : telling.gives) telling.layer.gives.push_back(add(std::move(tensor)));
    data_ = telling.layer.gives.front();
    story_.layers.push_back(std::move(telling.layer));
    // The final states pass an elementwise layer together with the data; any other layer leaves them behind.
    if (const auto* recurrent = dynamic_cast<const Recurrent*>(&layer)) {
      before_ = recurrent;
      state_ = story_.layers.back().gives[1];
    } else if (!is<Elementwise>(&layer)) {
      before_ = nullptr;
    }
  }

  size_t add(TensorStory tensor) {
    story_.tensors.push_back(std::move(tensor));
    return story_.tensors.size() - 1;
  }

  const Network& network_;
  const StorySizes sizes_;
  const Wording wording_;
  const Telling telling_;
  Story story_;
  size_t data_ = 0;   // the tensor that the next layer reads
  size_t state_ = 0;  // h_n of before_
  const Recurrent* before_ = nullptr;
};

/// Says of a size that it is the model's: its words, its labels.
void rename_source(Story& story, AxisName name, const std::string& source, const std::string& meaning) {
  const auto rename = [&](std::vector<AxisStory>& axes) {
    for (AxisStory& axis : axes) {
      if (axis.axis.name == name) axis = {axis.axis, source, meaning};
    }
  };
  for (TensorStory& tensor : story.tensors) rename(tensor.axes);
  for (LayerStory& layer : story.layers) rename(layer.sizes);
}

}  // namespace

std::string AxisStory::to_string() const {
  if (source.empty() || meaning.empty()) return source + meaning;
  return source + ": " + meaning;
}

std::string to_string(TensorRole role) {
  switch (role) {
    case TensorRole::in:
      return "in";
    case TensorRole::out:
      return "out";
    case TensorRole::state:
      return "state";
  }
  return "";
}

Shape told_input(const Network& network, const StorySizes& sizes) { return reader_of(network, sizes).shape; }

Story tell_story(const Network& network, const StorySizes& sizes, Telling telling) {
  return Teller(network, sizes, wording_of(reader_of(network, sizes)), telling).tell();
}

Story tell_story(std::string_view text, const StorySizes& sizes, const NetworkContext& context,
                 Telling telling) {
  const ShapesOnly shapes;
  return tell_story(make_network(text, context), sizes, telling);
}

Story tell_story(const TextClassifier& model, const StorySizes& sizes) {
  const TokenizerOptions& options = model.tokenizer.options();
  const bool characters = options.kind == TokenizerKind::characters;
  const Wording w = characters ? Wording{"character", "text"} : Wording{"word", "sentence"};
  Story story = Teller(model.network, sizes, w).tell();
  story.preparation =
      fmt::format("cut into {}s{}{}, each looked up in the vocabulary of {}: its number", w.step,
                  options.kind == TokenizerKind::whitespace ? " at the blanks" : "",
                  options.lowercase ? ", in lower case" : "", grouped(model.vocabulary.size()));
  rename_source(story, axes::vocab, "vocabulary",
                fmt::format("{}s of the vocabulary, <pad> and <unk> among them", w.step));
  rename_source(story, axes::class_, "labels", "a score for each label that the model knows");
  return story;
}

}  // namespace runnel
