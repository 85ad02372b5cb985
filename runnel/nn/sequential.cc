#include "runnel/nn/sequential.h"

#include <fmt/format.h>

#include "runnel/nn/recurrent.h"

namespace runnel {

Variable Sequential::operator()(const Ids& ids, const std::optional<Lengths>& lengths) {
  return forward({ids, lengths}).features(label());
}

Variable Sequential::operator()(const Variable& x, const std::optional<Lengths>& lengths) {
  return forward({x, lengths}).features(label());
}

std::vector<NamedParameter> Sequential::named_parameters() const {
  std::vector<NamedParameter> parameters;
  for (size_t i = 0; i < layers_.size(); ++i) {
    for (const NamedParameter& parameter : layers_[i]->named_parameters()) {
      parameters.push_back({fmt::format("{}.{}", i, parameter.name), parameter.variable});
    }
  }
  return parameters;
}

void Sequential::train(bool on) {
  Layer::train(on);
  for (const auto& layer : layers_) layer->train(on);
}

Shape Sequential::output_shape(const Shape& input) const {
  Shape shape = input;
  for (const auto& layer : layers_) shape = layer->output_shape(shape);
  return shape;
}

Signal Sequential::forward(const Signal& input) {
  Signal signal = input;
  for (const auto& layer : layers_) signal = layer->forward(signal);
  return signal;
}

std::string Sequential::to_string() const {
  std::string text;
  for (const auto& layer : layers_) {
    text += (text.empty() ? "" : " -> ") + layer->to_string();
    const auto* recurrent = dynamic_cast<const Recurrent*>(layer.get());
    if (recurrent && !recurrent->config().batch_first) text.insert(text.size() - 1, ", batch_first=False");
  }
  return text;
}

}  // namespace runnel
