#include "runnel/base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <mutex>
#include <rapidcheck/gtest.h>
#include <sched.h>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "runnel/base/error.h"

#include "tests/sanitizers.h"

namespace runnel {
namespace {

using testing::Each;

/// Restores the number of threads after a test.
class ThreadPool : public testing::TestWithParam<int> {
 protected:
  ~ThreadPool() override { set_thread_count(before_); }
  int before_ = thread_count();
};
using ThreadPoolOfAnySize = ThreadPool;

/// The threads that this process has now.
int64_t living_threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

void count_tasks(std::vector<std::atomic<int>>& calls) {
  parallel_tasks(static_cast<int64_t>(calls.size()),
                 [&](int64_t task) { ++calls[static_cast<size_t>(task)]; });
}

std::vector<int> plain(const std::vector<std::atomic<int>>& calls) { return {calls.begin(), calls.end()}; }

TEST_P(ThreadPoolOfAnySize, runs_every_task_once) {
  set_thread_count(GetParam());
  for (const size_t tasks : {0, 1, 2, 3, 7, 1000}) {
    std::vector<std::atomic<int>> calls(tasks);
    count_tasks(calls);
    EXPECT_THAT(plain(calls), Each(1));
  }
}

TEST_P(ThreadPoolOfAnySize, has_done_all_tasks_when_it_returns) {
  set_thread_count(GetParam());
  for (int job = 0; job < 2000; ++job) {  // short jobs, one right after the other
    std::vector<int64_t> results(5, -1);
    parallel_tasks(5, [&](int64_t task) { results[static_cast<size_t>(task)] = task * job; });
    for (int64_t task = 0; task < 5; ++task) ASSERT_EQ(results[static_cast<size_t>(task)], task * job);
  }
}

TEST_P(ThreadPoolOfAnySize, throws_again_what_a_task_threw) {
  set_thread_count(GetParam());
  try {
    parallel_tasks(100, [](int64_t task) {
      if (task == 42) throw OptionError("task 42 cannot be done");
    });
    FAIL() << "no exception";
  } catch (const OptionError& error) {
    EXPECT_STREQ(error.what(), "task 42 cannot be done");
  }
}

TEST_P(ThreadPoolOfAnySize, throws_one_exception_when_all_tasks_throw) {
  set_thread_count(GetParam());
  EXPECT_THROW(parallel_tasks(50, [](int64_t) { throw std::runtime_error("no"); }), std::runtime_error);
}

TEST_P(ThreadPoolOfAnySize, works_on_after_an_exception) {
  set_thread_count(GetParam());
  for (int i = 0; i < 20; ++i) {
    EXPECT_THROW(parallel_tasks(10, [](int64_t) { throw 1; }), int);
    std::vector<std::atomic<int>> calls(10);
    count_tasks(calls);
    EXPECT_THAT(plain(calls), Each(1));
  }
}

TEST_P(ThreadPoolOfAnySize, runs_tasks_within_tasks) {
  set_thread_count(GetParam());
  std::vector<std::atomic<int>> calls(6 * 5 * 4);
  parallel_tasks(6, [&](int64_t i) {
    parallel_tasks(5, [&](int64_t j) {
      parallel_tasks(4, [&](int64_t k) { ++calls[static_cast<size_t>((i * 5 + j) * 4 + k)]; });
    });
  });
  EXPECT_THAT(plain(calls), Each(1));
}

TEST_P(ThreadPoolOfAnySize, passes_an_exception_out_of_tasks_within_tasks) {
  set_thread_count(GetParam());
  const auto nested = [](int64_t) {
    parallel_tasks(3, [](int64_t task) {
      if (task == 2) throw std::out_of_range("inner");
    });
  };
  EXPECT_THROW(parallel_tasks(8, nested), std::out_of_range);
}

TEST_P(ThreadPoolOfAnySize, serves_several_callers_at_once) {
  set_thread_count(GetParam());
  std::vector<std::vector<std::atomic<int>>> calls;
  for (int i = 0; i < 4; ++i) calls.emplace_back(20);
  std::vector<std::thread> callers;
  for (std::vector<std::atomic<int>>& mine : calls) {
    callers.emplace_back([&mine] {
      for (int job = 0; job < 200; ++job) count_tasks(mine);
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::vector<std::atomic<int>>& mine : calls) EXPECT_THAT(plain(mine), Each(200));
}

TEST_P(ThreadPoolOfAnySize, gives_each_caller_its_own_exceptions) {
  set_thread_count(GetParam());
  std::atomic<int> right = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&right, caller] {
      for (int job = 0; job < 50; ++job) {
        try {
          parallel_tasks(8, [&](int64_t) { throw caller; });
        } catch (int thrown) {
          if (thrown == caller) ++right;
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 200);
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolOfAnySize, testing::Values(1, 2, 5),
                         [](const testing::TestParamInfo<int>& threads) {
                           return std::to_string(threads.param);
                         });

TEST_F(ThreadPool, makes_no_thread_with_a_count_of_one) {
  set_thread_count(1);
  const int64_t before = living_threads();
  std::set<std::thread::id> workers;
  parallel_tasks(100, [&](int64_t) { workers.insert(std::this_thread::get_id()); });
  parallel_for(1 << 20, 1, [&](int64_t, int64_t) { workers.insert(std::this_thread::get_id()); });
  EXPECT_EQ(living_threads(), before);
  EXPECT_THAT(workers, testing::ElementsAre(std::this_thread::get_id()));
}

TEST_F(ThreadPool, has_as_many_threads_as_set_the_caller_among_them) {
  std::vector<int64_t> living;
  for (const int threads : {2, 6, 3}) {
    set_thread_count(threads);
    EXPECT_EQ(thread_count(), threads);
    parallel_tasks(100, [](int64_t) {});
    living.push_back(living_threads());
  }
  EXPECT_EQ(living[1], living[0] + 4);
  EXPECT_EQ(living[2], living[0] + 1);
}

TEST_F(ThreadPool, really_works_on_all_threads_at_once) {
  set_thread_count(3);
  // Each task waits for the others: it ends only if all three run at the same time.
  std::atomic<int> arrived = 0;
  std::atomic<bool> together = true;
  parallel_tasks(3, [&](int64_t) {
    ++arrived;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (arrived < 3 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    if (arrived < 3) together = false;
  });
  EXPECT_TRUE(together);
}

TEST_F(ThreadPool, leaves_out_tasks_that_had_not_begun_when_one_threw) {
  set_thread_count(1);
  int done = 0;
  EXPECT_THROW(parallel_tasks(10,
                              [&](int64_t task) {
                                if (task == 3) throw 3;
                                ++done;
                              }),
               int);
  EXPECT_EQ(done, 3);
}

TEST_F(ThreadPool, refuses_counts_that_cannot_be) {
  const auto error_of = [](int count) -> std::string {
    try {
      set_thread_count(count);
    } catch (const OptionError& error) {
      return error.what();
    }
    return "no error";
  };
  set_thread_count(2);
  EXPECT_EQ(error_of(0), "threads is 0, expected 1 to 1024");
  EXPECT_EQ(error_of(-3), "threads is -3, expected 1 to 1024");
  EXPECT_EQ(error_of(1025), "threads is 1025, expected 1 to 1024");
  EXPECT_EQ(thread_count(), 2) << "a refused count changes nothing";
}

TEST_F(ThreadPool, works_with_fewer_threads_where_the_system_gives_no_more) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer needs memory of its own for each thread";
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit old{};
  getrlimit(RLIMIT_AS, &old);
  const rlim_t now = static_cast<rlim_t>(pages) * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  const rlimit limit{.rlim_cur = now + (rlim_t{200} << 20), .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
  set_thread_count(500);
  std::vector<std::atomic<int>> calls(1000);
  count_tasks(calls);
  const int64_t living = living_threads();
  setrlimit(RLIMIT_AS, &old);
  EXPECT_LT(living, 500) << "the limit was meant to forbid so many";
  EXPECT_THAT(plain(calls), Each(1));
}

/// The start of a process: GoogleTest runs the expression in a new one, which gets our environment.
class ThreadCountAtTheStart : public testing::Test {
 protected:
  ThreadCountAtTheStart() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  ~ThreadCountAtTheStart() override {
    old_ ? ::setenv("RUNNEL_THREADS", old_, 1) : ::unsetenv("RUNNEL_THREADS");
  }

  const char* old_ = std::getenv("RUNNEL_THREADS");
};

TEST_F(ThreadCountAtTheStart, is_what_the_environment_says) {
  ::setenv("RUNNEL_THREADS", "3", 1);
  EXPECT_EXIT(std::exit(thread_count()), testing::ExitedWithCode(3), "");
}

TEST_F(ThreadCountAtTheStart, is_the_processors_that_the_process_may_use) {
  cpu_set_t all, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  int processor = 0;
  while (!CPU_ISSET(processor, &all)) ++processor;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  const int usable = std::min(CPU_COUNT(&all), 255);
  // What is no number from 1 to 1024 is as good as nothing.
  for (const char* value : {"", "0", "-2", "many", "3x", "1025", "99999999999"}) {
    ::setenv("RUNNEL_THREADS", value, 1);
    EXPECT_EXIT(std::exit(std::min(thread_count(), 255)), testing::ExitedWithCode(usable), "") << value;
  }
  ::unsetenv("RUNNEL_THREADS");
  sched_setaffinity(0, sizeof one, &one);
  EXPECT_EXIT(std::exit(thread_count()), testing::ExitedWithCode(1), "");
  sched_setaffinity(0, sizeof all, &all);
}

RC_GTEST_PROP(ParallelFor, covers_the_range_once_with_ranges_no_shorter_than_the_grain, ()) {
  const int before = thread_count();
  set_thread_count(*rc::gen::inRange(1, 6));
  const int64_t count = *rc::gen::inRange<int64_t>(0, 100);
  const int64_t grain = *rc::gen::inRange<int64_t>(0, 40);
  std::vector<std::atomic<int>> calls(static_cast<size_t>(count));
  std::atomic<int64_t> ranges = 0, shortest = count;
  parallel_for(count, grain, [&](int64_t begin, int64_t end) {
    ++ranges;
    for (int64_t seen = shortest; end - begin < seen && !shortest.compare_exchange_weak(seen, end - begin);) {
    }
    for (int64_t i = begin; i < end; ++i) ++calls[static_cast<size_t>(i)];
  });
  const int threads = thread_count();
  set_thread_count(before);
  for (const std::atomic<int>& call : calls) RC_ASSERT(call == 1);
  RC_ASSERT(ranges <= threads);
  RC_ASSERT(shortest >= std::min(grain, count));
  RC_ASSERT((ranges == 0) == (count == 0));
}

TEST(ParallelFor, splits_work_that_is_long_enough_among_all_threads) {
  const int before = thread_count();
  set_thread_count(4);
  std::mutex mutex;
  std::set<std::pair<int64_t, int64_t>> ranges;
  parallel_for(10, 2, [&](int64_t begin, int64_t end) {
    const std::lock_guard lock(mutex);
    ranges.insert({begin, end});
  });
  set_thread_count(before);
  EXPECT_THAT(ranges,
              testing::ElementsAre(std::pair(0, 2), std::pair(2, 5), std::pair(5, 7), std::pair(7, 10)));
}

}  // namespace
}  // namespace runnel
