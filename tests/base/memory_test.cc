#include "runnel/base/memory.h"

#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "tests/sanitizers.h"

namespace runnel {
namespace {

constexpr size_t kBlock = size_t{1} << 20;

class Memory : public testing::Test {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "under a sanitizer, nothing is kept";
    release_memory();
    reset_most_memory();
    before = memory_use();
  }
  MemoryUse before;
};

TEST_F(Memory, is_aligned_whatever_its_size) {
  for (const size_t bytes : {size_t{0}, size_t{1}, size_t{100}, kBlock - 1, kBlock}) {
    void* memory = allocate_memory(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 64, 0u) << bytes;
    std::memset(memory, 1, bytes);
    free_memory(memory, bytes);
  }
}

TEST_F(Memory, gives_a_freed_block_to_the_next_who_asks_for_about_as_much) {
  void* first = allocate_memory(kBlock);
  free_memory(first, kBlock);
  EXPECT_EQ(memory_use().kept - before.kept, static_cast<int64_t>(kBlock));
  void* second = allocate_memory(kBlock - kBlock / 8);
  EXPECT_EQ(second, first);
  EXPECT_EQ(memory_use().kept, before.kept);
  free_memory(second, kBlock - kBlock / 8);
}

TEST_F(Memory, does_not_give_a_block_that_is_much_too_large) {
  void* large = allocate_memory(4 * kBlock);
  free_memory(large, 4 * kBlock);
  void* small = allocate_memory(kBlock);
  EXPECT_EQ(memory_use().in_use - before.in_use, static_cast<int64_t>(kBlock));
  EXPECT_EQ(memory_use().kept, before.kept) << "a fresh block replaces a kept one";
  free_memory(small, kBlock);
}

TEST_F(Memory, keeps_a_large_block_when_a_small_one_is_wanted_too) {
  void* large = allocate_memory(16 * kBlock);
  free_memory(large, 16 * kBlock);
  void* small = allocate_memory(kBlock);
  EXPECT_EQ(memory_use().kept - before.kept, static_cast<int64_t>(16 * kBlock));
  void* again = allocate_memory(16 * kBlock);
  EXPECT_EQ(again, large);
  free_memory(again, 16 * kBlock);
  free_memory(small, kBlock);
}

TEST_F(Memory, knows_the_most_that_was_in_use) {
  std::vector<void*> blocks;
  for (int i = 0; i < 3; ++i) blocks.push_back(allocate_memory(kBlock));
  for (void* block : blocks) free_memory(block, kBlock);
  const MemoryUse use = memory_use();
  EXPECT_EQ(use.in_use, before.in_use);
  EXPECT_EQ(use.most - before.in_use, static_cast<int64_t>(3 * kBlock));
  release_memory();
  EXPECT_EQ(memory_use().kept, 0);
  reset_most_memory();
  EXPECT_EQ(memory_use().most, memory_use().in_use);
}

}  // namespace
}  // namespace runnel
