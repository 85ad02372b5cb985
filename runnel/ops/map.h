#pragma once

#include "runnel/base/thread_pool.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

/// Numbers that are worth a thread of their own.
inline constexpr int64_t kThreadGrain = 32768;

/// How many items of `size` numbers each are worth a thread of their own.
inline int64_t thread_grain(int64_t size) { return 1 + kThreadGrain / (size > 0 ? size : 1); }

/// A new tensor of `shape` with the values function(i), i = 0 … count − 1.
template <class Function>
Tensor generate(const Shape& shape, Function function) {
  Tensor result = Tensor::uninitialized(shape);
  float* out = result.data();
  parallel_for(result.count(), kThreadGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) out[i] = function(i);
  });
  return result;
}

/// function applied to every number of x.
template <class Function>
Tensor map(const Tensor& x, Function function) {
  return generate(x.shape(), [function, in = x.data()](int64_t i) { return function(in[i]); });
}

}  // namespace runnel
