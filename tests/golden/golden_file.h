#pragma once

#include <cmath>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "runnel/formats/safetensors.h"

/// What torch computed, and the numbers that it was computed from. README.md beside this file has the format.
namespace runnel::golden {

/// |ours − golden| ≤ tolerance + tolerance · |golden|
inline constexpr double kForwardTolerance = 1e-6;
inline constexpr double kGradientTolerance = 1e-5;

/// The seeds that the tables of README.md give.
inline constexpr int64_t kInput = 1, kH0 = 2, kC0 = 3, kDOutput = 11, kDHn = 12, kDCn = 13,
                         kFirstParameter = 100;

/// value(seed, i) · scale, scale a power of two.
inline Tensor value(int64_t seed, const Shape& shape, float scale = 1) {
  Tensor tensor = Tensor::uninitialized(shape);
  for (int64_t i = 0; i < tensor.count(); ++i) {
    const int64_t term = (i * 7919 + seed * 104729) % 1009;
    tensor.data()[i] = static_cast<float>(static_cast<double>(term) / 1009.0 - 0.5) * scale;
  }
  return tensor;
}

/// One golden file. It remembers what was looked at, so that a test can tell what was forgotten.
class File {
 public:
  explicit File(const std::string& name)
      : tensors_(load_safetensors(RUNNEL_SOURCE_DIR "/tests/golden/" + name + ".safetensors").tensors) {}

  /// Under `names`, whose sizes must be the tensor's; symbolic ones take any size.
  Tensor tensor(const std::string& key, const Shape& names) { return to_tensor(look_at(key), names, key); }
  Ids ids(const std::string& key, const Shape& names) { return to_ids(look_at(key), names, key); }
  bool has(const std::string& key) const { return tensors_.find(key) != nullptr; }

  /// Gradients are recognised by their key.
  void expect(const std::string& key, const Tensor& got) {
    const bool is_gradient = key.find("/grad.") != std::string::npos;
    const double tolerance = is_gradient ? kGradientTolerance : kForwardTolerance;
    const Tensor expected = tensor(key, got.shape());
    for (int64_t i = 0; i < got.count(); ++i) {
      const double want = expected.data()[i], have = got.data()[i];
      if (std::isnan(want) && std::isnan(have)) continue;
      if (want == have || std::abs(have - want) <= tolerance * (1 + std::abs(want))) continue;
      ADD_FAILURE() << key << " " << got.shape().to_string() << ", element " << i << ": " << have
                    << ", golden " << want;
      return;
    }
  }
  void expect(const std::string& key, const Ids& got) {
    const Ids expected = ids(key, got.shape());
    EXPECT_TRUE(std::equal(got.values().begin(), got.values().end(), expected.values().begin()))
        << key << ": got " << got.to_string() << "\ngolden " << expected.to_string();
  }

  /// Fails for each tensor that no test looked at.
  void expect_all_seen(const std::string& prefix = "") const {
    for (const auto& [name, array] : tensors_) {
      if (!name.starts_with(prefix)) continue;
      EXPECT_TRUE(seen_.contains(name)) << name << " was not looked at";
    }
  }

 private:
  const Array& look_at(const std::string& key) {
    const Array* array = tensors_.find(key);
    if (!array) throw std::runtime_error("no golden tensor " + key);
    seen_.insert(key);
    return *array;
  }

  NamedArrays tensors_;
  std::set<std::string> seen_;
};

}  // namespace runnel::golden
