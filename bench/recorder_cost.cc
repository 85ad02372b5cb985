// What a StateRecorder costs: nothing while there is none, and with one, the copies that it keeps.
//
//     recorder_cost          for three sizes: forward without a recorder, twice, and with one, taken in turns
//
// Without a recorder a call of a layer asks once whether there is one: the time of that question stands beside the time
// of the call. The two columns without a recorder are the same code: their ratio is the noise of this machine, below
// which nothing can be seen.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <vector>

#include "runnel/nn/gru.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/state_recorder.h"

namespace {

constexpr int kRuns = 201;

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + kRuns / 2, values.end());
  return values[kRuns / 2];
}

double seconds_of(const std::function<void()>& work, int times) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
}

/// Nanoseconds of asking whether a recorder lives.
double question_ns() {
  constexpr int kTimes = 1'000'000;
  std::vector<double> seconds;
  for (int run = 0; run < kRuns; ++run) {
    const void* volatile answer = nullptr;
    seconds.push_back(seconds_of([&] { answer = runnel::StateRecorder::current(); }, kTimes / kRuns));
  }
  return median(seconds) * 1e9;
}

/// `times` calls make one measurement.
void measure(const char* what, const std::function<void()>& forward, int times, double question) {
  std::vector<double> off, again, on, noise, cost;
  for (int run = 0; run < kRuns; ++run) {
    off.push_back(seconds_of(forward, times));
    again.push_back(seconds_of(forward, times));
    on.push_back(seconds_of(
        [&] {
          const runnel::StateRecorder recorder;
          forward();
        },
        times));
    noise.push_back(again.back() / off.back());
    cost.push_back(on.back() / off.back());
  }
  const double ns = median(off) * 1e9;
  std::fputs(
      fmt::format("  {:<34} {:>10.2f} {:>10.2f} {:>10.2f} {:>8.3f} {:>8.3f} {:>12.4f} %\n", what, ns / 1000,
                  median(again) * 1e6, median(on) * 1e6, median(noise), median(cost), 100 * question / ns)
          .c_str(),
      stdout);
}

}  // namespace

int main() {
  const double question = question_ns();
  std::fputs(fmt::format("Asking whether a recorder lives: {:.2f} ns, once a call of a layer.\n"
                         "Microseconds a call, medians of {} runs, taken in turns; medians of the ratios.\n\n"
                         "  {:<34} {:>10} {:>10} {:>10} {:>8} {:>8} {:>14}\n",
                         question, kRuns, "", "off", "off again", "on", "again÷off", "on÷off", "question÷off")
                 .c_str(),
             stdout);
  runnel::LSTM small({.input_size = 1, .hidden_size = 1});
  runnel::GRU middle({.input_size = 64, .hidden_size = 64});
  runnel::LSTM large({.input_size = 100, .hidden_size = 256, .num_layers = 2});
  const auto input = [](int64_t seq, int64_t batch, int64_t feature) {
    return runnel::Variable(
        runnel::Tensor::full(runnel::Shape{{"seq", seq}, {"batch", batch}, {"feature", feature}}, 0.1f));
  };
  const runnel::Variable one = input(1, 1, 1), hundred = input(100, 1, 64), batch = input(50, 8, 100);
  measure("LSTM(1, 1), a step", [&] { small(one); }, 1000, question);
  measure("GRU(64, 64), 100 steps", [&] { middle(hundred); }, 20, question);
  measure("LSTM(100, 256, 2), 8 x 50 steps", [&] { large(batch); }, 1, question);
  return 0;
}
