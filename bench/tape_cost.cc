// What the tape costs: nanoseconds a node for a chain of operations on one number each, where arithmetic is nothing.
//
//     tape_cost          without recording, with it, and backward

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/ops/elementwise.h"

namespace {

constexpr int kNodes = 1000, kRuns = 200;

/// The median time of a run, in nanoseconds a node.
double median_ns(const std::function<double()>& seconds_of_a_run) {
  std::vector<double> seconds;
  for (int run = 0; run < kRuns; ++run) seconds.push_back(seconds_of_a_run());
  std::nth_element(seconds.begin(), seconds.begin() + kRuns / 2, seconds.end());
  return seconds[kRuns / 2] * 1e9 / kNodes;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

runnel::Variable chain(const runnel::Variable& x) {
  runnel::Variable y = x;
  for (int i = 0; i < kNodes; ++i) y = runnel::add(y, x);
  return y;
}

}  // namespace

int main() {
  const runnel::Variable x(runnel::Tensor::full({}, 1), true);
  const double plain = median_ns([&] { return seconds_of([&] { chain(x); }); });
  const double recorded = median_ns([&] {
    const runnel::Recording recording;
    runnel::Variable y;
    const double seconds = seconds_of([&] { y = chain(x); });
    y.backward();
    return seconds;
  });
  const double backward = median_ns([&] {
    const runnel::Recording recording;
    const runnel::Variable y = chain(x);
    return seconds_of([&] { y.backward(); });
  });
  std::fputs(fmt::format("{} additions of one number each, ns a node (medians of {} runs)\n\n"
                         "  not recorded  {:6.0f}\n"
                         "  recorded      {:6.0f}\n"
                         "  backward      {:6.0f}\n",
                         kNodes, kRuns, plain, recorded, backward)
                 .c_str(),
             stdout);
  return 0;
}
