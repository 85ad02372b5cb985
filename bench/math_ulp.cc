// The largest error of the kernels' exp, sigmoid and tanh over all 2³² floats, in ULP, against libm's double
// precision; for every CPU target that this machine can run. The figures stand in runnel/kernels/math-inl.h.
//
//     math_ulp                   all floats, minutes a target
//     math_ulp STRIDE            every STRIDE-th one
//     math_ulp STRIDE TARGET     on one CPU target, say AVX2

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <hwy/targets.h>
#include <limits>
#include <mutex>
#include <string_view>
#include <vector>

#include "runnel/base/thread_pool.h"
#include "runnel/kernels/pointwise.h"

namespace {

using Kernel = void (*)(std::span<const float>, std::span<float>);
using Reference = double (*)(double);

double sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

/// The distance of the floats around `value`, which is finite.
double ulp_at(double value) {
  const uint64_t exponent = std::bit_cast<uint64_t>(value) >> 52 & 0x7FF;
  const uint64_t of_smallest_normal = 1023 - 126, most = 1023 + 127;
  return std::bit_cast<double>((std::clamp(exponent, of_smallest_normal, most) - 23) << 52);
}

/// 0 for equal infinities and two NaNs; infinite where only one is so, except next to the border of the
/// range.
double error_in_ulp(float got, double expected) {
  if (std::isnan(expected) || std::isnan(got)) {
    return std::isnan(expected) && std::isnan(got) ? 0 : std::numeric_limits<double>::infinity();
  }
  if (got == 0 && std::abs(expected) < 0x1p-126) return 0;  // a denormal result may be flushed
  const double border = 0x1p128;
  const double bounded = std::min(expected, border);
  const double value = std::isinf(got) && got > 0 ? border : double{got};
  return std::abs(value - bounded) / ulp_at(bounded);
}

struct Worst {
  double ulp = 0;
  float x = 0;
};

Worst measure(Kernel kernel, Reference reference, uint64_t stride) {
  constexpr uint64_t kChunk = 1 << 16;
  const uint64_t points = ((uint64_t{1} << 32) + stride - 1) / stride;
  Worst worst;
  std::mutex mutex;
  runnel::parallel_tasks(static_cast<int64_t>((points + kChunk - 1) / kChunk), [&](int64_t chunk) {
    thread_local std::vector<float> x, y;
    x.clear();
    const uint64_t first = static_cast<uint64_t>(chunk) * kChunk;
    for (uint64_t i = first; i < std::min(first + kChunk, points); ++i) {
      x.push_back(std::bit_cast<float>(static_cast<uint32_t>(i * stride)));
    }
    y.resize(x.size());
    kernel(x, y);
    Worst here;
    for (size_t i = 0; i < x.size(); ++i) {
      const double ulp = error_in_ulp(y[i], reference(double{x[i]}));
      if (ulp > here.ulp) here = {ulp, x[i]};
    }
    std::lock_guard lock(mutex);
    if (here.ulp > worst.ulp || (here.ulp == worst.ulp && here.x < worst.x)) worst = here;
  });
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t stride = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  if (stride == 0) {
    fmt::print(stderr, "math_ulp: STRIDE is a whole number from 1\n");
    return 2;
  }
  const struct {
    const char* name;
    Kernel kernel;
    Reference reference;
  } functions[] = {{"exp", runnel::kernels::exp_forward, std::exp},
                   {"sigmoid", runnel::kernels::sigmoid_forward, sigmoid},
                   {"tanh", runnel::kernels::tanh_forward, std::tanh}};
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (argc > 2 && std::string_view(argv[2]) != hwy::TargetName(target)) continue;
    hwy::SetSupportedTargetsForTest(target);
    for (const auto& [name, kernel, reference] : functions) {
      const Worst worst = measure(kernel, reference, stride);
      fmt::print("{:<8} {:<8} {:.3f} ULP at {:.9g}\n", hwy::TargetName(target), name, worst.ulp, worst.x);
      std::fflush(stdout);
    }
  }
}
