#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

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
      : values_(
            static_cast<float*>(::operator new[](static_cast<size_t>(count) * sizeof(float), kAlignment))),
        count_(count) {}

  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  int64_t count() const { return count_; }
  /// Makes room for `count` floats, be it none; the content is lost when it has to grow.
  float* grow(int64_t count) {
    if (count > count_ || !values_) *this = Buffer(count);
    return data();
  }

 private:
  struct Free {
    void operator()(float* values) const { ::operator delete[](values, kAlignment); }
  };
  std::unique_ptr<float[], Free> values_;
  int64_t count_ = 0;
};

}  // namespace runnel::kernels
