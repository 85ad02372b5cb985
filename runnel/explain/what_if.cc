#include "runnel/explain/what_if.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/layout.h"
#include "runnel/explain/paint.h"
#include "runnel/explain/wording.h"
#include "runnel/model/change.h"

namespace runnel {
namespace {

/// A shape with its name; of two networks that differ in options alone, the tensors are the same ones.
struct NamedShape {
  std::string name;
  Shape shape;
};

/// With the layer's number in front where several layers have states, or tensors of the same name.
std::vector<NamedShape> tensors_of(const Story& story) {
  struct Found {
    std::string prefix;
    const TensorStory* tensor;
  };
  std::vector<Found> found{{"", &story.tensors[0]}};
  for (size_t i = 0; i < story.layers.size(); ++i) {
    const std::string prefix = fmt::format("{}.", i);
    const LayerStory& layer = story.layers[i];
    // The first that a layer reads is what another one gives, or the data.
    for (size_t k = 1; k < layer.reads.size(); ++k) found.push_back({prefix, &story.tensors[layer.reads[k]]});
    // What works on each number by itself gives the tensor that it reads once more.
    const bool same = layer.parameters.empty() && layer.gives.size() == 1 &&
                      story.tensors[layer.gives[0]].name == story.tensors[layer.reads[0]].name;
    for (const size_t place : layer.gives) {
      if (!same) found.push_back({prefix, &story.tensors[place]});
    }
  }
  const auto walks = [](const LayerStory& layer) { return layer.gives.size() > 1; };
  const bool many = std::count_if(story.layers.begin(), story.layers.end(), walks) > 1;
  std::vector<NamedShape> tensors;
  for (const Found& each : found) {
    const auto namesake = [&](const Found& other) { return other.tensor->name == each.tensor->name; };
    const bool numbered = many || std::count_if(found.begin(), found.end(), namesake) > 1;
    tensors.push_back({(numbered ? each.prefix : "") + each.tensor->name, each.tensor->shape});
  }
  return tensors;
}

std::vector<NamedShape> parameters_of(const Story& story) {
  std::vector<NamedShape> parameters;
  for (const LayerStory& layer : story.layers) {
    for (const ParameterStory& each : layer.parameters) parameters.push_back({each.name, each.shape});
  }
  return parameters;
}

std::optional<Shape> shape_called(const std::string& name, const std::vector<NamedShape>& list) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const NamedShape& each) { return each.name == name; });
  return found == list.end() ? std::nullopt : std::optional(found->shape);
}

std::vector<ShapeChange> compared(const std::vector<NamedShape>& before,
                                  const std::vector<NamedShape>& after) {
  std::vector<ShapeChange> changes;
  for (const NamedShape& each : before) {
    const std::optional<Shape> now = shape_called(each.name, after);
    if (!now || !(*now == each.shape)) changes.push_back({each.name, each.shape, now});
  }
  for (const NamedShape& each : after) {
    if (!shape_called(each.name, before)) changes.push_back({each.name, std::nullopt, each.shape});
  }
  return changes;
}

/// What holds of the network; with its notes, or the equalities alone.
std::vector<std::string> sentences_of(const Story& story, bool with_notes) {
  std::vector<std::string> sentences;
  for (size_t i = 0; i < story.layers.size(); ++i) {
    const LayerStory& layer = story.layers[i];
    const std::string prefix = story.lone() ? "" : fmt::format("{}. {}: ", i, layer.kind);
    for (const std::string& each : layer.equalities) sentences.push_back(prefix + each);
    if (!with_notes) continue;
    for (const std::string& each : layer.notes) sentences.push_back(prefix + each);
    // What a layer without parameters does is all that there is to tell of it.
    if (layer.parameters.empty()) sentences.push_back(prefix + layer.sentence);
  }
  return sentences;
}

std::vector<std::string> without(std::vector<std::string> list, const std::vector<std::string>& others) {
  std::erase_if(list, [&](const std::string& each) {
    return std::find(others.begin(), others.end(), each) != others.end();
  });
  return list;
}

void compare_numbers(const Story& before, const Story& after, WhatIf& result) {
  const auto add = [&](const std::string& name, const ParameterCount& old, const ParameterCount& now) {
    if (old.value != now.value || old.formula != now.formula) result.numbers.push_back({name, old, now});
  };
  add("parameters", before.count, after.count);
  if (!before.cost || !after.cost) return;
  add("multiply-adds", before.cost->multiply_adds, after.cost->multiply_adds);
  add("bytes of weights", before.cost->weight_bytes, after.cost->weight_bytes);
  add("bytes of activations", before.cost->activation_bytes, after.cost->activation_bytes);
}

/// The size of the data that a change gives a value, if it does.
std::optional<int64_t>* size_called(const std::string& name, StorySizes& sizes) {
  return name == "batch" ? &sizes.batch : name == "seq" ? &sizes.seq : nullptr;
}

// --- the page ---

constexpr const char* kArrow = "→  ";

bool same_axes(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Axis& one, const Axis& other) { return one.name == other.name; });
}

/// "hidden=40", the axes that differ; the whole shape where others axes stand there, or none did before.
std::string after_text(const ShapeChange& change, const Paint& paint) {
  if (!change.after) return "gone";
  if (!change.before || !same_axes(*change.before, *change.after)) return paint.shape(*change.after);
  std::string text;
  for (int64_t i = 0; i < change.after->rank(); ++i) {
    const Axis axis = (*change.after)[i];
    if (axis == (*change.before)[i]) continue;
    const std::string shown = paint.shape(Shape({axis}));
    text += (text.empty() ? "" : ", ") + shown.substr(1, shown.size() - 2);
  }
  return text;
}

/// More rows than this are too many to read: then those that change in the same way share one.
constexpr size_t kMostRows = 24;

std::vector<Row> rows_of(const std::vector<ShapeChange>& changes, const Paint& paint) {
  std::vector<std::vector<const ShapeChange*>> groups;
  for (const ShapeChange& change : changes) {
    const auto same = [&](const std::vector<const ShapeChange*>& group) {
      return group[0]->before == change.before && group[0]->after == change.after;
    };
    const auto found =
        changes.size() > kMostRows ? std::find_if(groups.begin(), groups.end(), same) : groups.end();
    if (found == groups.end()) {
      groups.push_back({&change});
    } else {
      found->push_back(&change);
    }
  }
  std::vector<Row> rows;
  for (const auto& group : groups) {
    const ShapeChange& first = *group[0];
    const std::string others = group.size() > 1 ? fmt::format(" + {} more", group.size() - 1) : "";
    rows.push_back({.head = first.name + others,
                    .rest = {},
                    .left = first.before ? paint.shape(*first.before) : "none",
                    .right = kArrow + after_text(first, paint)});
  }
  return rows;
}

std::string number_text(const ParameterCount& count) {
  if (count.value) return grouped(*count.value);
  return count.formula.empty() ? "none" : count.formula;
}

/// Rows under each other, the part behind the names in one column.
std::string block(std::vector<Row> rows) {
  size_t width = 0;
  for (const Row& row : rows) width = std::max(width, columns(row.head));
  for (Row& row : rows) {
    row.head = "  " + padded(row.head, width + 2);
    row.rest = std::string(columns(row.head), ' ');
  }
  return aligned_rows(rows);
}

}  // namespace

bool WhatIf::nothing() const {
  return tensors.empty() && parameters.empty() && numbers.empty() && gone.empty() && come.empty();
}

WhatIf what_if(std::string_view network, std::span<const std::string> changes, const StorySizes& sizes,
               const NetworkContext& context) {
  std::vector<OptionChange> of_options;
  StorySizes sizes_after = sizes;
  for (const std::string& text : changes) {
    const OptionChange change = parse_change(text);
    std::optional<int64_t>* size = change.layer.empty() ? size_called(change.option, sizes_after) : nullptr;
    if (size) {
      *size = change.size();
    } else {
      of_options.push_back(change);
    }
  }
  // Both with the same ways of writing, so that nothing differs but the changes.
  const Story before = tell_story(changed_network(network, {}), sizes, context);
  const Story after = tell_story(changed_network(network, of_options), sizes_after, context);
  WhatIf result{.before = before.network,
                .after = after.network,
                .tensors = compared(tensors_of(before), tensors_of(after)),
                .parameters = compared(parameters_of(before), parameters_of(after)),
                .numbers = {},
                .gone = without(sentences_of(before, false), sentences_of(after, false)),
                .come = without(sentences_of(after, true), sentences_of(before, true))};
  compare_numbers(before, after, result);
  return result;
}

std::string what_if_text(const WhatIf& changes, const StoryTextOptions& options) {
  const Paint paint(options.color);
  std::string page;
  if (changes.before == changes.after) {
    page = hanging("", "  ", changes.before);
  } else if (const std::string both = changes.before + "  " + kArrow + changes.after;
             columns(both) <= kPageWidth) {
    page = both + "\n";
  } else {
    page = hanging("", "  ", changes.before) + hanging(kArrow, "   ", changes.after);
  }
  if (changes.nothing()) return page + "\nNothing changes: no shape, no number, no sentence of the story.\n";
  std::vector<Row> numbers;
  for (const NumberChange& each : changes.numbers) {
    numbers.push_back({.head = each.name,
                       .rest = {},
                       .left = number_text(each.before),
                       .right = kArrow + number_text(each.after)});
  }
  for (const auto& rows : {rows_of(changes.tensors, paint), rows_of(changes.parameters, paint), numbers}) {
    if (!rows.empty()) page += "\n" + block(rows);
  }
  if (changes.tensors.empty() && changes.parameters.empty()) page += "\nNo shape changes.\n";
  if (!changes.gone.empty()) page += "\nNo longer:\n";
  for (const std::string& each : changes.gone) page += hanging("  ", "    ", each);
  if (!changes.come.empty()) page += changes.gone.empty() ? "\nNow:\n" : "Now:\n";
  for (const std::string& each : changes.come) page += hanging("  ", "    ", each);
  return page;
}

}  // namespace runnel
