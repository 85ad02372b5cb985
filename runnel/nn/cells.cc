#include "runnel/nn/cells.h"

#include <fmt/format.h>

#include "runnel/nn/constructor_text.h"
#include "runnel/nn/init.h"
#include "runnel/nn/nn_error.h"
#include "runnel/nn/rnn.h"
#include "runnel/nn/state_recorder.h"
#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

namespace runnel {

CellModule::CellModule(std::string kind, Cell cell, const CellOptions& options, Generator& generator)
    : Layer(std::move(kind)), cell_(cell), options_(options) {
  ShapesOnly::check_size(this->kind(), "input_size", options.input_size);
  ShapesOnly::check_size(this->kind(), "hidden_size", options.hidden_size);
  const Axis gates{join(axes::gate, axes::hidden), gate_count(cell) * options.hidden_size};
  const auto add = [&](const char* name, std::initializer_list<Axis> axes) {
    return add_parameter(name, uniform_by_fan(Shape(axes), options.hidden_size, generator));
  };
  parameters_.weight_ih = add("weight_ih", {gates, {axes::feature, options.input_size}});
  parameters_.weight_hh = add("weight_hh", {gates, {axes::hidden, options.hidden_size}});
  if (options.bias) parameters_.bias_ih = add("bias_ih", {gates});
  if (options.bias) parameters_.bias_hh = add("bias_hh", {gates});
}

Shape CellModule::output_shape(const Shape& in) const {
  const bool batched = in.rank() == 2 && in[0].name == axes::batch;
  if (!batched && in.rank() != 1)
    throw errors::one_step_expected(label(), kind(),
                                    Shape{{axes::batch}, {axes::feature, options_.input_size}}, in);
  const Axis last = in[in.rank() - 1];
  if (last.size != options_.input_size && !last.symbolic()) {
    throw errors::wrong_feature_size(
        {.layer = label(),
         .option = "input_size",
         .expected = in.replaced(last.name, {axes::feature, options_.input_size}),
         .got = in,
         .fix = fmt::format("{}({{.input_size = {}, …}})", kind(), last.size)});
  }
  return in.replaced(last.name, {axes::hidden, options_.hidden_size});
}

Signal CellModule::forward(const Signal& input) {
  const LSTMCellState after = step(input.features(label()), input.h_0, input.c_0);
  return {.data = after.h, .h_n = after.h, .c_n = after.c};
}

std::string CellModule::to_string() const {
  ConstructorText text(kind());
  text.positional({axes::feature, options_.input_size}).positional({axes::hidden, options_.hidden_size});
  if (!options_.bias) text.flag("bias", false);
  if (cell_ == Cell::rnn_relu) text.keyword("nonlinearity", "'relu'");
  return text.finish();
}

LSTMCellState CellModule::step(const Variable& x, const Variable& h, const Variable& c) const {
  const Shape state = output_shape(x.shape());
  const bool batched = x.shape().rank() == 2;
  const Axis last = x.shape()[x.shape().rank() - 1];
  for (const auto& [name, given] : {std::pair("h", &h), std::pair("c", &c)}) {
    if (given->defined() && !(given->shape() == state)) {
      throw errors::wrong_cell_state(label(), name, state, given->shape());
    }
  }
  // A step is a layer's walk over sequences of one step each.
  const int64_t batch = batched ? x.shape()[0].size : 1;
  const Shape rows{{axes::row, batch}};
  const Shape walked{{axes::direction, 1}, {axes::batch, batch}, {axes::hidden, options_.hidden_size}};
  const auto as_layer_state = [&](const Variable& v) { return v.defined() ? reshape(v, walked) : v; };
  const auto as_cell_state = [&](const Variable& v) { return v.defined() ? reshape(v, state) : v; };
  StateRecorder* recorder = StateRecorder::current();
  RecurrenceResult result =
      recurrence(cell_,
                 {.x = reshape(x, Shape{rows[0], last}),
                  .schedule = std::make_shared<const Schedule>(Schedule::uniform(batch, 1)),
                  .output_rows = rows,
                  .h_0 = as_layer_state(h),
                  .c_0 = as_layer_state(c),
                  .recorded_seq = recorder ? std::optional<int64_t>(1) : std::nullopt},
                 std::span(&parameters_, 1));
  if (recorder) recorder->add({.module = this, .steps = std::move(result.recorded[0]), .cell = true});
  return {as_cell_state(result.h_n), as_cell_state(result.c_n)};
}

RNNCell::RNNCell(const RNNCellOptions& options, Generator& generator)
    : CellModule("RNNCell", rnn_cell_of(options.nonlinearity),
                 {.input_size = options.input_size, .hidden_size = options.hidden_size, .bias = options.bias},
                 generator) {}

GRUCell::GRUCell(const CellOptions& options, Generator& generator)
    : CellModule("GRUCell", Cell::gru, options, generator) {}

LSTMCell::LSTMCell(const CellOptions& options, Generator& generator)
    : CellModule("LSTMCell", Cell::lstm, options, generator) {}

}  // namespace runnel
