#include "runnel/kernels/recurrence.h"

#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "runnel/base/random.h"

#include "tests/kernels/every_target.h"

// The equations are held against a plain twin in tests/nn. Here: what the kernels promise about absent arguments
// and rows, and that the instruction sets agree.

namespace runnel::kernels {
namespace {

using Numbers = std::vector<float>;
constexpr float kNeverWritten = -12345;

struct Sizes {
  Cell cell;
  int64_t input, hidden, proj, directions;

  int64_t output() const { return proj > 0 ? proj : hidden; }
  int64_t gates() const { return gate_count(cell) * hidden; }
  bool has_cell() const { return cell == Cell::lstm; }
  std::string name() const {
    return fmt::format("cell {}, input {}, hidden {}, proj {}, {} directions", static_cast<int>(cell), input,
                       hidden, proj, directions);
  }
};

/// Sequences of 1, 4, 0 and 2 steps. Their rows stand somewhere in x and somewhere else in output.
struct Batch {
  std::vector<int64_t> batch_sizes{3, 2, 1, 1};
  std::vector<int32_t> x_row{9, 8, 2, 0, 3, 5, 1}, output_row{0, 2, 7, 6, 4, 9, 1}, sequence{1, 3, 0, 2};
  static constexpr int64_t kBatch = 4, kRows = 10;

  SequenceRows rows() const { return {batch_sizes, x_row, output_row, sequence}; }
};

Numbers random(int64_t count, Generator& generator, float most = 1) {
  Numbers numbers(static_cast<size_t>(count));
  generator.fill_uniform(numbers, -most, most);
  return numbers;
}

/// Everything that goes in. An argument whose name stands in `absent` is not given.
struct Arguments {
  Sizes sizes;
  Batch batch;
  std::map<std::string, Numbers> given;
  std::set<std::string> absent = {};

  Arguments(const Sizes& s, Generator& generator) : sizes(s) {
    const float most = 1 / std::sqrt(static_cast<float>(s.hidden));
    for (int64_t d = 0; d < s.directions; ++d) {
      const std::string suffix = std::to_string(d);
      given["weight_ih" + suffix] = random(s.gates() * s.input, generator, most);
      given["weight_hh" + suffix] = random(s.gates() * s.output(), generator, most);
      given["bias_ih" + suffix] = random(s.gates(), generator, most);
      given["bias_hh" + suffix] = random(s.gates(), generator, most);
      given["weight_hr" + suffix] = random(s.proj * s.hidden, generator, most);
    }
    const int64_t states = s.directions * Batch::kBatch;
    given["x"] = random(Batch::kRows * s.input, generator);
    given["d_output"] = random(Batch::kRows * s.directions * s.output(), generator);
    for (const char* name : {"h_0", "d_h_n"}) given[name] = random(states * s.output(), generator);
    for (const char* name : {"c_0", "d_c_n"}) given[name] = random(states * s.hidden, generator);
  }

  const float* get(const std::string& name) const {
    return absent.contains(name) ? nullptr : given.at(name).data();
  }
  void clear(const std::string& name) { std::fill(given.at(name).begin(), given.at(name).end(), 0.0f); }
};

using Results = std::map<std::string, Numbers>;

/// Runs forward, then backward. A result whose name stands in `unwanted` is not asked for.
class Recurrence {
 public:
  explicit Recurrence(const Arguments& arguments, std::set<std::string> unwanted = {})
      : arguments_(arguments), sizes_(arguments.sizes), unwanted_(std::move(unwanted)) {
    for (int64_t d = 0; d < sizes_.directions; ++d) {
      const auto get = [&](const std::string& name) { return arguments_.get(name + std::to_string(d)); };
      weights_.push_back({get("weight_ih"), get("weight_hh"), get("bias_ih"), get("bias_hh"),
                          sizes_.proj > 0 ? get("weight_hr") : nullptr});
    }
    layer_ = {sizes_.cell, sizes_.input, sizes_.hidden, sizes_.proj, weights_};
  }

  Results forward(bool keep) {
    const int64_t states = sizes_.directions * Batch::kBatch;
    memory_.resize(keep ? weights_.size() : 0);
    recurrence_forward({.layer = layer_,
                        .rows = arguments_.batch.rows(),
                        .x = arguments_.get("x"),
                        .h_0 = arguments_.get("h_0"),
                        .c_0 = sizes_.has_cell() ? arguments_.get("c_0") : nullptr,
                        .output = room("output", Batch::kRows * sizes_.directions * sizes_.output()),
                        .h_n = room("h_n", states * sizes_.output()),
                        .c_n = sizes_.has_cell() ? room("c_n", states * sizes_.hidden) : nullptr,
                        .memory = memory_});
    return std::move(results_);
  }

  Results backward() {
    const Results outputs = forward(true);
    const int64_t states = sizes_.directions * Batch::kBatch;
    std::vector<RecurrentWeightGradients> d_weights;
    for (int64_t d = 0; d < sizes_.directions; ++d) {
      const std::string suffix = std::to_string(d);
      d_weights.push_back(
          {room("d_weight_ih" + suffix, sizes_.gates() * sizes_.input),
           room("d_weight_hh" + suffix, sizes_.gates() * sizes_.output()),
           room("d_bias_ih" + suffix, sizes_.gates()), room("d_bias_hh" + suffix, sizes_.gates()),
           sizes_.proj > 0 ? room("d_weight_hr" + suffix, sizes_.proj * sizes_.hidden) : nullptr});
    }
    recurrence_backward({.layer = layer_,
                         .rows = arguments_.batch.rows(),
                         .x = arguments_.get("x"),
                         .memory = memory_,
                         .d_output = arguments_.get("d_output"),
                         .d_h_n = arguments_.get("d_h_n"),
                         .d_c_n = arguments_.get("d_c_n"),
                         .d_x = room("d_x", Batch::kRows * sizes_.input),
                         .d_h_0 = room("d_h_0", states * sizes_.output()),
                         .d_c_0 = sizes_.has_cell() ? room("d_c_0", states * sizes_.hidden) : nullptr,
                         .d_weights = d_weights});
    results_.insert(outputs.begin(), outputs.end());
    return std::move(results_);
  }

 private:
  float* room(const std::string& name, int64_t count) {
    if (unwanted_.contains(name)) return nullptr;
    return results_.emplace(name, Numbers(static_cast<size_t>(count), kNeverWritten)).first->second.data();
  }

  const Arguments& arguments_;
  Sizes sizes_;
  std::set<std::string> unwanted_;
  std::vector<RecurrentWeights> weights_;
  RecurrentLayer layer_;
  std::vector<RecurrentMemory> memory_;
  Results results_;
};

std::vector<Sizes> all_sizes() {
  std::vector<Sizes> sizes;
  for (Cell cell : {Cell::rnn_tanh, Cell::rnn_relu, Cell::lstm, Cell::gru}) {
    for (int64_t directions : {1, 2}) {
      for (int64_t hidden : {1, 3, 7, 8, 9, 16, 17, 33}) {
        sizes.push_back({cell, hidden + 2, hidden, 0, directions});
        if (cell != Cell::lstm || hidden == 1) continue;
        sizes.push_back({cell, 5, hidden, 1, directions});
        sizes.push_back({cell, 5, hidden, hidden - 1, directions});
      }
    }
  }
  return sizes;
}

/// Calls `body(arguments)` for random arguments of all sizes.
template <class Body>
void for_all_sizes(const Body& body) {
  Generator generator(1);
  for (const Sizes& sizes : all_sizes()) {
    SCOPED_TRACE(sizes.name());
    body(Arguments(sizes, generator));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(RecurrenceKernel, agrees_on_every_instruction_set) {
  for_all_sizes([](const Arguments& arguments) {
    const Results expected = Recurrence(arguments).backward();
    on_every_target([&] {
      for (const auto& [name, got] : Recurrence(arguments).backward()) {
        const double tolerance = name.starts_with("d_") ? 1e-5 : 1e-6;
        const Numbers& want = expected.at(name);
        for (size_t i = 0; i < want.size(); ++i) {
          ASSERT_NEAR(got[i], want[i], tolerance * (1 + std::abs(want[i]))) << name << " " << i;
        }
      }
    });
  });
}

TEST(RecurrenceKernel, gives_the_same_bits_on_all_instruction_sets_that_fuse) {
  int compared = 0;
  for_all_sizes([&](const Arguments& arguments) {
    std::optional<Results> expected;
    on_every_target([&] {
      if (!target_fuses()) return;
      const Results got = Recurrence(arguments).backward();
      if (expected) {
        for (const auto& [name, values] : got) EXPECT_EQ(values, expected->at(name)) << name;
        ++compared;
      }
      expected = got;
    });
  });
  if (compared == 0) GTEST_SKIP() << "this machine has one such instruction set at most";
}

TEST(RecurrenceKernel, takes_what_is_absent_for_zeros) {
  for_all_sizes([](const Arguments& arguments) {
    for (const std::string name : {"h_0", "c_0", "d_output", "d_h_n", "d_c_n", "bias_ih0", "bias_hh0"}) {
      Arguments zeros = arguments, absent = arguments;
      zeros.clear(name);
      absent.absent = {name};
      EXPECT_EQ(Recurrence(zeros).backward(), Recurrence(absent).backward()) << name;
    }
  });
}

TEST(RecurrenceKernel, gives_the_same_whatever_else_is_wanted) {
  for_all_sizes([](const Arguments& arguments) {
    const Results all = Recurrence(arguments).backward();
    for (const auto& [name, numbers] : all) {
      if (!name.starts_with("d_")) continue;
      Results others = all;
      others.erase(name);
      EXPECT_EQ(Recurrence(arguments, {name}).backward(), others) << "without " << name;
    }
    const Results forward = Recurrence(arguments).forward(false);
    for (const auto& [name, numbers] : forward) EXPECT_EQ(numbers, all.at(name)) << name;
  });
}

TEST(RecurrenceKernel, leaves_rows_without_a_step_alone) {
  for_all_sizes([](const Arguments& arguments) {
    const Results results = Recurrence(arguments).backward();
    const auto expect_rows = [&](const std::string& name, const std::vector<int32_t>& written) {
      const Numbers& numbers = results.at(name);
      const int64_t width = static_cast<int64_t>(numbers.size()) / Batch::kRows;
      for (int64_t i = 0; i < static_cast<int64_t>(numbers.size()); ++i) {
        const bool is_written = std::count(written.begin(), written.end(), i / width) > 0;
        EXPECT_EQ(numbers[static_cast<size_t>(i)] != kNeverWritten, is_written)
            << name << " row " << i / width;
      }
    };
    expect_rows("output", arguments.batch.output_row);
    expect_rows("d_x", arguments.batch.x_row);
    for (const auto& [name, numbers] : results) {
      if (name == "output" || name == "d_x") continue;
      EXPECT_EQ(std::count(numbers.begin(), numbers.end(), kNeverWritten), 0) << name;
    }
  });
}

TEST(RecurrenceKernel, gives_the_first_state_to_a_sequence_without_steps) {
  for_all_sizes([](const Arguments& arguments) {
    const Results results = Recurrence(arguments).backward();
    const auto expect_third_of = [&](const std::string& name, const std::string& from) {
      const Numbers &got = results.at(name), &want = arguments.given.at(from);
      const size_t width = want.size() / static_cast<size_t>(arguments.sizes.directions * Batch::kBatch);
      for (size_t i = 0; i < want.size(); ++i) {
        if (i / width % Batch::kBatch != 2) continue;
        EXPECT_EQ(got[i], want[i]) << name;
      }
    };
    expect_third_of("h_n", "h_0");
    expect_third_of("d_h_0", "d_h_n");
    if (!arguments.sizes.has_cell()) return;
    expect_third_of("c_n", "c_0");
    expect_third_of("d_c_0", "d_c_n");
  });
}

TEST(RecurrenceKernel, takes_a_batch_without_sequences_and_one_without_steps) {
  for_all_sizes([](const Arguments& arguments) {
    Arguments empty = arguments;
    empty.batch.batch_sizes.clear();
    for (const auto& [name, numbers] : Recurrence(empty).backward()) {
      if (name.starts_with("d_weight") || name.starts_with("d_bias")) {
        EXPECT_EQ(numbers, Numbers(numbers.size(), 0.0f)) << name;
      }
    }
    empty.batch.sequence.clear();
    Recurrence(empty).backward();
  });
}

TEST(RecurrenceKernel, takes_a_batch_without_steps_through_a_large_layer) {
  Generator generator(2);
  Arguments empty({Cell::rnn_tanh, 2, 700, 0, 1}, generator);
  empty.batch.batch_sizes.clear();
  const Results results = Recurrence(empty).backward();
  EXPECT_EQ(results.at("d_weight_hh0"), Numbers(700 * 700, 0.0f));
  EXPECT_EQ(results.at("d_h_0"), empty.given.at("d_h_n"));
}

}  // namespace
}  // namespace runnel::kernels
