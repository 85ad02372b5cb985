#include "runnel/base/memory.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <vector>

namespace runnel {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr size_t kLarge = size_t{1} << 12;
constexpr size_t kHead = 64;  // bytes before a large block: its true size

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeep = false;  // a kept block would hide who uses it after its end
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kKeep = false;
#else
constexpr bool kKeep = true;
#endif
#else
constexpr bool kKeep = true;
#endif

/// A large block with its head; `size` is what it offers.
struct Block {
  std::byte* head;
  size_t size;

  void* memory() const { return head + kHead; }
  static Block of(void* memory) {
    std::byte* head = static_cast<std::byte*>(memory) - kHead;
    return {head, *reinterpret_cast<size_t*>(head)};
  }
  static Block fetch(size_t size) {
    auto* head = static_cast<std::byte*>(::operator new[](size + kHead, kAlignment));
    ::new (head) size_t(size);
    return {head, size};
  }
  void give_back() const { ::operator delete[](head, kAlignment); }
};

/// The kept blocks, the one that was freed last at the end. There are few, so a look at each is cheap.
class Keeper {
 public:
  void* allocate(size_t size) {
    std::vector<Block> old;
    void* memory = nullptr;
    {
      std::lock_guard lock(mutex_);
      if (const auto found = best_fit(size); found != kept_.end()) {
        memory = found->memory();
        take_over(found->size);
        use_.kept -= static_cast<int64_t>(found->size);
        kept_.erase(found);
        return memory;
      }
      old = oldest(size);
    }
    for (const Block& block : old) block.give_back();
    memory = Block::fetch(size).memory();
    std::lock_guard lock(mutex_);
    take_over(size);
    return memory;
  }

  void free(void* memory) noexcept {
    const Block block = Block::of(memory);
    {
      std::lock_guard lock(mutex_);
      use_.in_use -= static_cast<int64_t>(block.size);
      if (kKeep && kept_.size() < kept_.capacity()) {
        kept_.push_back(block);
        use_.kept += static_cast<int64_t>(block.size);
        return;
      }
    }
    block.give_back();
  }

  void release() {
    std::vector<Block> all;
    all.reserve(kMostBlocks);
    {
      std::lock_guard lock(mutex_);
      all.swap(kept_);
      use_.kept = 0;
      peak_ = use_.in_use;
    }
    for (const Block& block : all) block.give_back();
  }

  MemoryUse use() {
    std::lock_guard lock(mutex_);
    return use_;
  }
  void reset_most() {
    std::lock_guard lock(mutex_);
    use_.most = use_.in_use;
  }

  Keeper() { kept_.reserve(kMostBlocks); }

 private:
  static constexpr size_t kMostBlocks = 256;
  using Place = std::vector<Block>::iterator;

  void take_over(size_t size) {
    use_.in_use += static_cast<int64_t>(size);
    use_.most = std::max(use_.most, use_.in_use);
    peak_ = std::max(peak_, use_.in_use);
  }

  /// The smallest that is not much larger than asked for; of equal ones the last freed, which the caches still know.
  Place best_fit(size_t size) {
    Place best = kept_.end();
    for (Place block = kept_.begin(); block != kept_.end(); ++block) {
      const bool fits = block->size >= size && block->size <= size + size / 4;
      if (fits && (best == kept_.end() || block->size <= best->size)) best = block;
    }
    return best;
  }

  /// Takes out the oldest blocks, until all together, with a new one, are not much more than was once in use. The rest is
  /// room for blocks that a step needs one after the other: else a small one would drive out a large one, step by step.
  std::vector<Block> oldest(size_t size) {
    const int64_t room = peak_ + peak_ / 8 - use_.in_use - static_cast<int64_t>(size);
    size_t sum = 0, count = 0;
    while (count < kept_.size() && use_.kept - static_cast<int64_t>(sum) > room) sum += kept_[count++].size;
    const Place last = kept_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Block> old(kept_.begin(), last);
    kept_.erase(kept_.begin(), last);
    use_.kept -= static_cast<int64_t>(sum);
    return old;
  }

  std::mutex mutex_;
  std::vector<Block> kept_;
  MemoryUse use_;
  int64_t peak_ = 0;  // most that were in use at a time, since all was given back
};

/// Never destroyed: a tensor may outlive every other object.
Keeper& keeper() {
  static Keeper& keeper = *new Keeper();
  return keeper;
}

}  // namespace

MemoryUse memory_use() { return keeper().use(); }
void reset_most_memory() { keeper().reset_most(); }
void release_memory() { keeper().release(); }

void* allocate_memory(size_t bytes) {
  return bytes < kLarge ? ::operator new[](bytes, kAlignment) : keeper().allocate(bytes);
}

void free_memory(void* memory, size_t bytes) noexcept {
  if (bytes < kLarge) {
    ::operator delete[](memory, kAlignment);
  } else if (memory) {
    keeper().free(memory);
  }
}

}  // namespace runnel
