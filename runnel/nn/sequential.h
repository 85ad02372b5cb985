#pragma once

#include <memory>
#include <type_traits>
#include <vector>

#include "runnel/nn/layer.h"

namespace runnel {

/// Layers one behind the other, each reading what the one before gives. Numbered as in PyTorch's
/// nn.Sequential, so that parameters are called `0.weight`, `1.weight_ih_l0`, …; pooling counts as a module
/// without parameters.
///
///     Sequential model(Embedding({.num_embeddings = 5000, .embedding_dim = 100}),
///                      LSTM({.input_size = 100, .hidden_size = 128, .batch_first = true}),
///                      Pooling(PoolingKind::last),
///                      Linear({.in_features = 128, .out_features = 6, .out_axis = "class"}));
///     Variable scores = model(ids, lengths);      // [batch, class = 6]
class Sequential : public Layer {
 public:
  Sequential() : Layer("Sequential") {}
  template <class First, class... Rest>
    requires(std::is_base_of_v<Layer, std::remove_cvref_t<First>> &&
             !std::is_same_v<Sequential, std::remove_cvref_t<First>>)
  explicit Sequential(First&& first, Rest&&... rest) : Sequential() {
    add(std::make_unique<std::remove_cvref_t<First>>(std::forward<First>(first)));
    (add(std::make_unique<std::remove_cvref_t<Rest>>(std::forward<Rest>(rest))), ...);
  }

  void add(std::unique_ptr<Layer> layer) { layers_.push_back(std::move(layer)); }
  int64_t size() const { return static_cast<int64_t>(layers_.size()); }
  Layer& operator[](int64_t i) { return *layers_[static_cast<size_t>(i)]; }
  const Layer& operator[](int64_t i) const { return *layers_[static_cast<size_t>(i)]; }

  /// Throws  ShapeError as the first layer does that the data do not fit.
  Variable operator()(const Ids& ids, const std::optional<Lengths>& lengths = {});
  Variable operator()(const Variable& x, const std::optional<Lengths>& lengths = {});

  std::vector<NamedParameter> named_parameters() const override;
  void train(bool on = true) override;
  Shape output_shape(const Shape& input) const override;
  Signal forward(const Signal& input) override;
  /// `Embedding(5000, 100) -> LSTM(100, 128, batch_first=True) -> last -> Linear(128, 6)`; as batch comes first in the
  /// text of a chain, batch_first=False is written too.
  std::string to_string() const override;

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace runnel
