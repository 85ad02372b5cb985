#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runnel/base/random.h"
#include "runnel/check/check.h"
#include "runnel/tensor/axes.h"

/// Data as people have them, for tests of check.
namespace runnel {

/// Lengths 1 … `longest`, in no order; the last sequence has `longest` steps.
inline Lengths sample_lengths(int64_t batch, int64_t longest) {
  Lengths lengths;
  for (int64_t n = 0; n < batch; ++n) lengths.push_back(n + 1 == batch ? longest : 1 + (n * 7 + 3) % longest);
  return lengths;
}

/// Values of an array: a function of the indices.
using ValueAt = std::function<float(int64_t n, int64_t t, int64_t f)>;

/// [n, t, f] of such values.
inline Array cube(int64_t n, int64_t t, int64_t f, const ValueAt& value) {
  Tensor x(Shape{{"n", n}, {"t", t}, {"f", f}});
  float* next = x.data();
  for (int64_t i = 0; i < n * t * f; ++i) *next++ = value(i / (t * f), i / f % t, i % f);
  return Array::from(x);
}

/// Values without any order.
inline ValueAt noise() {
  return [generator = std::make_shared<Generator>(1)](int64_t, int64_t, int64_t) {
    return static_cast<float>(generator->uniform()) - 0.5f;
  };
}

/// A wave for each sequence and feature, each with a phase of its own.
inline float wave(int64_t n, int64_t t, int64_t f) {
  return std::sin(0.2f * static_cast<float>(t) + 2.4f * static_cast<float>(n) + 1.3f * static_cast<float>(f));
}

/// Noise, and zeros behind the length of each sequence.
inline Array padded_noise(const Lengths& lengths, int64_t t, int64_t f) {
  const ValueAt value = noise();
  return cube(static_cast<int64_t>(lengths.size()), t, f, [&](int64_t n, int64_t step, int64_t feature) {
    return step < lengths[static_cast<size_t>(n)] ? value(n, step, feature) : 0.0f;
  });
}

inline Array ids_of(const std::vector<int32_t>& values, std::initializer_list<int64_t> sizes) {
  std::vector<Axis> axes;
  for (const int64_t size : sizes) axes.push_back({"axis_" + std::to_string(axes.size()), size});
  return Array::from(Ids(Shape(axes), values));
}

inline Array lengths_array(const Lengths& lengths) {
  return ids_of({lengths.begin(), lengths.end()}, {static_cast<int64_t>(lengths.size())});
}

inline Array numbers(const std::vector<float>& values) {
  return Array::from(Tensor(Shape{{"axis_0", static_cast<int64_t>(values.size())}}, values));
}

}  // namespace runnel
