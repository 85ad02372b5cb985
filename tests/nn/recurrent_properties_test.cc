#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "runnel/autograd/tape.h"
#include "runnel/base/random.h"
#include "runnel/base/thread_pool.h"
#include "runnel/nn/cells.h"
#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

#include "tests/nn/any_config.h"
#include "tests/nn/any_layer.h"

// What holds for every recurrent layer, every size and every batch, to the last bit.

namespace runnel {
namespace {

using Bits = std::vector<uint32_t>;

Bits bits(const Tensor& tensor) {
  Bits result(static_cast<size_t>(tensor.count()));
  if (!result.empty()) std::memcpy(result.data(), tensor.data(), result.size() * sizeof(uint32_t));
  return result;
}
/// Of all results, and nothing else.
std::vector<Bits> bits(const RecurrentResults& results) {
  std::vector<Bits> all;
  for (const auto& [name, variable] : results.all()) all.push_back(bits(variable.value()));
  return all;
}

Tensor random(const Shape& shape, Generator& generator) {
  Tensor tensor = Tensor::uninitialized(shape);
  generator.fill_uniform(tensor.values(), -2, 2);
  return tensor;
}

/// A layer and a batch for it; the sequences have any length.
struct Example {
  AnyLayer layer;
  RecurrentData data;

  std::vector<Variable> leaves() const {
    std::vector<Variable> all = layer.parameters();
    for (const NamedParameter& given : data.given()) all.push_back(given.variable);
    return all;
  }
};

Example example_of(const RecurrentConfig& config, const Most& most) {
  manual_seed(static_cast<uint64_t>(number(0, 1000)));
  Example example{AnyLayer(config), {}};
  const int64_t seq = number(0, most.seq);
  const Lengths lengths = *rc::gen::container<Lengths>(static_cast<size_t>(number(1, most.batch)),
                                                       rc::gen::inRange<int64_t>(0, seq + 1));
  const Axis batch{axes::batch, static_cast<int64_t>(lengths.size())}, steps{axes::seq, seq};
  const Axis feature{axes::feature, config.input_size};
  const RecurrentShapes shapes = example.layer.module().shapes(
      config.batch_first ? Shape{batch, steps, feature} : Shape{steps, batch, feature});
  Generator& generator = default_generator();
  example.data = {.x = Variable(random(shapes.input, generator), true), .lengths = lengths};
  if (yes_or_no()) example.data.h_0 = Variable(random(shapes.h_n, generator), true);
  if (config.cell == Cell::lstm && yes_or_no()) {
    example.data.c_0 = Variable(random(shapes.c_n, generator), true);
  }
  return example;
}

Example any_example(const Most& most = {}) { return example_of(any_config(most), most); }

Variable sequence(const Variable& x, int64_t n) { return slice(x, axes::batch, {n, n + 1}); }
Variable sequence_or_none(const Variable& x, int64_t n) { return x.defined() ? sequence(x, n) : x; }
Variable steps(const Variable& x, int64_t first, int64_t last) { return slice(x, axes::seq, {first, last}); }

/// Sequence n alone, without its padding.
RecurrentData alone(const RecurrentData& data, int64_t n) {
  return {.x = steps(sequence(data.x, n), 0, (*data.lengths)[static_cast<size_t>(n)]),
          .h_0 = sequence_or_none(data.h_0, n),
          .c_0 = sequence_or_none(data.c_0, n)};
}

Variable without_batch(const Variable& x) {
  return x.defined() ? reshape(x, x.shape().without(axes::batch)) : x;
}

int64_t batch_of(const Example& example) { return static_cast<int64_t>(example.data.lengths->size()); }

RC_GTEST_PROP(Recurrent, gives_one_result_for_packed_and_padded, ()) {
  Example example = any_example();
  RC_ASSERT(bits(example.layer(example.data)) == bits(example.layer.packed(example.data)));
}

RC_GTEST_PROP(Recurrent, gives_each_sequence_what_it_gets_alone, ()) {
  Example example = any_example();
  const RecurrentResults together = example.layer(example.data);
  for (int64_t n = 0; n < batch_of(example); ++n) {
    const RecurrentData data = alone(example.data, n);
    const RecurrentResults result = example.layer(data);
    const int64_t length = data.x.size(axes::seq);
    const RecurrentResults part{steps(sequence(together.output, n), 0, length), sequence(together.h_n, n),
                                sequence_or_none(together.c_n, n)};
    RC_ASSERT(bits(part) == bits(result));
    const RecurrentData unbatched{without_batch(data.x), without_batch(data.h_0), without_batch(data.c_0)};
    RC_ASSERT(bits(part) == bits(example.layer(unbatched)));
    const Tensor padding = steps(sequence(together.output, n), length, Slice::kEnd).value();
    RC_ASSERT(bits(padding) == bits(Tensor(padding.shape())));
  }
}

RC_GTEST_PROP(Recurrent, permutes_its_results_with_the_batch, ()) {
  Example example = any_example();
  const std::vector<int64_t> order = default_generator().permutation(batch_of(example));
  const auto permuted = [&](const Variable& x) {
    if (!x.defined()) return x;
    std::vector<Variable> parts;
    for (const int64_t n : order) parts.push_back(sequence(x, n));
    return concat(parts, axes::batch);
  };
  RecurrentData data{permuted(example.data.x), permuted(example.data.h_0), permuted(example.data.c_0),
                     Lengths()};
  for (const int64_t n : order) data.lengths->push_back((*example.data.lengths)[static_cast<size_t>(n)]);
  const RecurrentResults results = example.layer(example.data);
  const RecurrentResults expected{permuted(results.output), permuted(results.h_n), permuted(results.c_n)};
  RC_ASSERT(bits(example.layer(data)) == bits(expected));
}

/// The real steps of each sequence from the last to the first; the padding stays.
Variable reversed(const Variable& x, const Lengths& lengths) {
  std::vector<Variable> sequences;
  for (size_t n = 0; n < lengths.size(); ++n) {
    const Variable one = sequence(x, static_cast<int64_t>(n));
    std::vector<Variable> parts;
    for (int64_t t = lengths[n] - 1; t >= 0; --t) parts.push_back(steps(one, t, t + 1));
    parts.push_back(steps(one, lengths[n], Slice::kEnd));
    sequences.push_back(concat(parts, axes::seq));
  }
  return concat(sequences, axes::batch);
}

/// The two halves of an axis, the second one first.
Variable swapped(const Variable& x, AxisName axis) {
  if (!x.defined()) return x;
  const int64_t half = x.size(axis) / 2;
  return concat({slice(x, axis, {half, 2 * half}), slice(x, axis, {0, half})}, axis);
}

/// The same, with the two directions' parameters and states exchanged and every sequence read backwards.
Example mirrored(const Example& example) {
  Example mirror{AnyLayer(example.layer.config()), example.data};
  const std::vector<Variable> from = example.layer.parameters();
  std::vector<Variable> to = mirror.layer.parameters();
  for (size_t i = 0; i < from.size(); ++i) {
    to[i].mutable_value() = from[(i + from.size() / 2) % from.size()].value();
  }
  mirror.data.x = reversed(example.data.x, *example.data.lengths);
  const AxisName stacked = join(axes::layer, axes::direction);
  mirror.data.h_0 = swapped(example.data.h_0, stacked);
  mirror.data.c_0 = swapped(example.data.c_0, stacked);
  return mirror;
}

RC_GTEST_PROP(Recurrent, reads_in_reverse_what_it_reads_forward_in_a_mirror, ()) {
  RecurrentConfig config = any_config({});
  config.num_layers = 1;
  config.bidirectional = true;
  Example example = example_of(config, {});
  const Lengths& lengths = *example.data.lengths;
  RC_ASSERT(bits(reversed(reversed(example.data.x, lengths), lengths).value()) ==
            bits(example.data.x.value()));
  const RecurrentResults results = example.layer(example.data);
  Example mirror = mirrored(example);
  const RecurrentResults seen = mirror.layer(mirror.data);
  const AxisName stacked = join(axes::layer, axes::direction), wide = join(axes::hidden, axes::direction);
  const RecurrentResults expected{swapped(reversed(seen.output, lengths), wide), swapped(seen.h_n, stacked),
                                  swapped(seen.c_n, stacked)};
  RC_ASSERT(bits(results) == bits(expected));
}

/// The results, then the gradients of Σ results · fixed random numbers with respect to everything.
std::vector<Bits> results_and_gradients(Example& example, bool packed = false) {
  for (Variable leaf : example.leaves()) leaf.zero_grad();
  Recording recording;
  const RecurrentResults results = packed ? example.layer.packed(example.data) : example.layer(example.data);
  std::vector<Bits> all = bits(results);
  const Variable flat = results.flat();
  Generator generator(1);
  flat.backward(random(flat.shape(), generator));
  for (const Variable& leaf : example.leaves()) all.push_back(bits(leaf.grad()));
  return all;
}

RC_GTEST_PROP(Recurrent, gives_the_same_gradients_for_packed_and_padded, ()) {
  Example example = any_example();
  RC_ASSERT(results_and_gradients(example, false) == results_and_gradients(example, true));
}

RC_GTEST_PROP(Recurrent, does_not_see_the_padding, ()) {
  Example example = any_example();
  const std::vector<Bits> expected = results_and_gradients(example);
  const Lengths& lengths = *example.data.lengths;
  Tensor& x = example.data.x.mutable_value();
  std::vector<size_t> padding;
  const bool batch_first = example.layer.config().batch_first;
  const int64_t batch = batch_of(example), seq = x.size(axes::seq), width = x.size(axes::feature);
  for (int64_t n = 0; n < batch; ++n) {
    for (int64_t t = lengths[static_cast<size_t>(n)]; t < seq; ++t) {
      const int64_t row = batch_first ? n * seq + t : t * batch + n;
      for (int64_t k = 0; k < width; ++k) padding.push_back(static_cast<size_t>(row * width + k));
    }
  }
  for (size_t i : padding) x.values()[i] = std::numeric_limits<float>::quiet_NaN();
  RC_ASSERT(results_and_gradients(example) == expected);
  for (size_t i : padding) RC_ASSERT(example.data.x.grad().values()[i] == 0.0f);
}

RC_GTEST_PROP(Recurrent, keeps_a_nan_to_its_sequence_and_never_loses_it, ()) {
  Example example = any_example();
  const RecurrentResults clean = example.layer(example.data);
  const int64_t sick = number(0, batch_of(example) - 1);
  const int64_t length = (*example.data.lengths)[static_cast<size_t>(sick)];
  if (length == 0) return;
  Tensor& x = example.data.x.mutable_value();
  const int64_t row = example.layer.config().batch_first ? sick * x.size(axes::seq) : sick;  // step 0
  x.data()[row * x.size(axes::feature)] = std::numeric_limits<float>::quiet_NaN();
  const RecurrentResults results = example.layer(example.data);
  for (int64_t n = 0; n < batch_of(example); ++n) {
    const RecurrentResults got{sequence(results.output, n), sequence(results.h_n, n),
                               sequence_or_none(results.c_n, n)};
    const RecurrentResults expected{sequence(clean.output, n), sequence(clean.h_n, n),
                                    sequence_or_none(clean.c_n, n)};
    if (n != sick) {
      RC_ASSERT(bits(got) == bits(expected));
      continue;
    }
    // Whatever follows from step 0: all that the forward direction gives.
    RC_ASSERT(std::isnan(got.output.value().data()[0]));
    const Variable first_layer = select(got.h_n, join(axes::layer, axes::direction), 0);
    for (float value : first_layer.value().values()) RC_ASSERT(std::isnan(value));
  }
}

RC_GTEST_PROP(Recurrent, gives_the_same_gradients_when_a_graph_is_walked_twice, ()) {
  Example example = any_example();
  Recording recording;
  const Variable flat = example.layer(example.data).flat();
  const Tensor weights = random(flat.shape(), default_generator());
  std::vector<Bits> walks[2];
  for (std::vector<Bits>& walk : walks) {
    for (Variable leaf : example.leaves()) leaf.zero_grad();
    flat.backward(weights, /*retain_graph=*/true);
    for (const Variable& leaf : example.leaves()) walk.push_back(bits(leaf.grad()));
  }
  RC_ASSERT(walks[0] == walks[1]);
}

RC_GTEST_PROP(Recurrent, gives_the_same_results_recorded_or_not, ()) {
  Example example = any_example();
  const std::vector<Bits> plain = bits(example.layer(example.data));
  Recording recording;
  RC_ASSERT(bits(example.layer(example.data)) == plain);
}

/// A cell's step; c is undefined for cells without one.
LSTMCellState take_step(const AnyLayer& layer, const Variable& x, const LSTMCellState& before) {
  const RecurrentConfig& c = layer.config();
  const CellOptions options{.input_size = c.input_size, .hidden_size = c.hidden_size, .bias = c.bias};
  const auto with_parameters_of_the_layer = [&](auto cell) {
    const std::vector<Variable> from = layer.parameters();
    std::vector<Variable> to = cell.parameters();
    for (size_t i = 0; i < from.size(); ++i) to[i].mutable_value() = from[i].value();
    return cell;
  };
  switch (c.cell) {
    case Cell::lstm:
      return with_parameters_of_the_layer(LSTMCell(options))(x, before);
    case Cell::gru:
      return {with_parameters_of_the_layer(GRUCell(options))(x, before.h), {}};
    default:
      return {with_parameters_of_the_layer(
                  RNNCell({.input_size = c.input_size,
                           .hidden_size = c.hidden_size,
                           .bias = c.bias,
                           .nonlinearity = c.cell == Cell::rnn_relu ? "relu" : "tanh"}))(x, before.h),
              {}};
  }
}

RC_GTEST_PROP(Recurrent, is_a_loop_over_its_cell, ()) {
  RecurrentConfig config = any_config({});
  config.num_layers = 1;
  config.bidirectional = false;
  config.proj_size = 0;
  Example example = example_of(config, {});
  example.data.lengths.reset();
  const RecurrentResults results = example.layer(example.data);
  const AxisName stacked = join(axes::layer, axes::direction);
  const auto first = [&](const Variable& x) { return x.defined() ? select(x, stacked, 0) : x; };
  LSTMCellState state{first(example.data.h_0), first(example.data.c_0)};
  for (int64_t t = 0; t < example.data.x.size(axes::seq); ++t) {
    state = take_step(example.layer, select(example.data.x, axes::seq, t), state);
    RC_ASSERT(bits(state.h.value()) == bits(select(results.output, axes::seq, t).value()));
  }
  if (example.data.x.size(axes::seq) == 0) return;  // no step, no state
  RC_ASSERT(bits(state.h.value()) == bits(first(results.h_n).value()));
  if (results.c_n.defined()) RC_ASSERT(bits(state.c.value()) == bits(first(results.c_n).value()));
}

TEST(Recurrent, gives_the_same_bits_on_any_number_of_threads) {
  const int before = thread_count();
  Generator generator(3);
  for (Cell cell : {Cell::rnn_tanh, Cell::rnn_relu, Cell::gru, Cell::lstm}) {
    for (int i = 0; i < 4; ++i) {
      const bool projected = cell == Cell::lstm && i >= 2;
      const RecurrentConfig config{.cell = cell,
                                   .input_size = 30 + generator.below(60),
                                   .hidden_size = 60 + generator.below(20),
                                   .num_layers = 2,
                                   .batch_first = i >= 2,
                                   .bidirectional = i % 2 == 1,
                                   .proj_size = projected ? 20 + generator.below(20) : 0};
      const int64_t batch = 20 + generator.below(20), seq = 40;
      Example example{AnyLayer(config), {}};
      const Axis b{axes::batch, batch}, s{axes::seq, seq}, f{axes::feature, config.input_size};
      example.data.x = Variable(random(i >= 2 ? Shape{b, s, f} : Shape{s, b, f}, generator), true);
      example.data.lengths = Lengths();
      for (int64_t n = 0; n < batch; ++n) example.data.lengths->push_back(generator.below(seq + 1));
      set_thread_count(1);
      const std::vector<Bits> expected = results_and_gradients(example);
      for (int threads : {2, 3}) {
        set_thread_count(threads);
        EXPECT_TRUE(results_and_gradients(example) == expected)
            << example.layer.module().to_string() << " on " << threads << " threads";
      }
    }
  }
  set_thread_count(before);
}

}  // namespace
}  // namespace runnel
