#pragma once

#include <cstddef>
#include <cstdint>

/// Where the numbers of tensors and the working memory of layers lie.
///
/// Large blocks, of 4 KiB and more, are kept when they are freed, and given to the next who asks for about as much. A
/// training loop asks for the same blocks in every step; fetched anew from the system each time, their pages would have to
/// be cleared, which takes longer than many a layer computes.
namespace runnel {

/// Of the large blocks, in bytes.
struct MemoryUse {
  int64_t in_use = 0;
  int64_t most = 0;  ///< most that were in use at a time, since the start or since reset_most_memory()
  int64_t kept = 0;  ///< free, and not given back to the system
};
MemoryUse memory_use();
void reset_most_memory();

/// Gives the kept blocks back to the system. Otherwise a block goes back when a new one must be fetched and there is no
/// room for both: what is in use and what is kept are together at most an eighth more than was once in use.
void release_memory();

/// Memory for so many bytes, aligned to 64, not initialised. Throws  std::bad_alloc
void* allocate_memory(size_t bytes);
/// `bytes` as it was asked for.
void free_memory(void* memory, size_t bytes) noexcept;

}  // namespace runnel
