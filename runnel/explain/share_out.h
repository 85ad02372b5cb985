#pragma once

#include <cstdint>

#include "runnel/base/thread_pool.h"

/// Long stories and pictures are made on several threads.
namespace runnel {

/// So many tensors to tell or to draw are worth the threads, which take some tenths of a millisecond to start; of parts of
/// a printed model, fewer.
inline constexpr int64_t kWorthThreads = 60, kPartsWorthThreads = 20;

/// parallel_tasks where that is worth it; else the tasks run one after the other.
template <class Body>
void share_out(int64_t tasks, bool worth_it, const Body& body) {
  if (worth_it) return parallel_tasks(tasks, body);
  for (int64_t task = 0; task < tasks; ++task) body(task);
}

}  // namespace runnel
