#include "runnel/ops/inference.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <malloc.h>
#include <new>
#include <rapidcheck/gtest.h>

#include "runnel/base/error.h"
#include "runnel/base/memory.h"
#include "runnel/base/random.h"
#include "runnel/base/thread_pool.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/rnn.h"
#include "runnel/tensor/axes.h"
#include "runnel/tensor/shape_error.h"

#include "tests/nn/any_config.h"
#include "tests/nn/any_layer.h"
#include "tests/sanitizers.h"

namespace {
std::atomic<int64_t> allocations{0}, bytes_held{0};

[[maybe_unused]] void* counted(size_t size, size_t alignment) {
  ++allocations;
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (!memory) throw std::bad_alloc();
  bytes_held += static_cast<int64_t>(malloc_usable_size(memory));
  return memory;
}

[[maybe_unused]] void freed(void* memory) {
  bytes_held -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}
}  // namespace

#ifndef RUNNEL_SANITIZED  // a sanitizer has its own
// Every allocation of this program passes here.
void* operator new(size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new[](size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { freed(memory); }
void operator delete[](void* memory) noexcept { freed(memory); }
void operator delete(void* memory, size_t) noexcept { freed(memory); }
void operator delete[](void* memory, size_t) noexcept { freed(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { freed(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { freed(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { freed(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { freed(memory); }
#endif

namespace runnel {
namespace {

/// A recurrent module of any kind and the numbers of one call.
struct Case {
  AnyLayer layer;
  int64_t batch, seq;
  Tensor x;

  Recurrent& module() { return layer.module(); }
  int64_t output_size() const { return layer.config().directions() * layer.config().output_size(); }
};

Case any_case(bool one_direction) {
  RecurrentConfig config = any_config({.size = 40});
  if (one_direction) config.bidirectional = false;
  manual_seed(static_cast<uint64_t>(number(0, 1000)));
  Case c{AnyLayer(config), number(1, 9), number(1, 7), {}};
  const Axis batch{axes::batch, c.batch}, seq{axes::seq, c.seq}, feature{axes::feature, config.input_size};
  c.x = Tensor(config.batch_first ? Shape{batch, seq, feature} : Shape{seq, batch, feature});
  default_generator().fill_uniform(c.x.values(), -1, 1);
  return c;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

/// Step t of all sequences: [batch, feature].
std::vector<float> rows_of_step(const Tensor& x, int64_t t) {
  std::vector<float> rows;
  const int64_t batch = x.size(axes::batch), seq = x.size(axes::seq), last = x.shape()[2].size;
  const bool batch_first = x.shape()[0].name == axes::batch;
  for (int64_t b = 0; b < batch; ++b) {
    const float* row = x.data() + (batch_first ? b * seq + t : t * batch + b) * last;
    rows.insert(rows.end(), row, row + last);
  }
  return rows;
}

RC_GTEST_PROP(Inference, runs_to_the_bits_of_the_module, ()) {
  Case c = any_case(false);
  const Signal expected = c.module().forward({.data = Variable(c.x)});
  Inference inference = c.module().inference({.batch = c.batch, .max_seq = c.seq + number(0, 3)});
  InferenceState state = inference.make_state();
  std::vector<float> output(static_cast<size_t>(c.batch * c.seq * c.output_size()));
  inference.run(c.x.values(), c.seq, state, output);
  RC_ASSERT(same_bits(output, std::get<Variable>(expected.data).value().values()));
  RC_ASSERT(same_bits(state.h().values(), expected.h_n.value().values()));
  if (expected.c_n.defined()) RC_ASSERT(same_bits(state.c().values(), expected.c_n.value().values()));
}

RC_GTEST_PROP(Inference, steps_to_the_bits_of_a_run, ()) {
  Case c = any_case(true);
  const Signal expected = c.module().forward({.data = Variable(c.x)});
  Inference inference = c.module().inference({.batch = c.batch});
  InferenceState state = inference.make_state();
  std::vector<float> output(static_cast<size_t>(c.batch * c.output_size()));
  for (int64_t t = 0; t < c.seq; ++t) {
    inference.step(rows_of_step(c.x, t), state, output);
    RC_ASSERT(same_bits(output, rows_of_step(std::get<Variable>(expected.data).value(), t)));
  }
  RC_ASSERT(same_bits(state.h().values(), expected.h_n.value().values()));
}

RC_GTEST_PROP(Inference, starts_one_stream_anew_and_leaves_the_others, ()) {
  Case c = any_case(true);
  Inference inference = c.module().inference({.batch = c.batch});
  InferenceState state = inference.make_state(), fresh = inference.make_state();
  const std::vector<float> x = rows_of_step(c.x, 0);
  std::vector<float> second(static_cast<size_t>(c.batch * c.output_size())), first = second, after = second;
  inference.step(x, fresh, first);
  inference.step(x, state, second);
  InferenceState others = state;
  inference.step(x, others, second);
  const int64_t row = number(0, c.batch - 1);
  state.reset(row);
  inference.step(x, state, after);
  const size_t width = static_cast<size_t>(c.output_size());
  for (int64_t b = 0; b < c.batch; ++b) {
    const std::vector<float>& expected = b == row ? first : second;
    const size_t at = static_cast<size_t>(b) * width;
    RC_ASSERT(same_bits(std::span(after).subspan(at, width), std::span(expected).subspan(at, width)));
  }
}

RC_GTEST_PROP(Inference, never_allocates_in_step_and_run, ()) {
  const bool one_direction = *rc::gen::arbitrary<bool>();
  Case c = any_case(one_direction);
  set_thread_count(1);
  Inference inference = c.module().inference({.batch = c.batch, .max_seq = c.seq});
  InferenceState state = inference.make_state();
  std::vector<float> output(static_cast<size_t>(c.batch * c.seq * c.output_size()));
  const std::vector<float> x = rows_of_step(c.x, 0);
  const int64_t before = allocations;
  for (int64_t seq = c.seq; seq >= 0; --seq) {
    inference.run(c.x.values().first(static_cast<size_t>(seq * c.batch * inference.input_size())), seq, state,
                  std::span(output).first(static_cast<size_t>(seq * c.batch * c.output_size())));
  }
  if (one_direction) {
    inference.step(x, state, std::span(output).first(static_cast<size_t>(c.batch * c.output_size())));
  }
  state.reset(0);
  const int64_t made = allocations - before;  // before RC_ASSERT makes its own
  RC_ASSERT(made == 0);
}

TEST(Inference, allocates_nothing_in_a_run_on_two_threads) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer counts its own allocations";
  set_thread_count(2);
  LSTM lstm({.input_size = 64, .hidden_size = 128});
  for (const int64_t batch : {1, 3, 16}) {
    Inference inference = lstm.inference({.batch = batch, .max_seq = 40});
    InferenceState state = inference.make_state();
    std::vector<float> x(static_cast<size_t>(40 * batch * 64), 0.5f),
        output(static_cast<size_t>(40 * batch * 128));
    inference.run(x, 40, state, output);  // makes the threads
    const int64_t before = allocations;
    for (int64_t seq = 40; seq > 0; --seq) {
      inference.run(std::span(x).first(static_cast<size_t>(seq * batch * 64)), seq, state,
                    std::span(output).first(static_cast<size_t>(seq * batch * 128)));
    }
    const int64_t made = allocations - before;
    EXPECT_EQ(made, 0) << batch;
  }
  set_thread_count(1);
}

TEST(Inference, shares_a_step_among_threads_without_another_bit_and_without_allocating) {
  LSTM lstm({.input_size = 256, .hidden_size = 250});
  GRU gru({.input_size = 100, .hidden_size = 90});
  for (const Recurrent* module : std::initializer_list<const Recurrent*>{&lstm, &gru}) {
    for (const int64_t batch : {1, 30}) {
      Inference alone = module->inference({.batch = batch});
      Inference shared = module->inference({.batch = batch, .share_steps = true});
      InferenceState state = alone.make_state(), other = shared.make_state();
      std::vector<float> x(static_cast<size_t>(batch * alone.input_size()), 0.25f),
          expected(static_cast<size_t>(batch * alone.output_size())), output(expected.size());
      set_thread_count(2);
      shared.step(x, other, output);  // makes the threads
      other.reset();
      const int64_t before = allocations;
      for (int i = 0; i < 50; ++i) {
        alone.step(x, state, expected);
        shared.step(x, other, output);
      }
      const int64_t made = allocations - before;
      set_thread_count(1);
      EXPECT_TRUE(kSanitized || made == 0) << made;
      EXPECT_EQ(output, expected) << module->to_string() << " batch " << batch;
    }
  }
}

TEST(Inference, continues_from_a_state_that_is_set) {
  GRU gru({.input_size = 3, .hidden_size = 5});
  Inference inference = gru.inference();
  InferenceState state = inference.make_state(), copy = inference.make_state();
  const std::vector<float> x{1, 2, 3};
  std::vector<float> expected(5), output(5);
  inference.step(x, state, output);
  copy.set(state.h());
  inference.step(x, state, expected);
  inference.step(x, copy, output);
  EXPECT_EQ(output, expected);
  EXPECT_THROW(copy.set(Tensor(Shape{{axes::hidden, 5}})), ShapeError);
}

TEST(Inference, refuses_a_batch_of_none) {
  GRU gru({.input_size = 3, .hidden_size = 5});
  EXPECT_THROW(gru.inference({.batch = 0}), OptionError);
  EXPECT_THROW(gru.inference({.max_seq = 0}), OptionError);
}

TEST(Inference, holds_the_bytes_that_it_tells) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer counts its own allocations";
  set_thread_count(1);
  const LSTM lstm(
      {.input_size = 40, .hidden_size = 100, .num_layers = 2, .bidirectional = true, .proj_size = 50});
  const GRU gru({.input_size = 64, .hidden_size = 64});
  const RNN rnn({.input_size = 7, .hidden_size = 33, .batch_first = true});
  for (const Recurrent* module : std::initializer_list<const Recurrent*>{&lstm, &gru, &rnn}) {
    for (const InferenceOptions options :
         {InferenceOptions{1, 1}, InferenceOptions{1, 50}, InferenceOptions{32, 20}}) {
      release_memory();  // what is kept would be held already
      const int64_t before = bytes_held;
      const Inference inference = module->inference(options);
      const int64_t held = bytes_held - before, told = inference.bytes();
      EXPECT_LE(told, held) << module->to_string();
      EXPECT_LE(held - told, told / 20 + 8192)
          << module->to_string();  // lists of rows, the objects themselves
    }
  }
}

}  // namespace
}  // namespace runnel
