#include "runnel/nn/cells.h"

#include <fmt/format.h>

#include "runnel/nn/init.h"
#include "runnel/nn/nn_error.h"
#include "runnel/nn/rnn.h"
#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

namespace runnel {

CellModule::CellModule(std::string kind, Cell cell, const CellOptions& options, Generator& generator)
    : Module(std::move(kind)), cell_(cell), options_(options) {
  if (options.input_size < 1) throw errors::too_small(this->kind(), "input_size", options.input_size);
  if (options.hidden_size < 1) throw errors::too_small(this->kind(), "hidden_size", options.hidden_size);
  const Axis gates{join(axes::gate, axes::hidden), gate_count(cell) * options.hidden_size};
  const auto add = [&](const char* name, std::initializer_list<Axis> axes) {
    return add_parameter(name, uniform_by_fan(Shape(axes), options.hidden_size, generator));
  };
  parameters_.weight_ih = add("weight_ih", {gates, {axes::feature, options.input_size}});
  parameters_.weight_hh = add("weight_hh", {gates, {axes::hidden, options.hidden_size}});
  if (options.bias) parameters_.bias_ih = add("bias_ih", {gates});
  if (options.bias) parameters_.bias_hh = add("bias_hh", {gates});
}

LSTMCellState CellModule::step(const Variable& x, const Variable& h, const Variable& c) const {
  const Shape& in = x.shape();
  const bool batched = in.rank() == 2 && in[0].name == axes::batch;
  if (!batched && in.rank() != 1) throw errors::needs_axis(label(), "batch in front of feature", in);
  const Axis last = in[in.rank() - 1];
  if (last.size != options_.input_size) {
    throw errors::wrong_feature_size(
        {.layer = label(),
         .option = "input_size",
         .expected = in.replaced(last.name, {axes::feature, options_.input_size}),
         .got = in,
         .fix = fmt::format("{}({{.input_size = {}, …}})", kind(), last.size)});
  }
  const Shape state = in.replaced(last.name, {axes::hidden, options_.hidden_size});
  for (const auto& [name, given] : {std::pair("h", &h), std::pair("c", &c)}) {
    if (given->defined() && !(given->shape() == state)) {
      throw errors::wrong_cell_state(label(), name, state, given->shape());
    }
  }
  // A step is a layer's walk over sequences of one step each.
  const int64_t batch = batched ? in[0].size : 1;
  const Shape rows{{axes::row, batch}};
  const Shape walked{{axes::direction, 1}, {axes::batch, batch}, {axes::hidden, options_.hidden_size}};
  const auto as_layer_state = [&](const Variable& v) { return v.defined() ? reshape(v, walked) : v; };
  const auto as_cell_state = [&](const Variable& v) { return v.defined() ? reshape(v, state) : v; };
  const RecurrenceResult result =
      recurrence(cell_,
                 {.x = reshape(x, Shape{rows[0], last}),
                  .schedule = std::make_shared<const Schedule>(Schedule::uniform(batch, 1)),
                  .output_rows = rows,
                  .h_0 = as_layer_state(h),
                  .c_0 = as_layer_state(c)},
                 std::span(&parameters_, 1));
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
