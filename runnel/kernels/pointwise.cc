#include "runnel/kernels/pointwise.h"

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "runnel/base/thread_pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/pointwise.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again for each target.
#include <hwy/highway.h>

#include "runnel/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {
namespace {

using Floats = hn::CappedTag<float, 16>;

/// y[i] = f(x[i]…): whole vectors, then the rest in a padded one, so that its bits are the same.
template <class Function, class... Inputs>
HWY_INLINE void map_vectors(size_t count, float* y, const Function& function, const Inputs*... x) {
  const Floats d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(function(d, hn::LoadU(d, x + i)...), d, y + i);
  if (i == count) return;
  const auto load_rest = [&](const float* from) HWY_ATTR {
    HWY_ALIGN float padded[16] = {};
    for (size_t j = i; j < count; ++j) padded[j - i] = from[j];
    return hn::Load(d, padded);
  };
  HWY_ALIGN float result[16];
  hn::Store(function(d, load_rest(x)...), d, result);
  for (size_t j = i; j < count; ++j) y[j] = result[j - i];
}

void tanh_forward(const float* x, float* y, size_t count) {
  map_vectors(count, y, [](auto d, auto v) HWY_ATTR { return Tanh(d, v); }, x);
}

void tanh_backward(const float* y, const float* d_y, float* d_x, size_t count) {
  const auto function = [](auto d, auto v, auto d_v)
                            HWY_ATTR { return hn::Mul(d_v, hn::NegMulAdd(v, v, hn::Set(d, 1.0f))); };
  map_vectors(count, d_x, function, y, d_y);
}

void sigmoid_forward(const float* x, float* y, size_t count) {
  map_vectors(count, y, [](auto d, auto v) HWY_ATTR { return Sigmoid(d, v); }, x);
}

void sigmoid_backward(const float* y, const float* d_y, float* d_x, size_t count) {
  const auto function = [](auto, auto v, auto d_v) HWY_ATTR { return hn::Mul(d_v, hn::NegMulAdd(v, v, v)); };
  map_vectors(count, d_x, function, y, d_y);
}

void relu_forward(const float* x, float* y, size_t count) {
  const auto function = [](auto d, auto v) HWY_ATTR { return hn::IfThenZeroElse(hn::Lt(v, hn::Zero(d)), v); };
  map_vectors(count, y, function, x);
}

void relu_backward(const float* y, const float* d_y, float* d_x, size_t count) {
  const auto function = [](auto d, auto v, auto d_v)
                            HWY_ATTR { return hn::IfThenZeroElse(hn::Le(v, hn::Zero(d)), d_v); };
  map_vectors(count, d_x, function, y, d_y);
}

void exp_forward(const float* x, float* y, size_t count) {
  map_vectors(count, y, [](auto d, auto v) HWY_ATTR { return Exp(d, v); }, x);
}

void exp_backward(const float* y, const float* d_y, float* d_x, size_t count) {
  map_vectors(count, d_x, [](auto, auto v, auto d_v) HWY_ATTR { return hn::Mul(v, d_v); }, y, d_y);
}

void exp_shifted(const float* x, float shift, float* y, size_t count) {
  map_vectors(
      count, y, [shift](auto d, auto v) HWY_ATTR { return Exp(d, hn::Sub(v, hn::Set(d, shift))); }, x);
}

}  // namespace
}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {
namespace {

HWY_EXPORT(tanh_forward);
HWY_EXPORT(tanh_backward);
HWY_EXPORT(sigmoid_forward);
HWY_EXPORT(sigmoid_backward);
HWY_EXPORT(relu_forward);
HWY_EXPORT(relu_backward);
HWY_EXPORT(exp_forward);
HWY_EXPORT(exp_backward);
HWY_EXPORT(exp_shifted);

constexpr int64_t kGrain = 32768;  // numbers: about as much work as waking a thread costs

using Forward = void (*)(const float*, float*, size_t);
using Backward = void (*)(const float*, const float*, float*, size_t);

void run(Forward kernel, std::span<const float> x, std::span<float> y) {
  assert(x.size() == y.size());
  parallel_for(static_cast<int64_t>(x.size()), kGrain, [&](int64_t begin, int64_t end) {
    kernel(x.data() + begin, y.data() + begin, static_cast<size_t>(end - begin));
  });
}

void run(Backward kernel, std::span<const float> y, std::span<const float> d_y, std::span<float> d_x) {
  assert(y.size() == d_y.size() && y.size() == d_x.size());
  parallel_for(static_cast<int64_t>(y.size()), kGrain, [&](int64_t begin, int64_t end) {
    kernel(y.data() + begin, d_y.data() + begin, d_x.data() + begin, static_cast<size_t>(end - begin));
  });
}

}  // namespace

void tanh_forward(std::span<const float> x, std::span<float> y) {
  run(HWY_DYNAMIC_DISPATCH(tanh_forward), x, y);
}

void tanh_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x) {
  run(HWY_DYNAMIC_DISPATCH(tanh_backward), y, d_y, d_x);
}

void sigmoid_forward(std::span<const float> x, std::span<float> y) {
  run(HWY_DYNAMIC_DISPATCH(sigmoid_forward), x, y);
}

void sigmoid_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x) {
  run(HWY_DYNAMIC_DISPATCH(sigmoid_backward), y, d_y, d_x);
}

void relu_forward(std::span<const float> x, std::span<float> y) {
  run(HWY_DYNAMIC_DISPATCH(relu_forward), x, y);
}

void relu_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x) {
  run(HWY_DYNAMIC_DISPATCH(relu_backward), y, d_y, d_x);
}

void exp_forward(std::span<const float> x, std::span<float> y) {
  run(HWY_DYNAMIC_DISPATCH(exp_forward), x, y);
}

void exp_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x) {
  run(HWY_DYNAMIC_DISPATCH(exp_backward), y, d_y, d_x);
}

void exp_shifted(std::span<const float> x, float shift, std::span<float> y) {
  assert(x.size() == y.size());
  HWY_DYNAMIC_DISPATCH(exp_shifted)(x.data(), shift, y.data(), x.size());
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
