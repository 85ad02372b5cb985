#include "runnel/nn/recurrent.h"

#include <fmt/format.h>

#include "runnel/nn/init.h"
#include "runnel/nn/nn_error.h"
#include "runnel/nn/state_recorder.h"
#include "runnel/ops/dropout.h"
#include "runnel/ops/shaping.h"
#include "runnel/sequence/sequence_error.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

AxisName layer_direction() {
  static const AxisName name = join(axes::layer, axes::direction);
  return name;
}

void check_options(const std::string& kind, const RecurrentConfig& c) {
  ShapesOnly::check_size(kind, "input_size", c.input_size);
  ShapesOnly::check_size(kind, "hidden_size", c.hidden_size);
  if (c.num_layers < 1) throw errors::too_small(kind, "num_layers", c.num_layers);
  if (!(c.dropout >= 0 && c.dropout <= 1)) throw errors::not_a_probability(kind, c.dropout);
  if (c.proj_size < 0) throw errors::too_small(kind, "proj_size", c.proj_size, 0);
  if (c.proj_size >= c.hidden_size) throw errors::proj_size_too_large(c.proj_size, c.hidden_size);
}

/// A state of one sequence gets the batch axis that the layers read, and loses it again.
Variable with_batch_of_one(const Variable& state) {
  return state.defined() ? reshape(state, state.shape().inserted(1, {axes::batch, 1})) : state;
}
Variable without_batch(const Variable& x) {
  return x.defined() ? reshape(x, x.shape().without(axes::batch)) : x;
}

}  // namespace

std::string layer_suffix(int64_t layer, bool reverse) {
  return fmt::format("_l{}{}", layer, reverse ? "_reverse" : "");
}

/// A batch as the layers read it.
struct Recurrent::Rows {
  Variable x;
  std::shared_ptr<const Schedule> schedule;
  Shape output_steps;  // the axes of the output before its last
  std::optional<TableIds> ids = {};
};

Recurrent::Recurrent(std::string kind, const RecurrentConfig& config, Generator& generator)
    : Layer(std::move(kind)), config_(config) {
  check_options(this->kind(), config);
  const int64_t gates = gate_count(config.cell) * config.hidden_size;
  const auto add = [&](const std::string& name, std::initializer_list<Axis> axes) {
    return add_parameter(name, uniform_by_fan(Shape(axes), config.hidden_size, generator));
  };
  const AxisName gate_hidden = join(axes::gate, axes::hidden);
  const AxisName stacked = config.bidirectional ? join(axes::hidden, axes::direction) : axes::hidden;
  const Axis state{config.proj_size > 0 ? AxisName("proj") : axes::hidden, config.output_size()};
  for (int64_t layer = 0; layer < config.num_layers; ++layer) {
    const Axis in = layer == 0 ? Axis{axes::feature, config.input_size}
                               : Axis{stacked, config.directions() * config.output_size()};
    for (int64_t direction = 0; direction < config.directions(); ++direction) {
      const std::string suffix = layer_suffix(layer, direction == 1);
      RecurrentParameters p;
      p.weight_ih = add("weight_ih" + suffix, {{gate_hidden, gates}, in});
      p.weight_hh = add("weight_hh" + suffix, {{gate_hidden, gates}, state});
      if (config.bias) p.bias_ih = add("bias_ih" + suffix, {{gate_hidden, gates}});
      if (config.bias) p.bias_hh = add("bias_hh" + suffix, {{gate_hidden, gates}});
      if (config.proj_size > 0)
        p.weight_hr = add("weight_hr" + suffix, {state, {axes::hidden, config.hidden_size}});
      parameters_.push_back(p);
    }
  }
}

RecurrentShapes Recurrent::shapes_for(const Shape& input) const {
  const RecurrentConfig& c = config_;
  const AxisName out = c.bidirectional ? join(axes::hidden, axes::direction) : axes::hidden;
  const Axis last = input[input.rank() - 1];
  RecurrentShapes shapes{
      .input = input,
      .output = input.replaced(last.name, {out, c.directions() * c.output_size()}),
      .h_n = Shape{{layer_direction(), c.num_layers * c.directions()}, {axes::hidden, c.output_size()}},
      .c_n = {}};
  if (const auto batch = input.find(axes::batch)) shapes.h_n = shapes.h_n.inserted(1, input[*batch]);
  if (c.cell == Cell::lstm) shapes.c_n = shapes.h_n.with_size(axes::hidden, c.hidden_size);
  return shapes;
}

RecurrentShapes Recurrent::shapes(const Shape& input) const {
  const Axis feature{axes::feature, config_.input_size};
  const Shape expected = config_.batch_first ? Shape{{axes::batch}, {axes::seq}, feature}
                                             : Shape{{axes::seq}, {axes::batch}, feature};
  const bool batched =
      input.rank() == 3 && input[0].name == expected[0].name && input[1].name == expected[1].name;
  const bool unbatched = input.rank() == 2 && input[0].name == axes::seq && input[1].name != axes::batch;
  if (!batched && !unbatched) throw errors::wrong_axes(label(), expected, input, config_.batch_first);
  const Axis last = input[input.rank() - 1];
  if (last.size != config_.input_size && !last.symbolic()) {
    throw errors::wrong_feature_size({.layer = label(),
                                      .option = "input_size",
                                      .expected = unbatched ? expected.without(axes::batch) : expected,
                                      .got = input,
                                      .fix = fmt::format("{}({{.input_size = {}, …}})", kind(), last.size)});
  }
  return shapes_for(input);
}

void Recurrent::check_state(const RecurrentShapes& shapes, const State& state) const {
  const std::string why =
      fmt::format("{} = num_layers {} × {} direction{}", shapes.h_n[0].size, config_.num_layers,
                  config_.directions(), config_.directions() == 1 ? "" : "s");
  const auto check = [&](const char* name, const Variable& given, const Shape& expected) {
    if (given.defined() && !(given.shape() == expected)) {
      throw errors::wrong_state(label(), name, expected, why, given.shape());
    }
  };
  if (config_.cell != Cell::lstm && state.c_0.defined())
    throw errors::no_cell_state(label(), state.c_0.shape());
  check("h_0", state.h_0, shapes.h_n);
  check("c_0", state.c_0, shapes.c_n);
}

Recurrent::Result Recurrent::run(const Variable& x, const std::optional<Lengths>& lengths,
                                 const State& state) {
  const RecurrentShapes shapes = this->shapes(x.shape());
  check_state(shapes, state);
  const bool unbatched = !shapes.input.has(axes::batch);
  const Variable batched = unbatched ? reshape(x, x.shape().inserted(1, {axes::batch, 1})) : x;
  const int64_t batch = batched.size(axes::batch), seq = batched.size(axes::seq);
  if (lengths) check_lengths(*lengths, batch, seq);
  const Rows rows{
      batched, std::make_shared<const Schedule>(lengths ? Schedule(*lengths) : Schedule::uniform(batch, seq)),
      Shape{batched.shape()[0], batched.shape()[1]}};
  if (!unbatched) return run_layers(rows, state);
  const Result result = run_layers(rows, {with_batch_of_one(state.h_0), with_batch_of_one(state.c_0)});
  return {without_batch(result.output), without_batch(result.h_n), without_batch(result.c_n)};
}

Recurrent::Result Recurrent::run(const TableRows& words, const std::optional<Lengths>& lengths,
                                 const State& state) {
  const Shape& x = words.shape();
  check_state(shapes(x), state);
  const int64_t batch = x.size(axes::batch), seq = x.size(axes::seq);
  if (lengths) check_lengths(*lengths, batch, seq);
  return run_layers(
      {words.table(),
       std::make_shared<const Schedule>(lengths ? Schedule(*lengths) : Schedule::uniform(batch, seq)),
       Shape{x[0], x[1]}, TableIds{words.ids(), words.options().padding_idx}},
      state);
}

Recurrent::Result Recurrent::run(const PackedVariable& x, const State& state) {
  check_packed(x.data.shape(), *x.schedule);
  const Shape steps{{axes::seq, x.schedule->longest()}, {axes::batch, x.schedule->batch()}};
  const Shape& data = x.data.shape();
  if (data.rank() != 2) throw errors::not_packed(data, x.schedule->rows());
  const Shape padded = steps.inserted(2, data[1]);
  // The same check as for padded data, whatever layout the pack was made from.
  check_state(shapes(config_.batch_first ? padded.without(axes::seq).inserted(1, steps[0]) : padded), state);
  return run_layers({x.data, x.schedule, Shape{data[0]}}, state);
}

Recurrent::Result Recurrent::run_layers(const Rows& rows, const State& state) {
  const int64_t directions = config_.directions();
  const auto of_layer = [&](const Variable& states, int64_t layer) {
    if (!states.defined()) return states;
    const Slice places{layer * directions, (layer + 1) * directions};
    return renamed(slice(states, layer_direction(), places), layer_direction(), axes::direction);
  };
  StateRecorder* recorder = StateRecorder::current();
  std::optional<int64_t> recorded_seq;
  if (recorder) {
    const Shape& steps = rows.output_steps;
    recorded_seq = steps.has(axes::seq) ? steps.size(axes::seq) : rows.schedule->longest();
  }
  std::vector<Variable> h_n, c_n;
  Variable x = rows.x;
  for (int64_t layer = 0; layer < config_.num_layers; ++layer) {
    const bool last = layer + 1 == config_.num_layers;
    if (layer > 0) x = dropout(x, config_.dropout, training());
    // Between the layers only real steps exist, whatever the caller's layout.
    RecurrenceResult result =
        recurrence(config_.cell,
                   {.x = x,
                    .ids = layer == 0 ? rows.ids : std::nullopt,
                    .schedule = rows.schedule,
                    .output_rows = last ? rows.output_steps : Shape{{axes::row, rows.schedule->rows()}},
                    .h_0 = of_layer(state.h_0, layer),
                    .c_0 = of_layer(state.c_0, layer),
                    .recorded_seq = recorded_seq},
                   std::span(parameters_)
                       .subspan(static_cast<size_t>(layer * directions), static_cast<size_t>(directions)));
    for (size_t direction = 0; direction < result.recorded.size(); ++direction) {
      recorder->add({.module = this,
                     .layer = layer,
                     .reverse = direction == 1,
                     .steps = std::move(result.recorded[direction])});
    }
    x = result.output;
    h_n.push_back(result.h_n);
    if (result.c_n.defined()) c_n.push_back(result.c_n);
  }
  const auto stacked = [](const std::vector<Variable>& states) {
    if (states.empty()) return Variable();
    return renamed(states.size() == 1 ? states[0] : concat(states, axes::direction), axes::direction,
                   layer_direction());
  };
  return {x, stacked(h_n), stacked(c_n)};
}

Inference Recurrent::inference(const InferenceOptions& options) const {
  return Inference({.cell = config_.cell,
                    .batch_first = config_.batch_first,
                    .directions = config_.directions(),
                    .parameters = parameters_},
                   options);
}

Signal Recurrent::forward(const Signal& input) {
  const State state{input.h_0, input.c_0};
  const TableRows* words = std::get_if<TableRows>(&input.data);
  const Result result =
      words ? run(*words, input.lengths, state) : run(input.features(label()), input.lengths, state);
  return {result.output, input.lengths, result.h_n, result.c_n};
}

}  // namespace runnel
