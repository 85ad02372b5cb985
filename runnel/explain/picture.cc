#include "runnel/explain/picture.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/picture_rows.h"
#include "runnel/explain/picture_words.h"
#include "runnel/explain/wording.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr double kRowGap = 18;      // between two rows
constexpr double kSmall = 11;       // letters beside blocks
constexpr double kWalkHeight = 46;  // so that two lines stand beside an arrow
constexpr int64_t kLayersDrawn = 6;
constexpr double kDrawingEdge = 5;  // of the drawing, where final states go up

class Picture {
 public:
  Picture(const StoryWords& words, const PictureOptions& options)
      : story_(words.story()),
        words_(words),
        layers_(words.shown().layers),
        grid_(picture_grid(words, options.width)),
        described_(options.described),
        rows_(words.story(), grid_) {}

  Drawing draw() {
    const std::vector<Phrase>& legend = words_.legend();
    for (size_t i = legend.size(); i-- > 0;) rows_.paragraph(legend[i]);
    rows_.add({.height = 6});
    if (unrolled(0)) add_time();
    add_tensors(with_states_of_cell({0}, 0), 0);
    for (size_t i = 0; i < layers_.size(); ++i) add_layer(i);
    rows_.drawing().title = words_.title();
    if (described_) rows_.drawing().description = words_.description();
    return rows_.finish(10, 10);
  }

 private:
  bool unrolled(size_t tensor) const { return words_.tensor(tensor).shape.has(axes::seq); }
  bool reads_state(size_t layer) const {
    return layer < layers_.size() && words_.tensor(layers_[layer].reads[0]).role == TensorRole::state &&
           layers_[layer].walks.empty();
  }

  /// Before a cell its states stand beside the data.
  std::vector<size_t> with_states_of_cell(std::vector<size_t> places, size_t next) const {
    const bool cell = next < layers_.size() && layers_[next].walks.empty() && layers_[next].reads.size() > 1;
    return cell && layers_[next].reads[0] == places[0] ? layers_[next].reads : places;
  }

  /// Where the blocks of these tensors stand: one for each step, or side by side.
  std::vector<double> places_of(const std::vector<size_t>& tensors) const {
    if (unrolled(tensors[0])) return grid_.places();
    std::vector<double> xs;
    const double pitch = (grid_.drawing - 2 * grid_.gutter) / static_cast<double>(tensors.size());
    for (size_t i = 0; i < tensors.size(); ++i) {
      xs.push_back(grid_.gutter + pitch * (static_cast<double>(i) + 0.5));
    }
    return xs;
  }

  // ---- rows of tensors

  /// A block of the tensor at each x.
  void add_blocks(const std::vector<double>& xs, double middle, double width, size_t tensor, Parts label) {
    const Shape& data = words_.tensor(0).shape;
    const int64_t batch = data.has(axes::batch) ? data.size(axes::batch) : 1;
    const Axis axis = words_.last_axis(tensor);
    rows_.drawing().blocks.push_back({.xs = xs,
                                      .middle = middle,
                                      .width = width,
                                      .height = block_height(axis.size),
                                      .axis = StoryWords::color_of(axis),
                                      .size = words_.size_form(tensor),
                                      .shift = grid_.sheet,
                                      .sheets = batch != 1,
                                      .batch = words_.batch_form(),
                                      .label = std::move(label)});
  }

  void add_dots(double middle) {
    for (const PictureGrid::Column& column : grid_.columns) {
      if (column.gap) rows_.text(column.x, middle + 4, Anchor::middle, 13, "soft", {{"…"}});
    }
  }

  /// Tensors in front of layer `next`.
  void add_tensors(const std::vector<size_t>& tensors, size_t next) {
    const std::vector<double> xs = places_of(tensors);
    PictureRow row{.in = flow_, .past = passing_};
    for (const size_t tensor : tensors) {
      row.height = std::max(row.height, words_.room(tensor) + 2 * grid_.sheet);
      row.captions.push_back(&words_.shape(tensor));
      row.captions.push_back(&words_.sentence(tensor));
    }
    const bool cell = next < layers_.size() && layers_[next].reads == tensors;
    flow_.clear();
    if (next < layers_.size() && !reads_state(next))
      flow_ = unrolled(tensors[0]) || cell ? xs : std::vector{xs[0]};
    row.out = flow_;
    row.draw = [&](double, double middle) {
      const bool steps = unrolled(tensors[0]);
      for (size_t i = 0; i < (steps ? 1 : tensors.size()); ++i) {
        const std::vector<double> places = steps ? xs : std::vector{xs[i]};
        add_blocks(places, middle, grid_.block, tensors[i], words_.label(tensors[i]));
        rows_.text_if_room(places[0] - grid_.block / 2 - 6, middle + 4, kSmall, words_.last_size(tensors[i]));
      }
      if (steps) add_dots(middle);
    };
    rows_.add(std::move(row));
    if (next < layers_.size()) gap();
  }

  void gap() {
    PictureRow row{.height = kRowGap, .past = passing_};
    row.past.insert(row.past.end(), flow_.begin(), flow_.end());
    rows_.add(std::move(row));
  }

  void add_time() {
    const Phrase said = words_of({{"the step, counted from 0"}});
    PictureRow row{.height = 18, .captions = {&said}};
    row.draw = [&](double top, double) {
      for (const PictureGrid::Column& column : grid_.columns) {
        rows_.text(column.x, top + 13, Anchor::middle, kSmall, "soft", column.label);
      }
    };
    rows_.add(std::move(row));
  }

  // ---- layers

  void add_layer(size_t i) {
    const LayerStory& layer = layers_[i];
    const TensorStory &read = words_.tensor(layer.reads[0]), &given = words_.tensor(layer.gives[0]);
    if (!layer.walks.empty()) return add_recurrent(i);
    if (reads_state(i)) flow_ = std::exchange(passing_, {});
    // A tensor that is like the one before needs no second row.
    const bool same = layer.parameters.empty() && given.shape == read.shape && i + 1 < layers_.size();
    const std::vector<size_t> behind = with_states_of_cell(layer.gives, i + 1);
    std::vector<double> out = places_of(behind);
    if (!unrolled(layer.gives[0])) out.resize(std::min(out.size(), layer.gives.size()));
    if (same && reads_state(i + 1)) out.clear();
    add_bar(i, {&words_.layer(i).sentence}, out);
    gap();
    if (!same) add_tensors(behind, i + 1);
  }

  /// The layer as it is written and how many parameters it has, in a frame; lines go on from it at `out`.
  void add_bar(size_t i, std::vector<const Phrase*> captions, const std::vector<double>& out) {
    const StoryWords::LayerWords& words = words_.layer(i);
    std::vector<TextLine> lines;
    for (const bool first : {true, false}) {
      for (TextLine& line : broken(first ? words.text : words.count, grid_.drawing - 24, 13, story_)) {
        line.kind = first ? "strong" : "soft";
        lines.push_back(std::move(line));
      }
    }
    PictureRow row{.height = 18 * static_cast<double>(lines.size()) + 10,
                   .captions = std::move(captions),
                   .in = flow_,
                   .out = out,
                   .past = passing_,
                   .panel = !layers_[i].walks.empty()};
    row.draw = [&, height = row.height](double top, double) {
      rows_.drawing().bars.push_back(
          {.x = 1, .y = top, .width = grid_.drawing - 2, .height = height, .kind = "bar"});
      double y = top + 18;
      for (TextLine& line : lines) {
        line.x = grid_.drawing / 2;
        line.y = y;
        line.anchor = Anchor::middle;
        rows_.drawing().texts.push_back(std::move(line));
        y += 18;
      }
    };
    rows_.add(std::move(row));
    flow_ = out;
  }

  // ---- recurrent layers

  void add_recurrent(size_t i) {
    const LayerStory& layer = layers_[i];
    std::vector<const Phrase*> said{&words_.layer(i).sentence};
    for (size_t state = 1; layers_.size() == 1 && state < layer.reads.size(); ++state) {
      said.push_back(&words_.shape(layer.reads[state]));
      said.push_back(&words_.sentence(layer.reads[state]));
    }
    const bool both = layer.walks.size() > 1 && layer.walks[1].reverse;
    const double shift = both ? grid_.shift : 0;
    const int64_t layers = layer.walks.back().layer + 1;
    std::vector<double> out = grid_.places(-shift);
    for (const double x : both ? grid_.places(shift) : std::vector<double>()) out.push_back(x);
    rows_.begin_panel();
    add_bar(i, said, out);
    gap();
    bool skipped = false;
    for (size_t walk = 0; walk < layer.walks.size(); ++walk) {
      const int64_t number = layer.walks[walk].layer;
      const bool drawn = layers <= kLayersDrawn || number < kLayersDrawn / 2 || number + 1 == layers;
      if (drawn && number > 0 && !layer.walks[walk].reverse) add_join(layer, both, skipped);
      if (drawn) add_walk(i, walk, both);
      skipped = !drawn;
    }
    std::vector<const Phrase*> states;
    for (size_t state = 1; state < layer.gives.size(); ++state) {
      states.push_back(&words_.shape(layer.gives[state]));
      states.push_back(&words_.sentence(layer.gives[state]));
    }
    PictureRow row{.height = 4, .captions = states, .past = flow_, .panel = true};
    row.past.insert(row.past.end(), passing_.begin(), passing_.end());
    rows_.add(std::move(row));
    rows_.end_panel();
    gap();
    add_tensors({layer.gives[0]}, i + 1);
  }

  /// Between two layers: both directions side by side go into both.
  void add_join(const LayerStory& layer, bool both, bool skipped) {
    const Phrase& named = words_.shape(layer.gives[0]);
    const Phrase shape(named.begin() + 1, named.end());
    const Phrase where = words_of({{skipped ? "… more layers like these" : "to the layer above"}});
    PictureRow row{.height = skipped ? 40.0 : kRowGap,
                   .captions = {&where, &shape},
                   .in = flow_,
                   .out = flow_,
                   .arrows = false,
                   .panel = true};
    row.draw = [&](double, double middle) {
      for (const double x : both ? grid_.places() : std::vector<double>()) {
        const double half = grid_.shift + 4;
        rows_.drawing().panels.push_back(
            {.x = x - half, .y = middle - 2.5, .width = 2 * half, .height = 5, .kind = "join"});
      }
    };
    rows_.add(std::move(row));
  }

  /// "h_n[2]", or "h_n" where there is but one.
  static std::string place_text(const std::string& name, const LayerStory& layer, size_t walk) {
    return layer.walks.size() == 1 ? name : fmt::format("{}[{}]", name, walk);
  }

  void add_walk(size_t i, size_t walk, bool both) {
    const LayerStory& layer = layers_[i];
    const bool reverse = layer.walks[walk].reverse, lstm = layer.gives.size() > 2;
    const size_t state = layer.gives[1];
    const double width = both ? grid_.pair : grid_.block;
    const std::vector<double> own = grid_.places(both ? (reverse ? grid_.shift : -grid_.shift) : 0);
    PictureRow row{.height = std::max(kWalkHeight, words_.room(state) + 2 * grid_.sheet),
                   .in = own,
                   .out = own,
                   .past = passing_,
                   .panel = true};
    for (const double x : flow_) {
      if (std::find(own.begin(), own.end(), x) == own.end()) row.past.push_back(x);
    }
    const std::vector<std::string>& index = words_.tensor(state).index;
    Phrase name = words_of({{index.empty() ? "the state" : index[walk]}});
    name.back().back().part.text += ",";
    name.push_back(words_.last_word(state));
    const Phrase on = words_of({{fmt::format("{} to the {}", lstm ? "h and c go on" : "h goes on",
                                             reverse ? "step before: it reads from the end" : "next step")}});
    row.captions = {&name};
    if (walk == 0 || (walk == 1 && reverse)) row.captions.push_back(&on);
    const bool taken = takes_state(i) && layer.walks[walk].layer == layer.walks.back().layer;
    const double edge = reverse ? kDrawingEdge : grid_.drawing - kDrawingEdge;
    if (taken) row.out.push_back(edge);
    row.draw = [&](double, double middle) {
      add_blocks(own, middle, width, state, {{(index.empty() ? "state" : index[walk]) + " a step"}});
      add_dots(middle);
      add_state_arrows(own, middle, width, reverse);
      add_ends(layer, walk, middle);
    };
    rows_.add(std::move(row));
    if (taken) passing_.push_back(edge);
  }

  /// Whether h_n of the layer is what a later one reads.
  bool takes_state(size_t i) const {
    for (size_t later = i + 1; later < layers_.size(); ++later) {
      if (layers_[later].walks.empty() && layers_[later].reads[0] == layers_[i].gives[1]) return true;
    }
    return false;
  }

  /// The state goes from block to block, in at one end and out at the other.
  void add_state_arrows(const std::vector<double>& own, double y, double width, bool reverse) {
    std::vector<std::pair<double, double>> stops{{kDrawingEdge, kDrawingEdge}};  // left and right end of each
    size_t block = 0;
    for (const PictureGrid::Column& column : grid_.columns) {
      if (column.gap) {
        stops.emplace_back(column.x - 8, column.x + 8);
      } else {
        stops.emplace_back(own[block] - width / 2, own[block] + width / 2);
        ++block;
      }
    }
    stops.emplace_back(grid_.drawing - kDrawingEdge, grid_.drawing - kDrawingEdge);
    for (size_t stop = 0; stop + 1 < stops.size(); ++stop) {
      const double left = stops[stop].second, right = stops[stop + 1].first;
      rows_.across(reverse ? right : left, reverse ? left : right, y);
    }
  }

  /// What the state is called before the first step and behind the last.
  void add_ends(const LayerStory& layer, size_t walk, double y) {
    const bool reverse = layer.walks[walk].reverse;
    for (const bool begin : {true, false}) {
      const bool left = begin != reverse;
      const double x = left ? kDrawingEdge + 4 : grid_.drawing - kDrawingEdge - 4;
      const Anchor anchor = left ? Anchor::start : Anchor::end;
      const std::string suffix = begin ? "_0" : "_n";
      rows_.text(x, y - 6, anchor, kSmall, "soft", {{place_text("h" + suffix, layer, walk)}});
      if (layer.gives.size() > 2) {
        rows_.text(x, y + 15, anchor, kSmall, "soft", {{place_text("c" + suffix, layer, walk)}});
      }
    }
  }

  const Variations& story_;
  const StoryWords& words_;
  const std::vector<LayerStory>& layers_;
  const PictureGrid grid_;
  const bool described_;
  RowStack rows_;
  std::vector<double> flow_;     // where lines go up from the row below
  std::vector<double> passing_;  // where final states go up to the layer that takes them
};

}  // namespace

Drawing draw(const StoryWords& words, const PictureOptions& options) {
  return Picture(words, options).draw();
}

Drawing draw(const Variations& story, const PictureOptions& options) {
  return draw(StoryWords(story), options);
}

std::string story_svg(const Story& story, const PictureOptions& options) {
  return to_svg(draw(Variations(story), options));
}

}  // namespace runnel
