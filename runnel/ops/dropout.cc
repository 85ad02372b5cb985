#include "runnel/ops/dropout.h"

#include "runnel/autograd/tape.h"
#include "runnel/ops/map.h"
#include "runnel/ops/op_error.h"

namespace runnel {
namespace {

/// x where the mask is not 0, scaled; a dropped ∞ or NaN is 0 too.
Tensor masked(const Tensor& x, const Tensor& mask, float scale) {
  return generate(x.shape(), [in = x.data(), kept = mask.data(), scale](int64_t i) {
    return kept[i] != 0.0f ? in[i] * scale : 0.0f;
  });
}

}  // namespace

Variable dropout(const Variable& x, double p, bool training, Generator& generator) {
  if (!(p >= 0 && p <= 1)) throw errors::not_a_probability("dropout", "p", p);
  if (!training || p == 0) return x;
  Tensor mask = Tensor::uninitialized(x.shape());
  generator.fill_bernoulli(mask.values(), 1 - p);
  const float scale = p < 1 ? static_cast<float>(1 / (1 - p)) : 0.0f;
  return record(
      "dropout", {x}, masked(x.value(), mask, scale),
      [mask, scale](const Tensor& d_y) -> std::vector<Gradient> { return {masked(d_y, mask, scale)}; });
}

}  // namespace runnel
