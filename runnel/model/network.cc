#include "runnel/model/network.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "runnel/model/chain_fix.h"
#include "runnel/model/input_shape.h"
#include "runnel/model/signature.h"
#include "runnel/model/spec_error.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/init.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/pooling.h"
#include "runnel/nn/rnn.h"
#include "runnel/tensor/axes.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

/// More layers than any network has; so a slip, or a model file that lies, does not fill the memory
/// with layers.
constexpr int64_t kMostLayers = 1000;
/// More numbers than any memory has, of one layer or of all; so that sums and products of them, as for what a network
/// costs, do not overflow.
constexpr int64_t kMostParameters = 1'000'000'000'000'000'000;

/// Makes the layers of one chain, one after the other; knows the shape that travels between them.
class NetworkBuilder {
 public:
  NetworkBuilder(const ChainSpec& chain, const NetworkContext& context, Generator& generator)
      : chain_(chain), context_(context), generator_(generator) {}

  static bool knows(const std::string& kind) { return pooling_kind(kind) || makers().contains(kind); }

  Network build() {
    batch_first_ = batch_stands_first();
    Network network;
    auto sequence = std::make_unique<Sequential>();
    for (const LayerSpec& layer : chain_.layers) {
      if (layer.kind == "Embedding" && &layer != &chain_.layers.front()) {
        throw errors::ids_lost(chain_, layer, *(&layer - 1));
      }
      std::unique_ptr<Layer> made = make(layer);
      count_parameters_of(*made);
      const auto named = is_recurrent(layer) ? with_batch_first_named(chain_, layer) : std::nullopt;
      if (named) {
        network.remarks.push_back(errors::flag_is_bias(layer, *named));
      }
      follow(layer, *made);
      if (chain_.lone()) {
        network.module = std::move(made);
      } else {
        sequence->add(std::move(made));
      }
    }
    if (!chain_.lone()) network.module = std::move(sequence);
    if (chain_.placed) network.remarks.push_back(errors::placement_left_out());
    network.batch_first_by_default = batch_first_by_default_;
    return network;
  }

 private:
  using Maker = std::function<std::unique_ptr<Layer>(NetworkBuilder&, const LayerSpec&)>;

  static const std::map<std::string, Maker>& makers() {
    static const std::map<std::string, Maker> table = {
        {"Embedding", [](auto& b, auto& layer) { return b.embedding(layer); }},
        {"RNN", [](auto& b, auto& layer) { return b.rnn(layer); }},
        {"LSTM", [](auto& b, auto& layer) { return b.lstm(layer); }},
        {"GRU", [](auto& b, auto& layer) { return b.gru(layer); }},
        {"RNNCell", [](auto& b, auto& layer) { return b.rnn_cell(layer); }},
        {"LSTMCell", [](auto& b, auto& layer) { return b.template cell<LSTMCell>(layer); }},
        {"GRUCell", [](auto& b, auto& layer) { return b.template cell<GRUCell>(layer); }},
        {"Linear", [](auto& b, auto& layer) { return b.linear(layer); }},
        {"Dropout", [](auto& b, auto& layer) { return b.dropout(layer); }},
        {"Tanh", [](auto& b, auto& layer) { return b.activation(layer, ActivationKind::tanh); }},
        {"ReLU", [](auto& b, auto& layer) { return b.activation(layer, ActivationKind::relu); }},
        {"Sigmoid", [](auto& b, auto& layer) { return b.activation(layer, ActivationKind::sigmoid); }},
    };
    return table;
  }

  static bool is_recurrent(const LayerSpec& layer) {
    return layer.kind == "RNN" || layer.kind == "LSTM" || layer.kind == "GRU";
  }

  std::unique_ptr<Layer> make(const LayerSpec& layer) {
    if (const auto pooling = pooling_kind(layer.kind)) {
      BoundArguments(chain_, layer);
      return std::make_unique<Pooling>(*pooling);
    }
    const auto found = makers().find(layer.kind);
    if (found != makers().end()) return found->second(*this, layer);
    std::vector<std::string> known = {"last", "first", "mean", "max"};
    for (const auto& [name, maker] : makers()) known.push_back(name);
    throw errors::unknown_layer(chain_, layer, known);
  }

  void count_parameters_of(const Layer& layer) {
    for (const NamedParameter& parameter : layer.named_parameters()) {
      const Shape& shape = parameter.variable.shape();
      if (!shape.symbolic()) parameters_left_ -= std::min(shape.count(), kMostParameters + 1);
      if (parameters_left_ < 0) throw errors::too_many_parameters(kMostParameters);
    }
  }

  /// The shape behind the layer, once a layer has told what the data are. A layer that gets data of
  /// another size says so itself.
  void follow(const LayerSpec& spec, const Layer& layer) {
    if (!shape_) {
      shape_ = input_shape(layer, {}, batch_first_);
      if (!shape_) return;
    }
    try {
      shape_ = layer.output_shape(*shape_);
    } catch (const ShapeError& error) {
      const std::string fix = readable(chain_, spec, *shape_);
      if (fix.empty()) throw;
      throw errors::with_fix(error, fix);
    }
  }

  /// The number of features in front of the layer that is made next, when the chain tells it.
  std::optional<int64_t> features_before() const {
    if (!shape_ || shape_->rank() == 0) return context_.input_size;
    const Axis last = (*shape_)[shape_->rank() - 1];
    return last.symbolic() ? std::nullopt : std::optional(last.size);
  }

  static int64_t symbolic_or_throw(const OptionError& error) {
    if (!ShapesOnly::active()) throw error;
    return Axis::kSymbolic;
  }

  std::unique_ptr<Layer> embedding(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    const auto dim = given.size("embedding_dim");
    if (!dim) throw errors::size_not_known(chain_, layer, "embedding_dim");
    auto words = given.size("num_embeddings");
    if (!words) words = context_.num_embeddings;
    if (!words) {
      words = symbolic_or_throw(errors::size_not_known(chain_, layer, "num_embeddings"));
    }
    return std::make_unique<Embedding>(EmbeddingOptions{.num_embeddings = *words,
                                                        .embedding_dim = *dim,
                                                        .padding_idx = given.integer("padding_idx"),
                                                        .sparse = given.flag("sparse").value_or(false)},
                                       generator_);
  }

  std::unique_ptr<Layer> linear(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    const bool last = &layer == &chain_.layers.back();
    auto in = given.size("in_features"), out = given.size("out_features");
    if (!in) in = features_before();
    if (!in) throw errors::size_not_known(chain_, layer, "in_features");
    if (!out && last) out = context_.classes;
    if (!out) {
      const auto error = errors::size_not_known(chain_, layer, "out_features");
      if (!last) throw error;
      out = symbolic_or_throw(error);
    }
    return std::make_unique<Linear>(
        LinearOptions{.in_features = *in,
                      .out_features = *out,
                      .bias = given.flag("bias").value_or(true),
                      .out_axis = last && !chain_.lone() && !context_.part ? axes::class_ : axes::feature},
        generator_);
  }

  std::unique_ptr<Layer> dropout(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    static_cast<void>(given.flag("inplace"));  // changes memory and no number
    return std::make_unique<Dropout>(DropoutOptions{.p = given.number("p").value_or(0.5)});
  }

  std::unique_ptr<Layer> activation(const LayerSpec& layer, ActivationKind kind) {
    static_cast<void>(BoundArguments(chain_, layer).flag("inplace"));
    return std::make_unique<Activation>(kind);
  }

  /// input_size and hidden_size of a layer or cell.
  std::pair<int64_t, int64_t> recurrent_sizes(const LayerSpec& layer, const BoundArguments& given) const {
    const auto input = given.size("input_size"), hidden = given.size("hidden_size");
    const auto features = input ? input : features_before();
    if (!features) throw errors::size_not_known(chain_, layer, "input_size");
    if (!hidden) throw errors::size_not_known(chain_, layer, "hidden_size");
    return {*features, *hidden};
  }

  /// Fills in the options that RNN, LSTM and GRU share.
  template <class Options>
  Options recurrent(const LayerSpec& layer, const BoundArguments& given) {
    Options o;
    std::tie(o.input_size, o.hidden_size) = recurrent_sizes(layer, given);
    o.num_layers = given.size("num_layers", kMostLayers).value_or(1);
    o.bias = given.flag("bias").value_or(true);
    o.dropout = given.number("dropout").value_or(0.0);
    o.bidirectional = given.flag("bidirectional").value_or(false);
    const auto batch_first = given.flag("batch_first");
    if (!batch_first && !chain_.lone()) batch_first_by_default_ = true;
    o.batch_first = batch_first.value_or(batch_first_);
    return o;
  }

  /// Which axis of the data comes first: what the first recurrent layer says, else the default of a chain
  /// or of a lone layer.
  bool batch_stands_first() const {
    for (const LayerSpec& layer : chain_.layers) {
      if (!is_recurrent(layer)) continue;
      return BoundArguments(chain_, layer).flag("batch_first").value_or(!chain_.lone());
    }
    return true;
  }

  template <class CellType>
  std::unique_ptr<Layer> cell(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    const auto [input, hidden] = recurrent_sizes(layer, given);
    return std::make_unique<CellType>(
        CellOptions{.input_size = input, .hidden_size = hidden, .bias = given.flag("bias").value_or(true)},
        generator_);
  }
  std::unique_ptr<Layer> rnn_cell(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    const auto [input, hidden] = recurrent_sizes(layer, given);
    return std::make_unique<RNNCell>(
        RNNCellOptions{.input_size = input,
                       .hidden_size = hidden,
                       .bias = given.flag("bias").value_or(true),
                       .nonlinearity = given.text("nonlinearity").value_or("tanh")},
        generator_);
  }

  std::unique_ptr<Layer> rnn(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    auto options = recurrent<RNNOptions>(layer, given);
    options.nonlinearity = given.text("nonlinearity").value_or("tanh");
    return std::make_unique<RNN>(options, generator_);
  }
  std::unique_ptr<Layer> gru(const LayerSpec& layer) {
    return std::make_unique<GRU>(recurrent<GRUOptions>(layer, BoundArguments(chain_, layer)), generator_);
  }
  std::unique_ptr<Layer> lstm(const LayerSpec& layer) {
    const BoundArguments given(chain_, layer);
    auto options = recurrent<LSTMOptions>(layer, given);
    options.proj_size = given.integer("proj_size").value_or(0);
    return std::make_unique<LSTM>(options, generator_);
  }

  const ChainSpec& chain_;
  const NetworkContext& context_;
  Generator& generator_;
  std::optional<Shape> shape_;
  int64_t parameters_left_ = kMostParameters;
  bool batch_first_ = true;
  bool batch_first_by_default_ = false;
};

}  // namespace

std::vector<Layer*> Network::layers() const {
  auto* sequence = dynamic_cast<Sequential*>(module.get());
  if (!sequence) return {module.get()};
  std::vector<Layer*> layers;
  for (int64_t i = 0; i < sequence->size(); ++i) layers.push_back(&(*sequence)[i]);
  return layers;
}

bool Network::reads_ids() const { return dynamic_cast<const Embedding*>(layers().front()) != nullptr; }

bool Network::batch_first() const {
  for (const Layer* layer : layers()) {
    if (const auto* recurrent = dynamic_cast<const Recurrent*>(layer)) return recurrent->config().batch_first;
  }
  return true;
}

bool is_layer_kind(const std::string& kind) { return NetworkBuilder::knows(kind); }

Network make_network(std::string_view text, const NetworkContext& context, Generator& generator) {
  const ChainSpec chain = parse_chain(text);
  return NetworkBuilder(chain, context, generator).build();
}

}  // namespace runnel
