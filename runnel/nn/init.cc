#include "runnel/nn/init.h"

#include <cmath>

namespace runnel {

Tensor uniform_by_fan(const Shape& shape, int64_t fan, Generator& generator) {
  Tensor tensor = Tensor::uninitialized(shape);
  const float bound = fan > 0 ? 1.0f / std::sqrt(static_cast<float>(fan)) : 0.0f;
  generator.fill_uniform(tensor.values(), -bound, bound);
  return tensor;
}

Tensor standard_normal(const Shape& shape, Generator& generator) {
  Tensor tensor = Tensor::uninitialized(shape);
  generator.fill_normal(tensor.values());
  return tensor;
}

}  // namespace runnel
