#include "runnel/base/thread_pool.h"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "runnel/base/base_error.h"

namespace runnel {
namespace {

constexpr int kMaxThreads = 1024;

/// How long a thread looks for work, or for the end of it, before it sleeps: some times what it takes to wake one. A
/// training step of a small layer has parts of about 100 µs on one thread, during which the others should stay awake.
constexpr std::chrono::microseconds kSpin{200};

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// How long the members of a team look for each other before they offer their processor to others at each look: on a busy
/// machine it may be the one that is waited for who needs it.
constexpr std::chrono::microseconds kSpinAtBarrier{10};

/// Whether `done()` came true within `time`.
template <class Done>
bool spin_until(const Done& done, std::chrono::microseconds time = kSpin) {
  if (done()) return true;
  const auto end = std::chrono::steady_clock::now() + time;
  do {
    for (int i = 0; i < 16; ++i) {
      if (done()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

/// The caller and `workers()` other threads, which sleep between jobs.
class ThreadPool {
 public:
  explicit ThreadPool(int wanted) : wanted_(wanted) {
    threads_.reserve(static_cast<size_t>(wanted));
    try {
      for (int i = 0; i < wanted; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The system gives no more threads. Those that exist, and the caller, do all the work.
    }
  }
  ~ThreadPool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      job_.fetch_add(1);
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  int wanted() const { return wanted_; }
  int workers() const { return static_cast<int>(threads_.size()); }

  /// Whether a brief job can begin at once. If not, and the last one was asked for just before, wakes who sleeps: they
  /// will be looking for work when the next one comes.
  bool ready_for_brief() {
    const auto now = std::chrono::steady_clock::now();
    const bool hurried = now - std::exchange(last_brief_, now) < kSpin;
    {
      std::lock_guard lock(mutex_);
      if (sleepers_ == 0) return true;
      if (!hurried) return false;
      job_.fetch_add(1);  // a job that is over before it has begun
    }
    wake_.notify_all();
    return false;
  }

  void run(int64_t tasks, detail::TaskFunction function, void* context) {
    bool sleepers;
    {
      std::lock_guard lock(mutex_);
      function_ = function;
      context_ = context;
      tasks_ = tasks;
      next_task_ = 1;
      error_ = nullptr;
      open_ = true;
      sleepers = sleepers_ > 0;
      job_.fetch_add(1);
    }
    if (sleepers) wake_.notify_all();
    // The first task is the caller's in every job: the second half of a layer's work then finds in a core's cache what
    // the first left there.
    take_tasks(0);
    {
      std::lock_guard lock(mutex_);
      open_ = false;  // who wakes only now finds nothing left to do, and nobody waits for it
    }
    const auto done = [this] { return busy_.load() == 0; };
    if (!spin_until(done)) {
      std::unique_lock lock(mutex_);
      done_.wait(lock, done);
    }
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  enum class Call { join, too_late, stop };

  /// What a worker was called for: to take part in a job, unless it has ended without the worker.
  Call answer(uint64_t& seen) {
    std::lock_guard lock(mutex_);
    seen = job_.load();
    if (stopping_) return Call::stop;
    if (!open_) return Call::too_late;
    busy_.fetch_add(1);
    return Call::join;
  }

  /// `task` and whatever else is left to do.
  void take_tasks(int64_t task) {
    for (; task < tasks_; task = next_task_.fetch_add(1)) {
      try {
        function_(context_, task);
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
        next_task_ = tasks_;
      }
    }
  }

  void work();

  int wanted_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  bool stopping_ = false, open_ = false;
  int sleepers_ = 0;
  std::chrono::steady_clock::time_point last_brief_;  // of the caller, who is one at a time
  std::atomic<uint64_t> job_{0};  // changed with the mutex held, so that no sleeper misses it
  std::atomic<int> busy_{0};      // workers that take part in the job
  detail::TaskFunction function_ = nullptr;
  void* context_ = nullptr;
  int64_t tasks_ = 0;
  std::atomic<int64_t> next_task_{0};
  std::exception_ptr error_;
  std::vector<std::thread> threads_;
};

thread_local bool inside_task = false;

void ThreadPool::work() {
  inside_task = true;
  uint64_t seen = 0;
  const auto called = [&] { return job_.load() != seen; };
  while (true) {
    if (!spin_until(called)) {
      std::unique_lock lock(mutex_);
      ++sleepers_;
      wake_.wait(lock, called);
      --sleepers_;
    }
    const Call call = answer(seen);
    if (call == Call::stop) return;
    if (call == Call::too_late) continue;
    take_tasks(next_task_.fetch_add(1));
    if (busy_.fetch_sub(1) == 1) {
      std::lock_guard lock(mutex_);  // the caller is now either before its look at busy_ or asleep
      done_.notify_one();
    }
  }
}

/// The processors that this process may run on: fewer than the machine has, under taskset or in a container.
int usable_processors() {
#ifdef __linux__
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) == 0) return CPU_COUNT(&processors);
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int initial_thread_count() {
  const char* variable = std::getenv("RUNNEL_THREADS");
  const std::string_view text = variable ? variable : "";
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool valid =
      error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= kMaxThreads;
  return valid ? count : std::min(usable_processors(), kMaxThreads);
}

std::atomic<int>& configured_threads() {
  static std::atomic<int> count = initial_thread_count();
  return count;
}

/// The pool and the right to use it: one caller at a time.
struct SharedPool {
  std::mutex mutex;
  std::unique_ptr<ThreadPool> pool;

  ThreadPool& sized(int workers) {
    if (!pool || pool->wanted() != workers) {
      pool.reset();
      pool = std::make_unique<ThreadPool>(workers);
    }
    return *pool;
  }
};

SharedPool& shared_pool() {
  static SharedPool pool;
  return pool;
}

}  // namespace

int thread_count() { return configured_threads().load(std::memory_order_relaxed); }

void set_thread_count(int count) {
  if (count < 1 || count > kMaxThreads) {
    throw errors::bad_thread_count(count, kMaxThreads);
  }
  configured_threads() = count;
}

namespace {

/// Calls `use(pool)` with the pool of thread_count() − 1 workers, unless this thread is inside a task or another one
/// is using the pool: then returns false.
template <class Use>
bool with_pool(const Use& use) {
  const int threads = thread_count();
  if (threads == 1 || inside_task) return false;
  SharedPool& shared = shared_pool();
  std::unique_lock lock(shared.mutex, std::try_to_lock);
  if (!lock) return false;
  struct Inside {
    Inside() { inside_task = true; }
    ~Inside() { inside_task = false; }
  } inside;
  return use(shared.sized(threads - 1));
}

}  // namespace

void detail::run_tasks(int64_t tasks, TaskFunction function, void* context, Job job) {
  const bool shared = tasks > 1 && with_pool([&](ThreadPool& pool) {
                        if (job == Job::brief && !pool.ready_for_brief()) return false;
                        pool.run(tasks, function, context);
                        return true;
                      });
  for (int64_t task = 0; task < tasks && !shared; ++task) function(context, task);
}

bool detail::try_team(int64_t members, TaskFunction function, void* context, Job job) {
  if (members > thread_count()) return false;
  return with_pool([&](ThreadPool& pool) {
    if (members > pool.workers() + 1) return false;
    if (job == Job::brief && !pool.ready_for_brief()) return false;
    pool.run(members, function, context);
    return true;
  });
}

void SpinBarrier::wait() {
  const uint64_t round = round_.load(std::memory_order_relaxed);
  if (came_.fetch_add(1, std::memory_order_acq_rel) == members_ - 1) {
    came_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    return;
  }
  const auto passed = [&] { return round_.load(std::memory_order_acquire) != round; };
  while (!spin_until(passed, kSpinAtBarrier)) std::this_thread::yield();
}

}  // namespace runnel
