#include "runnel/nn/init.h"

#include <cmath>

#include "runnel/nn/nn_error.h"

namespace runnel {

thread_local bool ShapesOnly::active_ = false;

void ShapesOnly::check_size(const std::string& kind, const std::string& option, int64_t size) {
  if (size < 1 && !(active_ && size == Axis::kSymbolic)) throw errors::too_small(kind, option, size);
}

Tensor uniform_by_fan(const Shape& shape, int64_t fan, Generator& generator) {
  if (ShapesOnly::active()) return Tensor::shape_only(shape);
  Tensor tensor = Tensor::uninitialized(shape);
  const float bound = fan > 0 ? 1.0f / std::sqrt(static_cast<float>(fan)) : 0.0f;
  generator.fill_uniform(tensor.values(), -bound, bound);
  return tensor;
}

Tensor standard_normal(const Shape& shape, Generator& generator) {
  if (ShapesOnly::active()) return Tensor::shape_only(shape);
  Tensor tensor = Tensor::uninitialized(shape);
  generator.fill_normal(tensor.values());
  return tensor;
}

}  // namespace runnel
