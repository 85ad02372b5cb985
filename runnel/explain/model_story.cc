#include "runnel/explain/model_story.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "runnel/base/error.h"
#include "runnel/explain/layout.h"
#include "runnel/explain/share_out.h"
#include "runnel/explain/wording.h"
#include "runnel/model/input_shape.h"
#include "runnel/nn/init.h"

namespace runnel {
namespace {

/// More layers than a page has room for are told one by one.
constexpr size_t kMostInChain = 1000;

/// The product; nothing when it does not fit.
std::optional<int64_t> product(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}

/// Collects the parts in the order of the text.
class ModelTeller {
 public:
  ModelTeller(const StorySizes& sizes, Telling telling) : sizes_(sizes), telling_(telling) {}

  ModelStory tell(const PrintedModule& model) {
    story_.kind = model.kind;
    add(model, 1, 0, false);
    const int64_t parts = std::ssize(story_.parts);
    share_out(parts, parts >= kPartsWorthThreads,
              [&](int64_t part) { tell_layer_of(story_.parts[static_cast<size_t>(part)]); });
    story_.count = count();
    notes();
    return std::move(story_);
  }

 private:
  void add(const PrintedModule& module, int64_t around, size_t depth, bool in_chain) {
    PartStory part{.path = module.path,
                   .kind = module.kind,
                   .text = module.text,
                   .times = product(around, module.times).value_or(around),
                   .depth = depth,
                   .whole_of_parts = !module.parts.empty()};
    const int64_t times = part.times;
    if (module.kind == "Sequential" && !in_chain) tell_chain_of(module, part);
    in_chain = in_chain || part.chain;
    story_.parts.push_back(std::move(part));
    for (const PrintedModule& each : module.parts) add(each, times, depth + 1, in_chain);
  }

  Story told(const Network& network) const {
    const StorySizes sizes{.batch = sizes_.batch, .seq = reads_steps(network) ? sizes_.seq : std::nullopt};
    return tell_story(network, sizes, telling_);
  }

  void tell_layer_of(PartStory& part) const {
    if (part.whole_of_parts) return;
    if (!is_layer_kind(part.kind)) {
      part.opaque = "no layer that Runnel knows";
      return;
    }
    try {
      const ShapesOnly shapes;
      const Network layer = make_network(part.text);
      part.story = told(layer);
    } catch (const Error& error) {
      part.opaque = error.summary();
    }
  }

  /// Of all layers together.
  ParameterCount count() const {
    std::vector<ParameterCount> counts;
    for (const PartStory& part : story_.parts) {
      if (!part.story) continue;
      ParameterCount& count = counts.emplace_back(part.story->count);
      if (count.value) count.value = product(*count.value, part.times);
    }
    return sum_of(counts);
  }

  /// A layer as it stands in a chain, where batch comes first unless it is said.
  static std::string as_in_chain(const PrintedModule& layer) {
    const bool walks = layer.kind == "RNN" || layer.kind == "LSTM" || layer.kind == "GRU";
    if (!walks || layer.text.find("batch_first") != std::string::npos) return layer.text;
    return layer.text.substr(0, layer.text.size() - 1) + ", batch_first=False)";
  }

  /// A layer of a chain, and what it is called in the Sequential: "2", inside another one "2.0".
  struct ChainLayer {
    std::string text, name;
  };

  /// "4" of the third of "encoder.2-5".
  static std::string name_of(const PrintedModule& part, int64_t place) {
    const std::string name = part.path.substr(part.path.rfind('.') + 1);
    int64_t first = 0;
    std::from_chars(name.data(), name.data() + name.size(), first);
    return part.times == 1 ? name : std::to_string(first + place);
  }

  /// Adds the layers of a Sequential, and of those inside it; false when there is another kind of part.
  static bool add_layers(const PrintedModule& module, const std::string& owner,
                         std::vector<ChainLayer>& layers) {
    for (const PrintedModule& each : module.parts) {
      if (each.parts.empty() ? !is_layer_kind(each.kind) : each.kind != "Sequential") return false;
      for (int64_t i = 0; i < each.times && layers.size() < kMostInChain; ++i) {
        const std::string name = owner + name_of(each, i);
        if (each.parts.empty()) layers.push_back({as_in_chain(each), name});
        if (!each.parts.empty() && !add_layers(each, name + ".", layers)) return false;
      }
    }
    return true;
  }

  /// Gives the parameters the names that they have in the Sequential.
  static void rename_parameters(const std::vector<ChainLayer>& layers, Story& chain) {
    for (size_t i = 0; i < layers.size(); ++i) {
      for (ParameterStory& each : chain.layers[i].parameters) {
        each.name = layers[i].name + each.name.substr(each.name.find('.'));
      }
    }
  }

  void tell_chain_of(const PrintedModule& module, PartStory& part) {
    std::vector<ChainLayer> layers;
    if (!add_layers(module, "", layers) || layers.size() < 2 || layers.size() >= kMostInChain) return;
    std::string text;
    for (const ChainLayer& layer : layers) text += (text.empty() ? "" : " -> ") + layer.text;
    try {
      const ShapesOnly shapes;
      const Network chain = make_network(text, {.part = !part.path.empty()});
      part.chain = told(chain);
      rename_parameters(layers, *part.chain);
    } catch (const Error& error) {
      do_not_fit_.push_back(fmt::format("The parts of {} do not fit together: {}.",
                                        part.path.empty() ? part.kind : part.path, error.summary()));
    }
  }

  bool any(const auto& is) const { return std::any_of(story_.parts.begin(), story_.parts.end(), is); }

  void notes() {
    story_.notes.push_back(
        "print(model) lists the parts of a model, not the order in which data go through them: its forward() "
        "decides "
        "that. So each layer is explained by itself. Only in a Sequential the data go from top to bottom.");
    for (const std::string& note : do_not_fit_) story_.notes.push_back(note);
    if (any([](const PartStory& part) { return part.chain && hands_on_a_state(*part.chain); })) {
      story_.notes.push_back(
          "An RNN, LSTM or GRU gives a tuple, output and states, and PyTorch's Sequential hands on the whole "
          "tuple, "
          "which the next layer cannot read. The story goes on with output.");
    }
    if (any([](const PartStory& part) { return part.kind == "Linear" && part.story; })) {
      story_.notes.push_back("Linear changes the last axis only; axes in front of it stay as they are.");
    }
    if (any([](const PartStory& part) { return part.kind == "RNN" && part.story; })) {
      story_.notes.push_back("Whether an RNN uses tanh or relu is not printed; no shape depends on it.");
    }
    if (any([](const PartStory& part) { return !part.opaque.empty(); })) {
      story_.notes.push_back(
          "Parts marked ? are not explained, and their parameters are not counted; nor are those that a "
          "class holds beside its parts, since they are not printed.");
    }
  }

  /// Whether a layer that gives states stands in front of another one.
  static bool hands_on_a_state(const Story& chain) {
    const auto gives_states = [](const LayerStory& layer) { return layer.gives.size() > 1; };
    return std::any_of(chain.layers.begin(), chain.layers.end() - 1, gives_states);
  }

  const StorySizes sizes_;
  const Telling telling_;
  ModelStory story_;
  std::vector<std::string> do_not_fit_;
};

std::string number_of(const ParameterCount& count) {
  return count.value ? grouped(*count.value) : count.formula;
}

/// One line of the list: what the part is, and how many parameters it has.
Row row_of(const PartStory& part) {
  const std::string indent(2 + 2 * part.depth, ' ');
  const std::string name = part.path.substr(part.path.rfind('.') + 1);
  const std::string times =
      part.times > 1 && !part.whole_of_parts ? fmt::format("{} × ", grouped(part.times)) : "";
  Row row{
      .head = indent + (name.empty() ? "" : name + ": "),
      .rest = indent + "    ",
      .left = (part.opaque.empty() ? times : "? " + times) + (part.whole_of_parts ? part.kind : part.text),
      .breakable = true};
  if (!part.opaque.empty()) row.right = part.opaque;
  if (part.story && !part.story->count.formula.empty()) {
    row.right = times + number_of(part.story->count) + " parameters";
  } else if (part.story) {
    row.right = part.story->layers.front().sentence;
  }
  return row;
}

/// Whether the part stands in a Sequential that is told as a chain.
bool told_in_chain(const ModelStory& story, const PartStory& part) {
  return std::any_of(story.parts.begin(), story.parts.end(),
                     [&](const PartStory& each) { return each.chain && each.holds(part); });
}

/// "lstm", "encoder.lstm and decoder.lstm": the parts that are written like this one.
std::string title_of(const ModelStory& story, const PartStory& part) {
  std::vector<std::string> paths;
  for (const PartStory& each : story.parts) {
    if (each.story && each.text == part.text && !told_in_chain(story, each))
      paths.push_back(each.path.empty() ? each.kind : each.path);
  }
  return enumerated(paths);
}

bool written_before(const ModelStory& story, const PartStory& part) {
  const auto same = [&](const PartStory& each) {
    return each.story && each.text == part.text && !told_in_chain(story, each);
  };
  return &*std::find_if(story.parts.begin(), story.parts.end(), same) != &part;
}

}  // namespace

bool PartStory::holds(const PartStory& other) const {
  return path.empty() ? !other.path.empty() : other.path.starts_with(path + ".");
}

ModelStory tell_story(const PrintedModule& model, const StorySizes& sizes, Telling telling) {
  return ModelTeller(sizes, telling).tell(model);
}

std::vector<ToldPart> told_parts(const ModelStory& story) {
  std::vector<ToldPart> told;
  for (const PartStory& part : story.parts) {
    const NetworkContext context{.part = !part.path.empty()};
    if (part.chain) {
      const std::string name = part.path.empty() ? part.kind : part.path;
      told.push_back({name + ", its parts in their order", &*part.chain, context});
    }
    if (!part.story || part.story->count.formula.empty() || told_in_chain(story, part)) continue;
    if (!written_before(story, part)) told.push_back({title_of(story, part), &*part.story, context});
  }
  return told;
}

std::string parts_text(const ModelStory& story) {
  std::vector<Row> rows;
  for (const PartStory& part : story.parts) rows.push_back(row_of(part));
  return aligned_rows(rows);
}

std::string story_text(const ModelStory& story, const StoryTextOptions& options) {
  std::string page = parts_text(story) + "\n";
  const std::string counted = story.count.formula.empty() ? "none" : number_of(story.count);
  page += hanging("", "    ", "Parameters of the explained parts together: " + counted) + "\n";
  for (const std::string& note : story.notes) {
    if (options.detail != Detail::brief) page += hanging("", "  ", note);
  }
  for (const ToldPart& part : told_parts(story)) {
    page += "\n" + hanging("── ", "   ", part.title) + "\n" + story_text(*part.story, options);
  }
  return page;
}

}  // namespace runnel
