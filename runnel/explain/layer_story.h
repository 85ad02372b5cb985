#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runnel/explain/story.h"
#include "runnel/explain/wording.h"
#include "runnel/nn/recurrent.h"

namespace runnel {

/// Where the story stands when it comes to a layer.
struct Scene {
  Wording wording;
  bool lone = false;  ///< the network is this layer alone
  Telling telling = Telling::all;
  std::string prefix = {};            ///< of parameter names: "1."
  const TensorStory& data;            ///< what the layer reads
  const Recurrent* before = nullptr;  ///< the recurrent layer whose h_n travels beside the data
};

/// What a layer adds to the story.
struct LayerTelling {
  LayerStory layer = {};  ///< `reads` and `gives` are still empty
  std::vector<TensorStory> states_in = {};
  std::vector<TensorStory> gives = {};  ///< the first is what the next layer reads
  bool reads_state = false;             ///< it takes h_n in place of the data
};

LayerTelling tell_layer(const Layer& layer, const Scene& scene);

/// Of tell_layer: the part of RNN, LSTM and GRU.
LayerTelling tell_recurrent(const Recurrent& layer, const Scene& scene);

/// What else there is to know of such a layer by itself: the other layout, and data without a batch axis.
std::vector<std::string> recurrent_details(const Recurrent& layer, const Shape& input);

/// A tensor of this shape. Axes that the data had before keep their story; `own` are the layer's.
TensorStory tensor_behind(const TensorStory& data, const Shape& shape, const std::vector<AxisStory>& own);

/// "gate·hidden": how the rows of a recurrent weight are made of gates.
AxisStory gate_axis(const Axis& axis, int64_t hidden_size);
/// What goes in: "numbers that describe one step".
std::string feature_meaning(const Wording& wording);
/// "numbers the layer remembers; your choice"
std::string hidden_meaning();

}  // namespace runnel
