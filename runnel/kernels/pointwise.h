#pragma once

#include <span>

/// The activations on plain numbers, in the vector unit that the CPU has. Errors in ULP stand in math-inl.h.
///
/// In all of them the spans have one size, and the output may be the very span of an input (but not a shifted
/// part of it). Long spans are split over threads; each number's bits depend on its own input alone.
namespace runnel::kernels {

/// y = tanh x; d_x = d_y (1 − y²).
void tanh_forward(std::span<const float> x, std::span<float> y);
void tanh_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x);

/// y = 1 / (1 + e⁻ˣ); d_x = d_y y (1 − y).
void sigmoid_forward(std::span<const float> x, std::span<float> y);
void sigmoid_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x);

/// y = max(x, 0), a NaN staying one; d_x = 0 where y ≤ 0, else d_y.
void relu_forward(std::span<const float> x, std::span<float> y);
void relu_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x);

/// y = eˣ; d_x = d_y y.
void exp_forward(std::span<const float> x, std::span<float> y);
void exp_backward(std::span<const float> y, std::span<const float> d_y, std::span<float> d_x);

/// y = e^(x − shift), on the caller's thread: a row of a softmax.
void exp_shifted(std::span<const float> x, float shift, std::span<float> y);

}  // namespace runnel::kernels
