#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace runnel {

/// Philox 4x32-10: ten rounds that turn a counter and a key into four random words.
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
std::array<uint32_t, 4> philox4x32_10(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// The value below which a standard normal number lies with probability `p`, 2⁻¹⁰²² ≤ p < 1;
/// relative error below 1e-14.
/// Source: Wichura, "Algorithm AS 241", Applied Statistics 37 (1988).
double normal_quantile(double p);

/// Random numbers by counting. Number i of a generator is a function of (seed, stream, i) alone and is made
/// from exactly rounded operations only, so a seed gives the same numbers on every machine, with any compiler
/// and for any number of threads. Generators with one seed and different streams are independent.
///
/// Drawing is safe from several threads, each number is drawn once; which thread gets which is then not
/// fixed. Seeding while another thread draws is not safe. A generator cannot be copied: the copy would
/// repeat it.
class Generator {
 public:
  explicit Generator(uint64_t seed = 0, uint64_t stream = 0) : seed_(seed), stream_(stream) {}
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// Starts again, at the first number of (seed, stream).
  void seed(uint64_t seed, uint64_t stream = 0);

  /// Fills with numbers uniform in [low, high): low + (high − low) · u, u a multiple of 2⁻²⁴ in [0, 1).
  /// low ≤ high, and high − low is finite; when they are equal, that number.
  void fill_uniform(std::span<float> out, float low = 0, float high = 1);
  /// Fills with normal numbers, by the inverse of their distribution.
  void fill_normal(std::span<float> out, float mean = 0, float std = 1);
  /// Fills with 1 with probability `p`, 0 ≤ p ≤ 1, else 0.
  void fill_bernoulli(std::span<float> out, double p);
  /// 0 … n−1 in random order, every order equally likely (Fisher and Yates), n ≥ 0.
  std::vector<int64_t> permutation(int64_t n);
  /// One number uniform in [0, n), n > 0, without bias.
  int64_t below(int64_t n);
  /// One number uniform in [0, 1): a multiple of 2⁻⁵³.
  double uniform();

 private:
  /// Reserves `count` blocks of four words and returns the first.
  uint64_t reserve(uint64_t count) { return next_block_.fetch_add(count, std::memory_order_relaxed); }
  std::array<uint32_t, 4> block(uint64_t index) const;
  template <class Transform>
  void fill(std::span<float> out, Transform transform);

  uint64_t seed_;
  uint64_t stream_;
  std::atomic<uint64_t> next_block_{0};
};

/// The generator that initialisation and dropout draw from unless they are given another.
Generator& default_generator();
/// Seeds the default generator.
void manual_seed(uint64_t seed);

}  // namespace runnel
