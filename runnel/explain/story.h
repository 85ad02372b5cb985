#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/explain/cost.h"
#include "runnel/explain/parameter_count.h"
#include "runnel/model/network.h"
#include "runnel/model/text_classifier.h"
#include "runnel/tensor/shape.h"

/// The story of a network as data: every tensor on the way with its named shape, and for each number
/// what it is and where it comes from. Text, JSON and pictures are made from it. All shapes come from
/// the modules themselves.
namespace runnel {

/// The sizes that only the data tell, each 0 or more. What is absent stays symbolic:
/// [batch, seq, feature=100].
struct StorySizes {
  std::optional<int64_t> batch = {};
  std::optional<int64_t> seq = {};
};

/// One axis of a shape, and the answer to "what is this number, and where does it come from?".
struct AxisStory {
  Axis axis;
  std::string source;        ///< "your data", "input_size", "num_layers 1 × 1 direction"
  std::string meaning = {};  ///< "numbers that describe one step"; may be empty

  /// "input_size: numbers that describe one step"
  std::string to_string() const;
  friend bool operator==(const AxisStory&, const AxisStory&) = default;
};

enum class TensorRole {
  in,     ///< what the network is given
  out,    ///< what a layer gives
  state,  ///< what a recurrent layer begins or ends with: h_0, c_0, h_n, c_n
};
/// "in", "out", "state"
std::string to_string(TensorRole role);

/// A tensor on the way.
struct TensorStory {
  std::string name = {};  ///< "ids", "words", "input", "h_0", "output", "h_n", "logits"
  TensorRole role = TensorRole::out;
  Shape shape = {};
  std::vector<AxisStory> axes = {};  ///< one for each axis of `shape`, in its order
  std::string sentence = {};         ///< what it holds, in plain words
  std::vector<std::string> index =
      {};  ///< what each place of the first axis is: "layer 1 forward"; or nothing

  friend bool operator==(const TensorStory&, const TensorStory&) = default;
};

/// A parameter of a layer.
struct ParameterStory {
  std::string name;  ///< PyTorch's, "1.weight_ih_l0"
  Shape shape;
  std::optional<int64_t> count;  ///< absent when a size is symbolic

  friend bool operator==(const ParameterStory&, const ParameterStory&) = default;
};

/// One way of a recurrent layer along the steps.
struct Walk {
  int64_t layer = 0;  ///< from 0, the lowest
  bool reverse = false;

  friend bool operator==(const Walk&, const Walk&) = default;
};

struct LayerStory {
  std::string kind = {};         ///< "LSTM", "last"
  std::string text = {};         ///< as PyTorch writes it: `LSTM(100, 128, batch_first=True)`
  std::string spelled_out = {};  ///< each size with its name: `LSTM(input_size=100, hidden_size=128, …`
  std::string sentence = {};     ///< what it does, without a subject: "walks along the steps and …"
  /// Places in Story::tensors. The first of `gives` is what the next layer reads, unless that one takes h_n.
  std::vector<size_t> reads = {}, gives = {};
  std::vector<ParameterStory> parameters = {};
  ParameterCount count = {};
  std::optional<CostStory> cost = {};        ///< nothing where a size is symbolic that it depends on
  std::vector<AxisStory> sizes = {};         ///< numbers that only its parameters have
  std::vector<std::string> equalities = {};  ///< "h_n[0] = output[:, last real step, :]"
  std::vector<std::string> notes = {};       ///< sentences
  std::vector<Walk> walks = {};  ///< of RNN, LSTM and GRU: one for each place of the first axis of h_n
  int64_t hidden_size = 0;       ///< of a recurrent layer or a cell
  std::vector<std::string> details = {};  ///< sentences for who wants to know all

  friend bool operator==(const LayerStory&, const LayerStory&) = default;
};

struct Story {
  std::string network;               ///< the layers as text
  std::string preparation;           ///< how a text becomes ids; of a model that reads texts
  std::vector<TensorStory> tensors;  ///< in the order that the data take
  std::vector<LayerStory> layers;
  ParameterCount count;            ///< of all layers
  std::optional<CostStory> cost;   ///< of the data and all layers
  std::vector<std::string> notes;  ///< about the whole

  /// Whether it is one layer by itself, and not a chain.
  bool lone() const { return layers.size() == 1; }
};

/// The shape of the data that the story of a network begins with. Throws  as tell_story does.
Shape told_input(const Network& network, const StorySizes& sizes);

/// How much a story tells: all, or what pictures show. These leave out what layers cost, and of a layer
/// `spelled_out`, `sizes`, `equalities`, `notes` and `details`.
enum class Telling { all, for_picture };

/// Tells the story. Throws  ShapeError when the layers do not fit together.
Story tell_story(const Network& network, const StorySizes& sizes = {}, Telling telling = Telling::all);

/// The same for a network as text, of any size at once. Throws  OptionError, ShapeError as make_network does.
Story tell_story(std::string_view network, const StorySizes& sizes = {}, const NetworkContext& context = {},
                 Telling telling = Telling::all);
/// The same for a model: what its tokenizer, vocabulary and labels decide is told too.
Story tell_story(const TextClassifier& model, const StorySizes& sizes = {});

}  // namespace runnel
