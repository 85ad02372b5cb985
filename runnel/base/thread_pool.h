#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace runnel {

/// How many threads Runnel computes with, the caller's among them. At the start: the environment's
/// RUNNEL_THREADS when that is a number from 1 to 1024, else the processors that this process may run on.
int thread_count();
/// With 1, no thread is ever made. Where the system refuses so many threads, those that it gives do the work.
/// Throws  OptionError when `count` is below 1 or above 1024.
void set_thread_count(int count);

/// Whether a job is worth the waking of threads that sleep, which takes 15 to 40 µs (8 of them the caller's) where a
/// processor must first wake up itself.
enum class Job {
  worth_waking,
  /// Threads that sleep are left out; but when such jobs follow each other closely, they are woken for the next one.
  brief,
};

namespace detail {
using TaskFunction = void (*)(void* context, int64_t task);
void run_tasks(int64_t tasks, TaskFunction function, void* context, Job job);
bool try_team(int64_t members, TaskFunction function, void* context, Job job);

template <class Body>
TaskFunction task_function() {
  return [](void* context, int64_t task) { (*static_cast<Body*>(context))(task); };
}
template <class Body>
void* task_context(Body& body) {
  return const_cast<void*>(static_cast<const void*>(std::addressof(body)));
}
}  // namespace detail

/// Calls `body(task)` for every task in [0, tasks), on up to thread_count() threads; returns when all are
/// done. The first exception is thrown again here; tasks that had not begun by then are left out. Inside a
/// task, and while another thread is using the pool, tasks run one after the other on the caller's thread.
/// Who runs a task is not fixed, so what a task computes must not depend on it: split work over outputs,
/// never over the terms of a sum.
template <class Body>
void parallel_tasks(int64_t tasks, Body&& body, Job job = Job::worth_waking) {
  detail::run_tasks(tasks, detail::task_function<std::remove_reference_t<Body>>(), detail::task_context(body),
                    job);
}

/// Calls `body(member)` for every member in [0, members), all at the same time, each on a thread of its own, so that
/// they may wait for each other at a SpinBarrier. Returns false, having called nothing, where so many threads can't be
/// had now: when `members` is above thread_count(), inside a task, and while another thread is using the pool.
/// A brief job's team can't be had while threads sleep. `body` must not throw.
template <class Body>
[[nodiscard]] bool try_team(int64_t members, Body&& body, Job job = Job::worth_waking) {
  return detail::try_team(members, detail::task_function<std::remove_reference_t<Body>>(),
                          detail::task_context(body), job);
}

/// Where the members of a team wait until all have come. They look for each other without sleeping; a member that waits
/// long gives its processor to others between looks.
class SpinBarrier {
 public:
  explicit SpinBarrier(int64_t members = 1) : members_(members) {}
  /// Only while nobody waits: to put barriers into a vector.
  SpinBarrier(SpinBarrier&& other) noexcept : members_(other.members_) {}
  void set_members(int64_t members) { members_ = members; }

  /// Everything that any member wrote before is seen by all after.
  void wait();

 private:
  int64_t members_;
  alignas(64) std::atomic<int64_t> came_{0};
  alignas(64) std::atomic<uint64_t> round_{0};
};

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
