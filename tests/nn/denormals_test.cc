#include "runnel/base/denormals.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "runnel/nn/rnn.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr int64_t kHidden = 3;

/// A layer whose state loses half of itself in every step without input, just above the least normal number, and what
/// it gives for so many steps without input.
Tensor fading_output(int64_t seq) {
  RNN rnn({.input_size = 2, .hidden_size = kHidden, .nonlinearity = "relu", .bias = false});
  for (const NamedParameter& parameter : rnn.named_parameters()) {
    Tensor weight = parameter.variable.value();
    for (int64_t i = 0; i < weight.count(); ++i) weight.data()[i] = i % (kHidden + 1) == 0 ? 0.5f : 0.0f;
  }
  const Axis batch{axes::batch, 2};
  const Tensor x(Shape{{axes::seq, seq}, batch, {axes::feature, 2}});
  const Tensor h_0 =
      Tensor::full(Shape{{join(axes::layer, axes::direction), 1}, batch, {axes::hidden, kHidden}},
                   std::numeric_limits<float>::min());
  return rnn(x, h_0).output.value();
}

TEST(RNN, takes_denormals_for_0) {
  const Tensor output = fading_output(3);
  for (const float h : output.values()) EXPECT_EQ(h, 0.0f);
}

TEST(RNN, keeps_denormals_where_flushing_is_switched_off) {
  set_flush_denormal(false);
  const Tensor output = fading_output(3);
  set_flush_denormal(true);
  EXPECT_EQ(output.values().back(), std::numeric_limits<float>::min() / 8);
}

}  // namespace
}  // namespace runnel
