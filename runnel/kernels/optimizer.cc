#include "runnel/kernels/optimizer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/optimizer.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// 0 instead of a denormal number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V flush(D d, V x) {
  return hn::IfThenZeroElse(hn::Lt(hn::Abs(x), hn::Set(d, 0x1p-126f)), x);
}

/// g of optimizer.h.
template <class D, class Update, class V = hn::Vec<D>>
HWY_INLINE V load_gradient(D d, const Update& u, V parameter, const float* from) {
  V gradient = hn::LoadU(d, from);
  if (u.maximize) gradient = hn::Neg(gradient);
  if (u.weight_decay != 0) gradient = hn::Add(gradient, hn::Mul(hn::Set(d, u.weight_decay), parameter));
  return gradient;
}

/// mean + weight (x − mean), written from the end that lies nearer, as torch.lerp does: a weight of 1 gives x
/// itself.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V lerp(D d, V mean, V x, float weight) {
  const V difference = hn::Sub(x, mean);
  return weight < 0.5f ? hn::Add(mean, hn::Mul(hn::Set(d, weight), difference))
                       : hn::Sub(x, hn::Mul(difference, hn::Set(d, 1.0f - weight)));
}

/// keep · mean + take · g · g
template <class D, class V = hn::Vec<D>>
HWY_INLINE V mean_square(D d, V mean, V gradient, float keep, float take) {
  return hn::Add(hn::Mul(mean, hn::Set(d, keep)), hn::Mul(hn::Mul(hn::Set(d, take), gradient), gradient));
}

template <class D>
HWY_INLINE void update_at(D d, const SGDUpdate& u, const float* from, int64_t i) {
  const auto parameter = hn::LoadU(d, u.parameter + i);
  auto gradient = load_gradient(d, u, parameter, from);
  if (u.momentum_buffer != nullptr) {
    auto buffer = hn::LoadU(d, u.momentum_buffer + i);
    buffer = flush(d, hn::Add(hn::Mul(buffer, hn::Set(d, u.keep)), hn::Mul(gradient, hn::Set(d, u.take))));
    hn::StoreU(buffer, d, u.momentum_buffer + i);
    gradient = u.nesterov ? hn::Add(gradient, hn::Mul(hn::Set(d, u.momentum), buffer)) : buffer;
  }
  hn::StoreU(hn::Sub(parameter, hn::Mul(hn::Set(d, u.lr), gradient)), d, u.parameter + i);
}

template <class D>
HWY_INLINE void update_at(D d, const AdamUpdate& u, const float* from, int64_t i) {
  auto parameter = hn::LoadU(d, u.parameter + i);
  const auto gradient = load_gradient(d, u, parameter, from);
  parameter = hn::Mul(parameter, hn::Set(d, u.shrink));
  const auto mean = flush(d, lerp(d, hn::LoadU(d, u.exp_avg + i), gradient, u.one_minus_beta1));
  auto square =
      flush(d, mean_square(d, hn::LoadU(d, u.exp_avg_sq + i), gradient, u.beta2, u.one_minus_beta2));
  hn::StoreU(mean, d, u.exp_avg + i);
  hn::StoreU(square, d, u.exp_avg_sq + i);
  if (u.max_exp_avg_sq != nullptr) {
    square = hn::Max(hn::LoadU(d, u.max_exp_avg_sq + i), square);
    hn::StoreU(square, d, u.max_exp_avg_sq + i);
  }
  const auto root = hn::Div(hn::Sqrt(square), hn::Set(d, u.bias_correction2_sqrt));
  const auto denominator = hn::Add(root, hn::Set(d, u.eps));
  const auto step = hn::Div(hn::Mul(hn::Set(d, u.step_size), mean), denominator);
  hn::StoreU(hn::Sub(parameter, step), d, u.parameter + i);
}

template <class D>
HWY_INLINE void update_at(D d, const RMSpropUpdate& u, const float* from, int64_t i) {
  const auto parameter = hn::LoadU(d, u.parameter + i);
  const auto gradient = load_gradient(d, u, parameter, from);
  auto square =
      flush(d, mean_square(d, hn::LoadU(d, u.square_avg + i), gradient, u.alpha, u.one_minus_alpha));
  hn::StoreU(square, d, u.square_avg + i);
  if (u.grad_avg != nullptr) {
    const auto mean = flush(d, lerp(d, hn::LoadU(d, u.grad_avg + i), gradient, u.one_minus_alpha));
    hn::StoreU(mean, d, u.grad_avg + i);
    square = hn::Sub(square, hn::Mul(mean, mean));
  }
  const auto root = hn::Add(hn::Sqrt(square), hn::Set(d, u.eps));
  const auto lr = hn::Set(d, u.lr);
  if (u.momentum_buffer == nullptr) {
    hn::StoreU(hn::Sub(parameter, hn::Div(hn::Mul(lr, gradient), root)), d, u.parameter + i);
    return;
  }
  auto buffer = hn::Mul(hn::LoadU(d, u.momentum_buffer + i), hn::Set(d, u.momentum));
  buffer = flush(d, hn::Add(buffer, hn::Div(gradient, root)));
  hn::StoreU(buffer, d, u.momentum_buffer + i);
  hn::StoreU(hn::Sub(parameter, hn::Mul(lr, buffer)), d, u.parameter + i);
}

template <class Update>
void update_range(Update update, const float* gradient, int64_t begin, int64_t end) {
  const hn::ScalableTag<float> vector;
  const hn::CappedTag<float, 1> single;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(vector));
  int64_t i = begin;
  for (; i + lanes <= end; i += lanes) update_at(vector, update, gradient + (i - begin), i);
  for (; i < end; ++i) update_at(single, update, gradient + (i - begin), i);
}

void sgd(const SGDUpdate& update, const float* gradient, int64_t begin, int64_t end) {
  update_range(update, gradient, begin, end);
}
void adam(const AdamUpdate& update, const float* gradient, int64_t begin, int64_t end) {
  update_range(update, gradient, begin, end);
}
void rmsprop(const RMSpropUpdate& update, const float* gradient, int64_t begin, int64_t end) {
  update_range(update, gradient, begin, end);
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {

HWY_EXPORT(sgd);
HWY_EXPORT(adam);
HWY_EXPORT(rmsprop);

void sgd_update(const SGDUpdate& update, const float* gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(sgd)(update, gradient, begin, end);
}

void adam_update(const AdamUpdate& update, const float* gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(adam)(update, gradient, begin, end);
}

void rmsprop_update(const RMSpropUpdate& update, const float* gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(rmsprop)(update, gradient, begin, end);
}

}  // namespace runnel::kernels
#endif
