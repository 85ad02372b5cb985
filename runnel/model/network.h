#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "runnel/nn/layer.h"
#include "runnel/nn/sequential.h"

namespace runnel {

/// What a network's text leaves to the data. With ShapesOnly, sizes that nothing tells stay symbolic.
struct NetworkContext {
  std::optional<int64_t> num_embeddings = {};  ///< words of the vocabulary, for `Embedding(100)`
  std::optional<int64_t> input_size = {};      ///< features of the data, for a first layer `LSTM(128)`
  std::optional<int64_t> classes = {};         ///< labels, for a last layer `Linear`
  bool part = false;  ///< of a larger network: what its last Linear gives is called feature, not class
};

/// A network that was made from a text.
struct Network {
  /// One layer by itself, its parameters called `weight_ih_l0`, …; or a Sequential: `1.weight_ih_l0`.
  std::unique_ptr<Layer> module;
  /// Whether a chain said nothing about batch_first, so that batch comes first.
  bool batch_first_by_default = false;
  /// Sentences about what the text may not have meant.
  std::vector<std::string> remarks = {};

  /// The layers in order: the module itself, or those of the Sequential.
  std::vector<Layer*> layers() const;
  /// Whether its first layer reads ids.
  bool reads_ids() const;
  /// Whether the first axis of its data is batch and not seq. Of a network without a recurrent layer: true.
  bool batch_first() const;
};

/// Makes a network from text: a chain of layers, or one layer as PyTorch writes it.
/// The grammar stands in spec.h.
///
///     layers    Embedding, RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell, Linear, Dropout, Tanh, ReLU,
///               Sigmoid with PyTorch's options; last, first, mean, max pool over the steps
///     sizes     what follows from the layer before may be left out: a single number is embedding_dim,
///               hidden_size or out_features
///     order     in a chain, batch comes first unless a layer says batch_first=False; one layer by itself has
///               PyTorch's default, batch_first=False
///     names     the last axis behind a Linear is called class when it is the last layer, else feature
///
/// Throws  OptionError with a mark under the place;
///         ShapeError when a written size does not fit the layer before
Network make_network(std::string_view text, const NetworkContext& context = {},
                     Generator& generator = default_generator());

/// Whether make_network makes layers of this kind.
bool is_layer_kind(const std::string& kind);

}  // namespace runnel
