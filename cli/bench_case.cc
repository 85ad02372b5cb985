#include "cli/bench_case.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <memory>

#include "runnel/autograd/tape.h"
#include "runnel/base/error.h"
#include "runnel/base/random.h"
#include "runnel/model/input_shape.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/recurrent.h"
#include "runnel/optim/adam.h"
#include "runnel/tensor/axes.h"

#include "cli/bench_error.h"

namespace runnel::cli {
namespace {

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_recurrent(const Layer* layer) {
  return dynamic_cast<const Recurrent*>(layer) || dynamic_cast<const CellModule*>(layer);
}

void check(const BenchRequest& request, const Network& network) {
  bool recurrent = false;
  for (const Layer* layer : network.layers()) {
    recurrent = recurrent || is_recurrent(layer);
    const auto* stack = dynamic_cast<const Recurrent*>(layer);
    if (request.mode == BenchMode::stream && stack && stack->config().bidirectional) {
      throw errors::cannot_stream_backwards(layer->to_string());
    }
  }
  if (!recurrent) throw errors::no_recurrent_layer(request.network);
  if (!request.lengths) return;
  if (!reads_steps(network)) throw errors::cell_reads_one_step(request.network);
  if (request.lengths->most > request.seq)
    throw errors::lengths_beyond_seq(request.lengths->most, request.seq);
}

/// The random numbers of the data, apart from those of the weights.
constexpr uint64_t kDataStream = 1, kLengthStream = 2;

Lengths draw_lengths(const BenchRequest& request) {
  Lengths lengths(static_cast<size_t>(request.batch), request.seq);
  if (!request.lengths) return lengths;
  Generator generator(request.seed, kLengthStream);
  const auto [least, most] = *request.lengths;
  for (int64_t& length : lengths) length = least + generator.below(most - least + 1);
  return lengths;
}

/// Random data for the network: ids of its vocabulary, or numbers in −1 … 1.
Signal random_signal(const BenchRequest& request, const Network& network, const Lengths& lengths) {
  Shape shape = input_shape(network).with_size(axes::batch, request.batch);
  if (shape.has(axes::seq)) shape = shape.with_size(axes::seq, request.seq);
  Generator generator(request.seed, kDataStream);
  Signal signal;
  if (request.lengths) signal.lengths = lengths;
  if (const auto* embedding = dynamic_cast<const Embedding*>(network.layers().front())) {
    Ids ids(shape);
    for (int32_t& id : ids.values()) {
      id = static_cast<int32_t>(generator.below(embedding->options().num_embeddings));
    }
    signal.data = ids;
  } else {
    Tensor values(shape);
    generator.fill_uniform(values.values(), -1, 1);
    signal.data = Variable(values, request.mode == BenchMode::train);
  }
  return signal;
}

/// A recurrent module alone, on whole sequences: as an Inference runs it, its weights packed beforehand.
const Recurrent* ready_to_run(const Network& network, const Signal& signal) {
  const std::vector<Layer*> layers = network.layers();
  return layers.size() == 1 && !signal.lengths ? dynamic_cast<const Recurrent*>(layers[0]) : nullptr;
}

/// An Inference with its state and room for the output.
struct Ready {
  Ready(const Recurrent& module, int64_t batch, int64_t seq)
      : inference(module.inference({.batch = batch, .max_seq = seq, .share_steps = true})),
        state(inference.make_state()),
        output(static_cast<size_t>(batch * seq * inference.output_size())) {}

  Inference inference;
  InferenceState state;
  std::vector<float> output;
};

/// What is timed; `bytes` where it knows its own.
struct Body {
  std::function<void()> call;
  std::optional<int64_t> bytes = {};
};

Body inference(const Network& network, const BenchRequest& request, const Signal& signal) {
  if (const Recurrent* module = ready_to_run(network, signal)) {
    const auto ready = std::make_shared<Ready>(*module, request.batch, request.seq);
    const auto call = [ready, x = signal.features("bench"), seq = request.seq] {
      ready->state.reset();
      ready->inference.run(x.value().values(), seq, ready->state, ready->output);
    };
    return {call, ready->inference.bytes()};
  }
  return {[&module = *network.module, signal] { module.forward(signal); }};
}

Body stream(const Network& network, const BenchRequest& request, const Signal& signal) {
  if (const Recurrent* module = ready_to_run(network, signal)) {
    const auto ready = std::make_shared<Ready>(*module, request.batch, 1);
    const auto call = [ready, x = signal.features("bench")] {
      ready->inference.step(x.value().values(), ready->state, ready->output);
    };
    return {call, ready->inference.bytes()};
  }
  struct State {
    Variable h, c;
  };
  const std::vector<Layer*> layers = network.layers();
  return {[layers, signal, states = std::vector<State>(layers.size())]() mutable {
    Signal travelling = signal;
    for (size_t i = 0; i < layers.size(); ++i) {
      travelling.h_0 = states[i].h;
      travelling.c_0 = states[i].c;
      travelling = layers[i]->forward(travelling);
      if (is_recurrent(layers[i])) states[i] = {travelling.h_n, travelling.c_n};
    }
  }};
}

Body training(Layer& module, const Signal& signal, bool with_adam) {
  const std::shared_ptr<Adam> adam = with_adam ? std::make_shared<Adam>(module.named_parameters()) : nullptr;
  std::vector<Variable> leaves = module.parameters();
  if (const auto* x = std::get_if<Variable>(&signal.data)) leaves.push_back(*x);
  return {[&module, signal, adam, leaves, ones = std::optional<Tensor>()]() mutable {
    for (Variable& leaf : leaves) leaf.zero_grad();
    const Recording recording;
    const Variable output = module.forward(signal).features("the loss");
    if (!ones) ones = Tensor::full(output.shape(), 1);
    output.backward(*ones);
    if (adam) adam->step();
  }};
}

Body body_of(const BenchRequest& request, const Network& network, const Signal& signal) {
  network.module->train(request.mode == BenchMode::train);
  switch (request.mode) {
    case BenchMode::train:
      return training(*network.module, signal, request.adam);
    case BenchMode::stream:
      return stream(network, request, signal);
    case BenchMode::inference:
      break;
  }
  return inference(network, request, signal);
}

}  // namespace

LengthRange read_length_range(const std::string& text) {
  constexpr std::string_view kUniform = "uniform:";
  const size_t colon = text.find(':', kUniform.size());
  if (!text.starts_with(kUniform) || colon == std::string::npos) throw errors::not_a_length_range(text);
  const std::string_view numbers = std::string_view(text).substr(kUniform.size());
  const auto least = whole_number(numbers.substr(0, colon - kUniform.size()));
  const auto most = whole_number(std::string_view(text).substr(colon + 1));
  if (!least || !most || *least < 0 || *most < std::max<int64_t>(1, *least))
    throw errors::not_a_length_range(text);
  return {.least = *least, .most = *most};
}

BenchCase make_bench_case(const BenchRequest& request) {
  Network network = make_network(request.network);
  check(request, network);
  BenchRequest one_call = request;
  if (!reads_steps(network)) one_call.seq = 1;
  const Lengths lengths = draw_lengths(one_call);
  Schedule schedule(lengths);
  const Pass pass = request.mode == BenchMode::train ? Pass::training : Pass::inference;
  const Work work = work_of(network, schedule, pass);
  const CallMemory memory = memory_of(network, schedule, pass);
  const int64_t bytes = memory.total() + (request.adam ? 2 * memory.parameters : 0);
  const Body body = body_of(one_call, network, random_signal(one_call, network, lengths));
  return {one_call, std::move(network), std::move(schedule), work, body.bytes.value_or(bytes), body.call};
}

}  // namespace runnel::cli
