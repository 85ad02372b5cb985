#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "runnel/base/denormals.h"
#include "runnel/base/files.h"
#include "runnel/base/thread_pool.h"
#include "runnel/kernels/floor.h"
#include "runnel/kernels/target.h"

#include "cli/asked.h"
#include "cli/bench_case.h"
#include "cli/bench_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/stopwatch.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct BenchArguments {
  std::string network, lengths;
  std::optional<int64_t> batch, seq;
  bool train = false, adam = false, stream = false, limits = false, brief = false;
  double seconds = 0.5;
};

BenchRequest request_of(const BenchArguments& a, const CommonOptions& common) {
  BenchRequest request{.network = a.network, .adam = a.adam, .seed = common.seed};
  request.mode = a.train ? BenchMode::train : a.stream ? BenchMode::stream : BenchMode::inference;
  if (!a.lengths.empty()) request.lengths = read_length_range(a.lengths);
  request.batch = a.batch.value_or(a.stream ? 1 : 32);
  request.seq = a.stream ? 1 : a.seq.value_or(request.lengths ? request.lengths->most : 50);
  return request;
}

/// What was found out of a case.
struct Findings {
  BenchCase of;
  Timing timing;
  kernels::Floor floor;
  int threads = 1;

  int64_t operations() const { return 2 * of.work.multiply_adds; }
  double operations_per_second() const { return static_cast<double>(operations()) / timing.median; }
  double share() const { return floor.seconds / timing.median; }
};

kernels::Floor floor_of(const Work& work, int threads) {
  kernels::NeededWork needed{.operations = 2 * work.multiply_adds, .weight_bytes = work.weight_bytes};
  for (const StepWeights& weights : work.step_weights) {
    needed.repeated.push_back({weights.bytes, weights.times - 1});
  }
  return kernels::floor_of(needed, kernels::measure_limits(threads, work.weight_bytes));
}

Findings measure(const BenchRequest& request, double seconds) {
  BenchCase of = from_command_line([&] { return make_bench_case(request); });
  const int threads = thread_count();
  const kernels::Floor floor = floor_of(of.work, threads);
  const FlushDenormals flush;  // as a program does that streams: once, and not in every step
  const Timing timing = time_calls(of.body, seconds);
  return {std::move(of), timing, floor, threads};
}

const char* name_of(BenchMode mode) {
  return mode == BenchMode::train ? "train" : mode == BenchMode::stream ? "stream" : "inference";
}

// ---------------------------------------------------------------------------------------------------------------
// Words

/// Microseconds with three or four digits that mean something.
std::string micros(double seconds) {
  const double us = seconds * 1e6;
  if (us < 10) return fmt::format("{:.3f} µs", us);
  if (us < 1000) return fmt::format("{:.1f} µs", us);
  return with_thousands(std::llround(us)) + " µs";
}

std::string bytes_text(double bytes) {
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", bytes / 1024);
  return fmt::format("{:.1f} MiB", bytes / (1024 * 1024));
}

std::string per_second(const kernels::Floor& floor) {
  const bool computing = floor.limit == "arithmetic";
  return fmt::format("{:.1f} {}/s", floor.limit_per_second / 1e9, computing ? "GFLOP" : "GB");
}

std::string threads_text(int threads) { return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s"); }

/// The case as the arguments that ask for it again.
std::string arguments_of(const Findings& f) {
  const BenchRequest& r = f.of.request;
  std::string text = fmt::format("{} --batch {}", r.network, r.batch);
  if (r.mode != BenchMode::stream) text += fmt::format(" --seq {}", r.seq);
  if (r.lengths) text += fmt::format(" --lengths uniform:{}:{}", r.lengths->least, r.lengths->most);
  if (r.mode != BenchMode::inference) text += fmt::format(" --{}", name_of(r.mode));
  if (r.adam) text += " --adam";
  return fmt::format("{} --threads {}", text, f.threads);
}

std::string brief(const Findings& f) {
  return fmt::format("{:<76} {:>12} {:>9.1f} GFLOP/s {:>8}\n", arguments_of(f), micros(f.timing.median),
                     f.operations_per_second() / 1e9, percent(f.share()));
}

std::string block(const Findings& f) {
  const bool computing = f.floor.limit == "arithmetic";
  const std::string limit =
      computing ? "arithmetic binds: " : fmt::format("reading the weights from {} binds: ", f.floor.limit);
  const auto line = [](const char* what, const std::string& value, const std::string& remark) {
    return fmt::format("  {:<8}{:<16}{}\n", what, value, remark);
  };
  return fmt::format("{}\n{}, {}\n\n", arguments_of(f), kernels::target_name(), threads_text(f.threads)) +
         line("time", micros(f.timing.median),
              fmt::format("median of {} calls; the fastest {}", with_thousands(f.timing.calls),
                          micros(f.timing.least))) +
         line("speed", fmt::format("{:.1f} GFLOP/s", f.operations_per_second() / 1e9),
              with_thousands(f.of.work.multiply_adds) + " multiply-adds") +
         line("floor", micros(f.floor.seconds), limit + per_second(f.floor) + " here, at most") +
         line("reached", percent(f.share()), "of the floor's speed") +
         line("memory", bytes_text(static_cast<double>(f.of.bytes)), "weights, data and what lies between");
}

/// A measured number without the digits that mean nothing.
double rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json findings_json(const Findings& f) {
  const BenchRequest& r = f.of.request;
  Json json{{"spec", r.network},
            {"mode", name_of(r.mode)},
            {"batch", r.batch},
            {"seq", r.seq},
            {"lengths", nullptr},
            {"adam", r.adam},
            {"threads", f.threads},
            {"target", kernels::target_name()},
            {"median_us", rounded(f.timing.median * 1e6)},
            {"min_us", rounded(f.timing.least * 1e6)},
            {"runs", f.timing.calls},
            {"multiply_adds", f.of.work.multiply_adds},
            {"gflops", rounded(f.operations_per_second() / 1e9)},
            {"floor_us", rounded(f.floor.seconds * 1e6)},
            {"limit", f.floor.limit},
            {"limit_per_second", std::round(f.floor.limit_per_second)},
            {"share", rounded(f.share())},
            {"bytes", f.of.bytes}};
  if (r.lengths) json["lengths"] = fmt::format("uniform:{}:{}", r.lengths->least, r.lengths->most);
  return json;
}

// ---------------------------------------------------------------------------------------------------------------
// The machine

std::vector<kernels::MachineLimits> measure_machine() {
  std::vector<kernels::MachineLimits> all{kernels::measure_limits(1)};
  if (thread_count() > 1) all.push_back(kernels::measure_limits(thread_count()));
  return all;
}

std::string limits_text(const std::vector<kernels::MachineLimits>& all) {
  std::vector<std::vector<std::string>> rows{{kernels::target_name()}, {"multiply-adds, float32"}};
  for (const kernels::MemoryLevel& level : all[0].levels) {
    const std::string of = level.shared ? ", shared" : " a core";
    const std::string room =
        level.name == "DRAM" ? ""
                             : fmt::format(" ({}{})", bytes_text(static_cast<double>(level.capacity)), of);
    rows.push_back({"read from " + level.name + room});
  }
  for (const kernels::MachineLimits& limits : all) {
    rows[0].push_back(threads_text(limits.threads));
    rows[1].push_back(fmt::format("{:.1f} GFLOP/s", limits.flops_per_second / 1e9));
    for (size_t i = 0; i < limits.levels.size(); ++i) {
      rows[i + 2].push_back(fmt::format("{:.1f} GB/s", limits.levels[i].bytes_per_second / 1e9));
    }
  }
  return aligned(rows);
}

Json limits_json(const std::vector<kernels::MachineLimits>& all) {
  Json json{{"target", kernels::target_name()}, {"limits", Json::array()}};
  for (const kernels::MachineLimits& limits : all) {
    Json levels = Json::array();
    for (const kernels::MemoryLevel& level : limits.levels) {
      Json of{{"name", level.name}, {"gb_per_s", rounded(level.bytes_per_second / 1e9)}};
      if (level.name != "DRAM") of["capacity"] = level.capacity;
      levels.push_back(of);
    }
    json["limits"].push_back(
        {{"threads", limits.threads}, {"gflops", rounded(limits.flops_per_second / 1e9)}, {"read", levels}});
  }
  return json;
}

int bench_command(const BenchArguments& a, const CommonOptions& common) {
  if (a.limits) {
    const std::vector<kernels::MachineLimits> all = measure_machine();
    common.json ? print_json(limits_json(all)) : print(limits_text(all));
    return kWell;
  }
  if (a.network.empty()) throw errors::nothing_to_measure();
  if (names_file(a.network)) {
    require_readable(a.network);
    throw errors::file_to_measure(a.network);
  }
  const Findings findings = measure(request_of(a, common), a.seconds);
  if (common.json) {
    print_json(findings_json(findings));
  } else {
    print(a.brief ? brief(findings) : block(findings));
  }
  return kWell;
}

}  // namespace

void add_bench(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<BenchArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "bench",
       .summary = "Measure how fast a recurrent network runs, and how fast it could",
       .details =
           R"(NETWORK is a layer or a chain, as for runnel explain. One call is timed: forward of a batch; with --train
forward and the gradients of all parameters and of the data; with --stream one step that goes on from the last
one's state, shared among the threads where it is large.

The floor is the least time that this machine allows, from its limits, which are measured in the same run: the
arithmetic at full speed, or the weights read at every step from the caches, each of which holds what fits,
whichever takes longer. gflops counts two operations for each multiply-add of a real step; padding does not count, and
training counts three times the forward's.

With --json: spec, mode, batch, seq, lengths, threads, target, median_us, min_us, runs, multiply_adds, gflops,
floor_us, limit, share (of the floor's speed), bytes, and some more.

Examples:
  runnel bench 'LSTM(100, 256)' --batch 32 --seq 50 --train
  runnel bench 'GRU(64, 64)' --stream --threads 1
  runnel bench --limits)"},
      [a, &common] { return bench_command(*a, common); });
  const CLI::Validator any_size = whole_number<int64_t>(1, 1'000'000);
  sub->add_option("NETWORK", a->network, "A network as text");
  sub->add_option("--batch", a->batch, "Sequences in a call (default 32); with --stream: streams (default 1)")
      ->transform(any_size);
  auto* seq =
      sub->add_option("--seq", a->seq, "Steps of a sequence (default: the longest of --lengths, or 50)")
          ->transform(any_size);
  auto* lengths =
      sub->add_option("--lengths", a->lengths, "uniform:A:B draws each length from A … B, by --seed");
  auto* train = sub->add_flag("--train", a->train, "Time a training step");
  sub->add_flag("--adam", a->adam, "Of training, update the parameters too")->needs(train);
  sub->add_flag("--stream", a->stream, "Time one step of an endless sequence")
      ->excludes(train)
      ->excludes(seq)
      ->excludes(lengths);
  sub->add_option("--seconds", a->seconds, "How long to time; at least 10 calls")
      ->check(real_number(0, 3600))
      ->capture_default_str();
  sub->add_flag("--brief", a->brief, "One line: the case, time, speed, share of the floor's speed");
  sub->add_flag("--limits", a->limits, "Only measure the machine");
}

}  // namespace runnel::cli
