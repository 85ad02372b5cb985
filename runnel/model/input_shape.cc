#include "runnel/model/input_shape.h"

#include <vector>

#include "runnel/model/model_error.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/pooling.h"
#include "runnel/nn/recurrent.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

template <class Kind>
bool is(const Layer* layer) {
  return dynamic_cast<const Kind*>(layer) != nullptr;
}

/// The number of features that a layer reads; nothing when it reads any number, or ids.
std::optional<int64_t> features_of(const Layer& layer) {
  if (const auto* recurrent = dynamic_cast<const Recurrent*>(&layer)) return recurrent->config().input_size;
  if (const auto* cell = dynamic_cast<const CellModule*>(&layer)) return cell->options().input_size;
  if (const auto* linear = dynamic_cast<const Linear*>(&layer)) return linear->options().in_features;
  return std::nullopt;
}

/// The axes in front of the features.
std::vector<Axis> leading_axes(const InputAxes& wanted, bool batch_first) {
  std::vector<Axis> list;
  if (wanted.batch) list.push_back({axes::batch});
  if (wanted.seq) list.insert(batch_first ? list.end() : list.begin(), Axis{axes::seq});
  return list;
}

}  // namespace

std::optional<Shape> input_shape(const Layer& layer, const InputAxes& wanted, bool batch_first) {
  const bool one_step = is<CellModule>(&layer);
  std::vector<Axis> list = leading_axes({wanted.batch, wanted.seq && !one_step}, batch_first);
  if (is<Embedding>(&layer)) return Shape(list);
  const std::optional<int64_t> features = features_of(layer);
  if (!features) return std::nullopt;
  list.push_back({axes::feature, *features});
  return Shape(list);
}

Shape input_shape(const Network& network, const InputAxes& wanted) {
  if (const Layer* layer = reading_layer(network)) return *input_shape(*layer, wanted, network.batch_first());
  std::vector<Axis> list = leading_axes(wanted, network.batch_first());
  list.push_back({axes::feature});
  return Shape(list);
}

Shape input_names(const Network& network, std::span<const int64_t> sizes) {
  const auto rank = static_cast<int64_t>(sizes.size());
  const bool steps = reads_steps(network);
  for (const InputAxes& wanted :
       {InputAxes{}, InputAxes{.batch = !steps, .seq = steps}, InputAxes{false, false}}) {
    const Shape shape = input_shape(network, wanted);
    if (shape.rank() != rank) continue;
    std::vector<Axis> named(shape.begin(), shape.end());
    for (size_t i = 0; i < named.size(); ++i) named[i].size = sizes[i];
    return Shape(named);
  }
  throw errors::other_number_of_axes(input_shape(network), sizes);
}

const Layer* reading_layer(const Network& network) {
  for (const Layer* layer : network.layers()) {
    if (is<Embedding>(layer) || features_of(*layer)) return layer;
  }
  return nullptr;
}

bool reads_steps(const Network& network) {
  if (is<CellModule>(reading_layer(network))) return false;
  for (const Layer* layer : network.layers()) {
    if (is<Recurrent>(layer) || is<Pooling>(layer) || is<Embedding>(layer)) return true;
  }
  return false;
}

}  // namespace runnel
