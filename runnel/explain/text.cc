#include "runnel/explain/text.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/layout.h"
#include "runnel/explain/paint.h"
#include "runnel/explain/wording.h"

namespace runnel {
namespace {

const std::string kIndent = "  ";
/// The way of the data through a chain, and what branches off.
const std::string kBar = "  │", kBranch = "  ├ ", kLastBranch = "  └ ";

std::string blanks_like(const std::string& text) { return std::string(columns(text), ' '); }

/// A number stays beside what it counts.
std::string formula_text(std::string formula) {
  for (const std::string_view noun : {"gates", "directions", "layers"}) {
    formula = replace_all(formula, fmt::format(" {}", noun), fmt::format("{}{}", kNoBreak, noun));
  }
  return formula;
}

/// "[0] forward, [1] reverse"; of many places the first two and the last, unless all are wanted.
std::string index_text(const std::vector<std::string>& index, bool all) {
  std::string text;
  const bool some = index.size() > 4 && !all;
  for (size_t i = 0; i < index.size(); ++i) {
    if (some && i == 2) text += ", …";
    if (some && i >= 2 && i + 1 < index.size()) continue;
    text += (text.empty() ? "" : ", ") + replace_all(fmt::format("[{}] {}", i, index[i]), " ", kNoBreak);
  }
  return text;
}

class StoryPage {
 public:
  StoryPage(const Story& story, const StoryTextOptions& options)
      : story_(story), paint_(options.color), detail_(options.detail) {}

  std::string text() {
    if (story_.lone()) {
      lone_layer();
    } else {
      chain();
    }
    if (!brief()) axes();
    if (!brief()) notes();
    parameters();
    if (!brief()) cost();
    return page_;
  }

 private:
  const TensorStory& tensor(size_t place) const { return story_.tensors[place]; }
  void gap() { page_ += "\n"; }
  bool brief() const { return detail_ == Detail::brief; }
  bool full() const { return detail_ == Detail::full; }

  /// What stands beside the shape of a tensor.
  std::string remark(const TensorStory& tensor, bool with_index) const {
    if (brief()) return "";
    if (!with_index || tensor.index.empty()) return tensor.sentence;
    return tensor.sentence + ": " + index_text(tensor.index, full());
  }

  void lone_layer() {
    const LayerStory& layer = story_.layers.front();
    page_ += hanging("", std::string(layer.kind.size() + 1, ' '), layer.spelled_out);
    gap();
    std::vector<Row> rows;
    add_tensors(layer.reads, "in", rows);
    add_tensors(layer.gives, "out", rows);
    page_ += aligned_rows(rows);
    if (brief()) return;
    gap();
    page_ += hanging("", "",
                     fmt::format("In words: the layer reads {}. It {}.", tensor(0).sentence, layer.sentence));
  }

  void add_tensors(const std::vector<size_t>& places, const std::string& word, std::vector<Row>& rows) const {
    size_t width = 0;
    for (const TensorStory& tensor : story_.tensors) width = std::max(width, columns(tensor.name));
    for (size_t i = 0; i < places.size(); ++i) {
      const TensorStory& each = tensor(places[i]);
      const std::string head = kIndent + padded(i == 0 ? word : "", 5) + padded(each.name, width + 2);
      rows.push_back({.head = head, .rest = blanks_like(head), .left = paint_.shape(each.shape)});
      // Of the data, the words below say more; the second state has the order of the first.
      if (each.role != TensorRole::in) rows.back().right = remark(each, word == "out" && i == 1);
    }
  }

  /// The data flow down the page; what a recurrent layer ends with stands beside its output.
  void chain() {
    page_ += hanging("", kIndent, story_.network);
    gap();
    std::vector<Row> rows;
    if (!story_.preparation.empty()) {
      rows.push_back(
          {.head = beside("text"), .rest = beside(""), .left = story_.preparation, .breakable = true});
    }
    add_on_the_way(0, rows);
    for (const LayerStory& layer : story_.layers) add_layer(layer, rows);
    page_ += aligned_rows(rows);
  }

  static bool branches(const LayerStory& layer) { return layer.gives.size() > 1; }

  /// What stands in front of the shapes of a chain, as wide as the widest of all.
  std::string beside(const std::string& name) const {
    size_t width = columns(tensor(0).name);
    for (const LayerStory& layer : story_.layers) {
      for (const size_t place : layer.gives) {
        const size_t bar = branches(layer) ? columns(kBranch) : 0;
        width = std::max(width, bar + columns(tensor(place).name));
      }
    }
    return kIndent + padded(name, width + 2);
  }

  void add_layer(const LayerStory& layer, std::vector<Row>& rows) const {
    const bool counted = !layer.parameters.empty();
    rows.push_back({.head = kIndent + kBar + " ",
                    .rest = kIndent + kBar + " " + std::string(layer.kind.size() + 1, ' '),
                    .left = counted ? layer.text : layer.text + "  " + layer.sentence,
                    .right = counted ? formula_text(size_of(layer.count)) + " parameters" : "",
                    .breakable = true});
    if (branches(layer)) {
      for (size_t i = 0; i < layer.gives.size(); ++i) {
        const TensorStory& each = tensor(layer.gives[i]);
        const bool end = layer.gives[i] + 1 == story_.tensors.size();
        rows.push_back({.head = beside((end ? kLastBranch : kBranch) + each.name),
                        .rest = beside(end ? "" : kBar),
                        .left = paint_.shape(each.shape),
                        .right = remark(each, i == 1)});
      }
    } else if (counted || !(tensor(layer.gives[0]).shape == tensor(layer.reads[0]).shape)) {
      add_on_the_way(layer.gives[0], rows);
    }
  }

  void add_on_the_way(size_t place, std::vector<Row>& rows) const {
    const TensorStory& each = tensor(place);
    const bool last = place + 1 == story_.tensors.size();
    rows.push_back({.head = beside(each.name),
                    .rest = beside(last ? "" : kBar),
                    .left = paint_.shape(each.shape),
                    .right = remark(each, false)});
  }

  /// "7,320", or the formula where a size is symbolic.
  static std::string size_of(const ParameterCount& count) {
    return count.value ? grouped(*count.value) : count.formula;
  }

  /// Rows of number, axis, origin.
  std::string axis_rows(const std::vector<AxisStory>& axes, const std::string& indent) const {
    size_t sizes = 0, names = 0;
    for (const AxisStory& each : axes) {
      sizes = std::max(sizes, columns(number_of(each)));
      names = std::max(names, columns(each.axis.name.text()));
    }
    std::vector<Row> rows;
    for (const AxisStory& each : axes) {
      const std::string head =
          indent + padded(number_of(each), sizes + 2) + padded(paint_.name(each.axis.name), names);
      rows.push_back({.head = head, .rest = blanks_like(head), .right = each.to_string()});
    }
    return aligned_rows(rows);
  }
  static std::string number_of(const AxisStory& each) {
    return each.axis.symbolic() ? "any" : grouped(each.axis.size);
  }

  /// Every number of every shape once: of the data first, then of the states.
  void axes() {
    std::vector<AxisStory> axes;
    for (const bool states : {false, true}) {
      for (const TensorStory& each : story_.tensors) {
        if ((each.role == TensorRole::state) != states) continue;
        for (const AxisStory& axis : each.axes) {
          if (std::find(axes.begin(), axes.end(), axis) == axes.end()) axes.push_back(axis);
        }
      }
    }
    gap();
    page_ += axis_rows(axes, kIndent);
  }

  /// In a chain, the number of a layer and its kind, as the names of its parameters begin.
  std::string title(const LayerStory& layer) const {
    if (story_.lone()) return "";
    return fmt::format("{}. {}", &layer - story_.layers.data(), layer.kind);
  }

  /// Each note once, though several layers may have it.
  void notes() {
    std::vector<std::string> notes;
    const auto add = [&](const std::string& note) {
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
    };
    for (const LayerStory& layer : story_.layers) {
      for (const std::string& note : layer.notes) add(note);
      const std::string prefix = story_.lone() ? "" : title(layer) + ": ";
      for (const std::string& equality : layer.equalities) add(prefix + equality);
    }
    for (const std::string& note : story_.notes) add(note);
    for (const LayerStory& layer : story_.layers) {
      for (const std::string& detail : layer.details) {
        if (full()) add((story_.lone() ? "" : title(layer) + ": ") + detail);
      }
    }
    if (!notes.empty()) gap();
    for (const std::string& note : notes) page_ += hanging("", kIndent, note);
  }

  void parameters() {
    gap();
    page_ += hanging("", std::string(4, ' '), "Parameters: " + formula_text(worked_out(story_.count)));
    for (const LayerStory& layer : story_.layers) {
      if (layer.parameters.empty()) continue;
      if (!story_.lone()) {
        page_ += hanging(kIndent, std::string(6, ' '),
                         title(layer) + "  " + formula_text(worked_out(layer.count)));
      }
      const std::string indent = story_.lone() ? kIndent : kIndent + kIndent;
      parameter_rows(layer, indent);
      if (!brief()) page_ += axis_rows(layer.sizes, indent);
    }
  }

  void cost() {
    if (!story_.cost) return;
    gap();
    cost_lines(*story_.cost, "", true);
    for (const LayerStory& layer : story_.layers) {
      if (story_.lone() || !full() || !layer.cost) continue;
      page_ += hanging(kIndent, std::string(6, ' '), title(layer));
      cost_lines(*layer.cost, kIndent + kIndent, false);
    }
  }

  void cost_lines(const CostStory& cost, const std::string& indent, bool with_words) {
    const auto line = [&](const std::string& name, const ParameterCount& count, const std::string& words) {
      if (count.formula.empty()) return;
      page_ += hanging(indent, indent + std::string(4, ' '),
                       name + ": " + formula_text(worked_out(count)) + (with_words ? words : ""));
    };
    line("Multiply-adds", cost.multiply_adds,
         "; one for each number of a matrix, each time it is used; 3 times as many in training");
    line("Bytes of weights", cost.weight_bytes, ", 4 bytes a number");
    line("Bytes of activations in training", cost.activation_bytes,
         ": the data, what each layer gives, the gradients of these, and what recurrent layers keep to find "
         "them");
  }

  void parameter_rows(const LayerStory& layer, const std::string& indent) {
    size_t names = 0, shapes = 0, counts = 0;
    const auto count_of = [](const ParameterStory& p) { return p.count ? grouped(*p.count) : std::string(); };
    for (const ParameterStory& p : layer.parameters) {
      names = std::max(names, columns(p.name));
      shapes = std::max(shapes, columns(p.shape.to_string()));
      counts = std::max(counts, count_of(p).size());
    }
    for (const ParameterStory& p : layer.parameters) {
      const std::string line = indent + padded(p.name, names + 2) +
                               padded(paint_.shape(p.shape), shapes + 2) + padded_left(count_of(p), counts);
      page_ += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
  }

  const Story& story_;
  const Paint paint_;
  const Detail detail_;
  std::string page_;
};

}  // namespace

std::string story_text(const Story& story, const StoryTextOptions& options) {
  return StoryPage(story, options).text();
}

}  // namespace runnel
