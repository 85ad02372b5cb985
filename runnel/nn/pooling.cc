#include "runnel/nn/pooling.h"

#include "runnel/nn/nn_error.h"
#include "runnel/ops/pooling.h"
#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr const char* kNames[] = {"last", "first", "mean", "max"};

/// h_n of the last layer, directions side by side: [layer·direction, batch, hidden]
/// → [batch, hidden·direction], the last axis called as in the layer's output.
Variable last_layer_state(const Variable& h_n, const Shape& output) {
  const AxisName stacked = h_n.shape()[0].name;
  const Axis wide = output[output.rank() - 1];
  const int64_t directions = wide.size / h_n.size(axes::hidden);
  if (directions == 1) return renamed(select(h_n, stacked, -1), axes::hidden, wide.name);
  const Variable both = concat({select(h_n, stacked, -2), select(h_n, stacked, -1)}, axes::hidden);
  return renamed(both, axes::hidden, wide.name);
}

}  // namespace

std::optional<PoolingKind> pooling_kind(const std::string& name) {
  for (int i = 0; i < 4; ++i) {
    if (name == kNames[i]) return static_cast<PoolingKind>(i);
  }
  return std::nullopt;
}

Pooling::Pooling(PoolingKind kind) : Layer(kNames[static_cast<int>(kind)]), pooling_(kind) {}

Variable Pooling::operator()(const Variable& x, const std::optional<Lengths>& lengths) const {
  output_shape(x.shape());
  const auto batch = x.shape().find(axes::batch);
  const size_t sequences = batch ? static_cast<size_t>(x.shape()[*batch].size) : 1;
  const Lengths used = lengths.value_or(Lengths(sequences, x.size(axes::seq)));
  switch (pooling_) {
    case PoolingKind::last:
      return pool_last(x, used);
    case PoolingKind::first:
      return pool_first(x, used);
    case PoolingKind::mean:
      return pool_mean(x, used);
    case PoolingKind::max:
      return pool_max(x, used);
  }
  return x;
}

Shape Pooling::output_shape(const Shape& input) const {
  if (!input.has(axes::seq)) throw errors::needs_axis(label(), axes::seq.text(), input);
  return input.without(axes::seq);
}

Signal Pooling::forward(const Signal& input) {
  const Variable& x = input.features(label());
  if (pooling_ == PoolingKind::last && input.h_n.defined()) {
    output_shape(x.shape());
    return {last_layer_state(input.h_n, x.shape())};
  }
  return {(*this)(x, input.lengths)};
}

}  // namespace runnel
