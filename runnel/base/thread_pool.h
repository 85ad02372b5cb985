#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace runnel {

/// How many threads Runnel computes with, the caller's among them. At the start: the environment's
/// RUNNEL_THREADS when that is a number from 1 up, else the processors that this process may run on.
int thread_count();
/// With 1, no thread is ever made. Where the system refuses so many threads, those that it gives do the work.
/// Throws  OptionError when `count` is below 1 or above 1024.
void set_thread_count(int count);

namespace detail {
using TaskFunction = void (*)(void* context, int64_t task);
void run_tasks(int64_t tasks, TaskFunction function, void* context);
}  // namespace detail

/// Calls `body(task)` for every task in [0, tasks), on up to thread_count() threads; returns when all are
/// done. The first exception is thrown again here; tasks that had not begun by then are left out. Inside a
/// task, and while another thread is using the pool, tasks run one after the other on the caller's thread.
/// Who runs a task is not fixed, so what a task computes must not depend on it: split work over outputs,
/// never over the terms of a sum.
template <class Body>
void parallel_tasks(int64_t tasks, Body&& body) {
  using Function = std::remove_reference_t<Body>;
  detail::run_tasks(
      tasks, [](void* context, int64_t task) { (*static_cast<Function*>(context))(task); },
      const_cast<void*>(static_cast<const void*>(std::addressof(body))));
}

/// Calls `body(begin, end)` on ranges that together cover [0, count) once, at most one a thread. No range is
/// shorter than `grain` unless `count` is, so that short work stays on the caller's thread.
template <class Body>
void parallel_for(int64_t count, int64_t grain, Body&& body) {
  const int64_t most = grain > 0 ? count / grain : count;
  const int64_t ranges = most < thread_count() ? most : thread_count();
  if (ranges <= 1) {
    if (count > 0) body(int64_t{0}, count);
    return;
  }
  parallel_tasks(ranges, [&](int64_t range) { body(count * range / ranges, count * (range + 1) / ranges); });
}

}  // namespace runnel
