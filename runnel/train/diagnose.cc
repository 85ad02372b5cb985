#include "runnel/train/diagnose.h"

#include <cmath>
#include <fmt/format.h>
#include <optional>

#include "runnel/train/train_error.h"

namespace runnel {
namespace {

/// `nan at [batch=4, seq=7, feature=0]`: the first value that is not finite, if there is one.
std::optional<std::string> first_fault(const Tensor& tensor) {
  const Shape& shape = tensor.shape();
  for (int64_t i = 0; i < tensor.count(); ++i) {
    const float value = tensor.data()[i];
    if (std::isfinite(value)) continue;
    std::string place;
    for (int64_t axis = 0; axis < shape.rank(); ++axis) {
      const int64_t index = i / shape.count_between(axis + 1, shape.rank()) % shape[axis].size;
      place += fmt::format("{}{}={}", axis == 0 ? "" : ", ", shape[axis].name.text(), index);
    }
    const float shown = std::isnan(value) ? std::abs(value) : value;  // the sign of a NaN tells nothing
    return fmt::format("{} at [{}]", shown, place);
  }
  return std::nullopt;
}

}  // namespace

void throw_loss_not_finite(TextClassifier& model, const Signal& batch, double loss,
                           const TrainMoment& moment) {
  for (const NamedParameter& parameter : model.network.module->named_parameters()) {
    if (const auto fault = first_fault(parameter.variable.value())) {
      throw errors::loss_not_finite(loss, moment, "parameter " + parameter.name, *fault);
    }
  }
  Signal signal = batch;
  int64_t index = 0;
  for (Layer* layer : model.network.layers()) {
    signal = layer->forward(signal);
    if (const auto fault = first_fault(signal.features("diagnose").value())) {
      throw errors::loss_not_finite(loss, moment, fmt::format("layer {}, {}", index, layer->to_string()),
                                    *fault);
    }
    ++index;
  }
  throw errors::loss_not_finite(loss, moment, "the loss itself", "all layers give finite numbers");
}

void throw_gradient_not_finite(TextClassifier& model, const TrainMoment& moment) {
  for (const NamedParameter& parameter : model.network.module->named_parameters()) {
    if (!parameter.variable.has_grad()) continue;
    if (const auto fault = first_fault(parameter.variable.grad_values())) {
      throw errors::gradient_not_finite(moment, parameter.name, *fault);
    }
  }
  throw errors::gradient_not_finite(moment, "all parameters together", "the sum of squares is too large");
}

}  // namespace runnel
