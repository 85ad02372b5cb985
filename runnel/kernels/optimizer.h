#pragma once

#include <cstdint>

/// The updates of the optimizers on plain numbers: one pass over the memory each, in the CPU's vector unit.
///
/// In all of them p is the parameter, d its gradient, and every update begins with
///
///     g = d, or −d when `maximize`
///     g ← g + weight_decay · p
///
/// They change places begin, begin + 1, …, end − 1 and look at no other ones; `gradient` is that of place begin. So that a parameter can be cut
/// into ranges for threads. Each operation is rounded by itself, in the order written here and in float32:
/// the bits are the same on every CPU and however the ranges are cut. The arrays must not overlap.
///
/// What is kept for the next step (m, v, …) becomes 0 where it falls below 2⁻¹²⁶: a row of an embedding that
/// gets no more gradient would otherwise be left with denormal numbers, on which CPUs are slow, for good.
///
/// Source of the formulas: torch.optim 2.13, its `_single_tensor_…` functions.
namespace runnel::kernels {

/// Stochastic gradient descent.
///
///     b ← keep · b + take · g                 (with a momentum buffer b)
///     g ← g + momentum · b if nesterov, else b
///     p ← p − lr · g
struct SGDUpdate {
  float* parameter = nullptr;
  float* momentum_buffer = nullptr;  ///< absent: no momentum
  bool maximize = false;
  bool nesterov = false;
  float weight_decay = 0;
  float keep = 0;
  float take = 1;
  float momentum = 0;
  float lr = 0;
};
void sgd_update(const SGDUpdate& update, const float* gradient, int64_t begin, int64_t end);

/// Adam, AMSGrad and AdamW.
///
///     p ← shrink · p
///     m ← m + (1 − beta1) (g − m)
///     v ← beta2 · v + (1 − beta2) · g · g
///     s = v, or x ← max(x, v) and s = x       (with a running maximum x)
///     p ← p − step_size · m / (√s / bias_correction2_sqrt + eps)
struct AdamUpdate {
  float* parameter = nullptr;
  float* exp_avg = nullptr;         ///< m
  float* exp_avg_sq = nullptr;      ///< v
  float* max_exp_avg_sq = nullptr;  ///< x; absent: not AMSGrad
  bool maximize = false;
  float weight_decay = 0;
  float shrink = 1;  ///< AdamW's decay, 1 − lr · weight_decay
  float one_minus_beta1 = 0;
  float beta2 = 0;
  float one_minus_beta2 = 0;
  float bias_correction2_sqrt = 1;  ///< √(1 − beta2ᵗ)
  float eps = 0;
  float step_size = 0;  ///< lr / (1 − beta1ᵗ)
};
void adam_update(const AdamUpdate& update, const float* gradient, int64_t begin, int64_t end);

/// RMSprop.
///
///     v ← alpha · v + (1 − alpha) · g · g
///     a ← a + (1 − alpha) (g − a)             (with a mean gradient a)
///     r = √v, or √(v − a · a) with a
///     r ← r + eps
///     b ← momentum · b + g / r                (with a momentum buffer b)
///     p ← p − lr · b with b, else p ← p − lr · g / r
struct RMSpropUpdate {
  float* parameter = nullptr;
  float* square_avg = nullptr;       ///< v
  float* grad_avg = nullptr;         ///< a; absent: not centered
  float* momentum_buffer = nullptr;  ///< b; absent: no momentum
  bool maximize = false;
  float weight_decay = 0;
  float alpha = 0;
  float one_minus_alpha = 0;
  float eps = 0;
  float momentum = 0;
  float lr = 0;
};
void rmsprop_update(const RMSpropUpdate& update, const float* gradient, int64_t begin, int64_t end);

}  // namespace runnel::kernels
