#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "runnel/base/memory.h"

namespace runnel::kernels {

/// Where vectors of every width are aligned.
inline constexpr std::align_val_t kAlignment{64};

/// For std::vector, where floats are copied about.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kAlignment)); }
  void deallocate(T* memory, size_t) { ::operator delete(memory, kAlignment); }
  bool operator==(const AlignedAllocator&) const = default;
};

/// Floats aligned to 64 bytes, not initialised; moves, does not copy.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t count)
      : values_(static_cast<float*>(allocate_memory(bytes_of(count))), Free{count}), count_(count) {}

  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  int64_t count() const { return count_; }
  /// Makes room for `count` floats, be it none; the content is lost when it has to grow.
  float* grow(int64_t count) {
    if (count > count_ || !values_) *this = Buffer(count);
    return data();
  }

 private:
  static size_t bytes_of(int64_t count) { return static_cast<size_t>(count) * sizeof(float); }
  struct Free {
    int64_t count;
    void operator()(float* values) const { free_memory(values, bytes_of(count)); }
  };
  std::unique_ptr<float[], Free> values_{nullptr, Free{0}};
  int64_t count_ = 0;
};

}  // namespace runnel::kernels
