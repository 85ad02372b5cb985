#include <fmt/format.h>

#include "runnel/explain/layer_story.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// Tells one recurrent layer. K = num_layers, D = directions.
class RecurrentTeller {
 public:
  RecurrentTeller(const Recurrent& layer, const Scene& scene)
      : layer_(layer),
        scene_(scene),
        config_(layer.config()),
        shapes_(layer.shapes(scene.data.shape)),
        lstm_(config_.cell == Cell::lstm) {}

  LayerTelling tell() const {
    LayerTelling telling;
    telling.layer.sentence = sentence();
    telling.layer.walks = walks();
    telling.layer.hidden_size = config_.hidden_size;
    if (scene_.telling == Telling::all) add_sentences(telling.layer);
    telling.states_in = {state("h_0", shapes_.h_n, "zeros unless given")};
    telling.gives = {output(), state("h_n", shapes_.h_n, "the state at the end")};
    if (lstm_) {
      telling.states_in.push_back(state("c_0", shapes_.c_n, "zeros unless given"));
      telling.gives.push_back(state("c_n", shapes_.c_n, "the memory at the end"));
    }
    return telling;
  }

 private:
  void add_sentences(LayerStory& layer) const {
    layer.sizes = sizes();
    layer.equalities = equalities();
    layer.notes = notes();
    if (scene_.lone) layer.details = recurrent_details(layer_, scene_.data.shape);
  }

  bool stacked() const { return config_.num_layers > 1; }
  bool both() const { return config_.bidirectional; }
  bool projected() const { return config_.proj_size > 0; }

  /// hidden_size, or proj_size where the state is projected.
  std::string width_option() const { return projected() ? "proj_size" : "hidden_size"; }
  AxisStory hidden(const Axis& axis, bool cell) const {
    if (cell || !projected()) return {axis, "hidden_size", hidden_meaning()};
    return {axis, "proj_size", "numbers that the layer shows of what it remembers"};
  }

  TensorStory output() const {
    const Axis last = shapes_.output[shapes_.output.rank() - 1];
    const AxisStory wide{last,
                         fmt::format("{} {} × 2 directions", width_option(), grouped(config_.output_size())),
                         "forward, then reverse"};
    TensorStory tensor = tensor_behind(scene_.data, shapes_.output, {both() ? wide : hidden(last, false)});
    tensor.name = "output";
    const std::string layer = stacked() ? fmt::format(" of layer {}", config_.num_layers) : "";
    tensor.sentence =
        fmt::format("the state{} at every step{}", layer, both() ? ", directions side by side" : "");
    return tensor;
  }

  TensorStory state(const std::string& name, const Shape& shape, const std::string& sentence) const {
    const AxisStory stack{
        shape[0],
        fmt::format("num_layers {} × {}", config_.num_layers, counted(config_.directions(), "direction")),
        both() && stacked() ? "layer by layer, forward before reverse"
        : both()            ? "forward, then reverse"
        : stacked()         ? "the lowest layer first"
                            : ""};
    const bool cell = name.starts_with("c");
    TensorStory tensor = tensor_behind(scene_.data, shape, {stack, hidden(shape[shape.rank() - 1], cell)});
    tensor.name = name;
    tensor.role = TensorRole::state;
    tensor.sentence = sentence;
    tensor.index = index();
    return tensor;
  }

  std::vector<Walk> walks() const {
    std::vector<Walk> walks;
    for (int64_t layer = 0; layer < config_.num_layers; ++layer) {
      walks.push_back({layer, false});
      if (both()) walks.push_back({layer, true});
    }
    return walks;
  }

  /// What each place of the first axis of a state is; nothing when there is one place only.
  std::vector<std::string> index() const {
    if (!stacked() && !both()) return {};
    std::vector<std::string> places;
    for (const Walk& walk : walks()) {
      const std::string layer = stacked() ? fmt::format("layer {}", walk.layer + 1) : "";
      const std::string direction = !both() ? "" : walk.reverse ? "reverse" : "forward";
      places.push_back(layer + (stacked() && both() ? " " : "") + direction);
    }
    return places;
  }

  std::string sentence() const {
    std::string text = both() ? "walks along the steps, forward and in reverse, and keeps "
                              : "walks along the steps and keeps ";
    text += counted(config_.hidden_size, "number") + " of memory";
    if (lstm_) text += fmt::format(" (c) and {} that it shows (h)", grouped(config_.output_size()));
    text += " for each " + scene_.wording.sequence;
    if (stacked()) text += fmt::format(", in each of its {} layers", config_.num_layers);
    if (both()) text += stacked() ? " and directions" : ", in each direction";
    return text;
  }

  std::vector<AxisStory> sizes() const {
    std::vector<AxisStory> sizes{
        gate_axis(layer_.named_parameters()[0].variable.shape()[0], config_.hidden_size),
        {{axes::feature, config_.input_size},
         "input_size",
         fmt::format("numbers that come in, a {}", scene_.wording.step)},
        hidden({axes::hidden, config_.hidden_size}, true)};
    if (projected()) sizes.push_back(hidden({"proj", config_.proj_size}, false));
    return sizes;
  }

  /// `place` of the seq axis and `columns` of the last one, as Python writes them.
  std::string output_at(const std::string& place, const std::string& columns) const {
    const std::string front = config_.batch_first ? ":, " + place : place + ", :";
    return fmt::format("output[{}, {}]", front, columns);
  }

  std::vector<std::string> equalities() const {
    const int64_t last = (config_.num_layers - 1) * config_.directions();
    const int64_t width = config_.output_size();
    const std::string end = "last real step";
    if (!both()) return {fmt::format("h_n[{}] = {}", last, output_at(end, ":"))};
    return {fmt::format("h_n[{}] = {}", last, output_at(end, fmt::format(":{}", width))),
            fmt::format("h_n[{}] = {}", last + 1, output_at("0", fmt::format("{}:", width)))};
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    if (scene_.lone) {
      notes = {independence(), layout()};
    } else {
      notes = {lstm_ ? "h_0 and c_0, shaped like h_n and c_n, begin as zeros."
                     : "h_0, shaped like h_n, begins as zeros."};
    }
    if (config_.dropout > 0) {
      notes.push_back(
          stacked() ? fmt::format("dropout={} acts while training, behind every layer but the last.",
                                  config_.dropout)
                    : fmt::format("dropout={} does nothing: it acts between layers, and num_layers is 1.",
                                  config_.dropout));
    }
    if (scene_.lone && (stacked() || both())) {
      notes.push_back(
          "All states of a sequence in one row: h_n.transpose(0, 1), then reshape. h_n.view(batch, -1) mixes "
          "the "
          "sequences.");
    }
    return notes;
  }

  /// The states are as they are whatever describes a step.
  std::string independence() const {
    const std::vector<std::string> weights =
        both() ? std::vector<std::string>{"input", "weight_ih_l0", "weight_ih_l0_reverse"}
               : std::vector<std::string>{"input", "weight_ih_l0"};
    return fmt::format("{} not depend on input_size: another one changes the shapes of {}, no other.",
                       lstm_ ? "h_n and c_n do" : "h_n does", enumerated(weights));
  }

  std::string layout() const {
    const std::vector<std::string> states =
        lstm_ ? std::vector<std::string>{"h_0", "c_0", "h_n", "c_n"} : std::vector<std::string>{"h_0", "h_n"};
    if (config_.batch_first) {
      return fmt::format("batch_first=True moves batch to the front of input and output only, never of {}.",
                         enumerated(states));
    }
    return fmt::format(
        "Without batch_first the layer reads [seq, batch, feature]: seq comes first. batch_first=True moves "
        "batch to the "
        "front of input and output, never of {}.",
        enumerated(states));
  }

  const Recurrent& layer_;
  const Scene& scene_;
  const RecurrentConfig& config_;
  const RecurrentShapes shapes_;
  const bool lstm_;
};

}  // namespace

LayerTelling tell_recurrent(const Recurrent& layer, const Scene& scene) {
  return RecurrentTeller(layer, scene).tell();
}

}  // namespace runnel
