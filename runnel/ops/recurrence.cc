#include "runnel/ops/recurrence.h"

#include <algorithm>
#include <cassert>

#include "runnel/autograd/tape.h"
#include "runnel/sequence/packed.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// Packed row → row of data whose first axes are `shape`'s: [row, …], [seq, batch, …] or [batch, seq, …].
/// Empty where each row is itself.
std::vector<int32_t> rows_of(const Shape& shape, const Schedule& schedule) {
  if (shape[0].name == axes::row) return {};
  const bool batch_first = shape[0].name == axes::batch;
  if (!batch_first && schedule.rows() == shape.count_between(0, 2)) return {};
  return schedule.padded_rows(shape.size(axes::seq), batch_first);
}

/// The gates of a cell in the order of its weights. An RNN's only one is the new state itself.
std::vector<std::string_view> gate_names(Cell cell) {
  if (cell == Cell::lstm) return {"i", "f", "g", "o"};
  if (cell == Cell::gru) return {"r", "z", "n"};
  return {};
}

/// One forward pass of a layer and everything that its backward pass needs.
class LayerRun {
 public:
  LayerRun(Cell cell, const RecurrenceInput& input, std::span<const RecurrentParameters> directions)
      : cell_(cell),
        input_(input),
        parameters_(directions.begin(), directions.end()),
        batch_sizes_(input.schedule->batch_sizes()) {
    const Shape& x = input_.x.shape();
    x_rows_ = input_.ids ? table_rows(*input_.ids) : rows_of(x, *input_.schedule);
    output_rows_ = rows_of(input_.output_rows, *input_.schedule);
    kept_.reserve(kData + kWeights * parameters_.size());
    weights_.reserve(parameters_.size());
    for (const RecurrentParameters& p : parameters_) {
      weights_.push_back(
          {keep(p.weight_ih), keep(p.weight_hh), keep(p.bias_ih), keep(p.bias_hh), keep(p.weight_hr)});
    }
    x_ = keep(input_.x);
    h_0_ = keep(input_.h_0);
    c_0_ = keep(input_.c_0);
    layer_ = {.cell = cell_,
              .input_size = x[x.rank() - 1].size,
              .hidden_size = parameters_[0].weight_ih.shape()[0].size / gate_count(cell_),
              .proj_size = parameters_[0].weight_hr.defined() ? parameters_[0].weight_hr.shape()[0].size : 0,
              .directions = weights_};
  }
  LayerRun(const LayerRun&) = delete;

  bool has_cell() const { return cell_ == Cell::lstm; }

  /// output, h_n and, for an LSTM, c_n. With `keep`, the memory for one backward pass.
  std::vector<Tensor> forward(bool keep) {
    const int64_t directions = static_cast<int64_t>(weights_.size()), batch = input_.schedule->batch();
    const AxisName out_axis = directions == 2 ? join(axes::hidden, axes::direction) : axes::hidden;
    const Shape& steps = input_.output_rows;
    const Shape out = steps.inserted(steps.rank(), {out_axis, directions * layer_.output_size()});
    const Shape h{{axes::direction, directions}, {axes::batch, batch}, {axes::hidden, layer_.output_size()}};
    const bool padding = steps.count() != input_.schedule->rows();
    std::vector<Tensor> results{padding ? Tensor(out) : Tensor::uninitialized(out), Tensor::uninitialized(h)};
    if (has_cell()) results.push_back(Tensor::uninitialized(h.with_size(axes::hidden, layer_.hidden_size)));
    memory_.clear();
    if (keep) memory_.resize(weights_.size());
    kernels::recurrence_forward({.layer = layer_,
                                 .rows = rows(),
                                 .x = x_,
                                 .h_0 = h_0_,
                                 .c_0 = c_0_,
                                 .output = results[0].data(),
                                 .h_n = results[1].data(),
                                 .c_n = has_cell() ? results[2].data() : nullptr,
                                 .memory = memory_});
    return results;
  }

  /// What every step of each direction had, after forward(true).
  std::vector<RecordedSteps> recorded(int64_t seq) const {
    const int64_t batch = input_.schedule->batch();
    const Shape c{{axes::seq, seq}, {axes::batch, batch}, {axes::hidden, layer_.hidden_size}};
    const std::vector<int32_t> places = input_.schedule->padded_rows(seq, false);
    kernels::SequenceRows rows = this->rows();
    rows.output_row = places;
    std::vector<RecordedSteps> directions(memory_.size());
    for (size_t d = 0; d < memory_.size(); ++d) {
      RecordedSteps& steps = directions[d];
      std::vector<float*> gates;
      for (const std::string_view name : gate_names(cell_)) {
        gates.push_back(steps.gates.emplace_back(RecordedGate{name, Tensor(c)}).values.data());
      }
      steps.h = Tensor(c.with_size(axes::hidden, layer_.output_size()));
      if (has_cell()) steps.c = Tensor(c);
      kernels::recurrence_states({.layer = layer_,
                                  .rows = rows,
                                  .direction = static_cast<int64_t>(d),
                                  .memory = &memory_[d],
                                  .gates = gates,
                                  .h = steps.h.data(),
                                  .c = has_cell() ? steps.c->data() : nullptr});
    }
    return directions;
  }

  /// What the tape knows as this operation's inputs.
  std::vector<Variable> inputs() const {
    std::vector<Variable> inputs;
    inputs.reserve(kData + kWeights * parameters_.size());
    inputs.insert(inputs.end(), {input_.x, input_.h_0, input_.c_0});
    for (const RecurrentParameters& p : parameters_) {
      inputs.insert(inputs.end(), {p.weight_ih, p.weight_hh, p.bias_ih, p.bias_hh, p.weight_hr});
    }
    return inputs;
  }

  /// The gradients of inputs(), in their order.
  std::vector<Gradient> backward(std::span<const Gradient> d_outputs) {
    if (memory_.empty()) forward(true);  // a second walk over a retained graph: the first used the memory up
    std::vector<Gradient> d;
    std::vector<float*> place;
    const std::vector<Variable> inputs = this->inputs();
    d.reserve(inputs.size());
    place.reserve(inputs.size());
    for (const Variable& input : inputs) {
      const bool wanted = input.defined() && input.requires_grad();
      d.push_back(wanted ? Gradient(zeros_where_unreached(input)) : Gradient());
      place.push_back(wanted ? d.back().tensor.data() : nullptr);
    }
    std::vector<kernels::RecurrentWeightGradients> d_weights;
    d_weights.reserve(parameters_.size());
    for (size_t i = kData; i < place.size(); i += kWeights) {
      d_weights.push_back({place[i], place[i + 1], place[i + 2], place[i + 3], place[i + 4]});
    }
    const auto d_output = [&](size_t i) {
      return i < d_outputs.size() && d_outputs[i].defined ? d_outputs[i].tensor.data() : nullptr;
    };
    kernels::recurrence_backward({.layer = layer_,
                                  .rows = rows(),
                                  .x = x_,
                                  .memory = memory_,
                                  .d_output = d_output(0),
                                  .d_h_n = d_output(1),
                                  .d_c_n = d_output(2),
                                  .d_x = place[0],
                                  .d_h_0 = place[1],
                                  .d_c_0 = place[2],
                                  .d_weights = d_weights});
    memory_.clear();
    if (place[0] && input_.ids && input_.ids->padding_idx >= 0) {
      std::fill_n(place[0] + input_.ids->padding_idx * layer_.input_size, layer_.input_size, 0.0f);
    }
    return d;
  }

 private:
  /// How many inputs there are of the data, and of each direction.
  static constexpr size_t kData = 3, kWeights = 5;

  /// The numbers of a variable, alive even when it is given a new value before the backward pass.
  const float* keep(const Variable& variable) {
    if (!variable.defined()) return nullptr;
    return kept_.emplace_back(variable.value()).data();
  }
  kernels::SequenceRows rows() const {
    return {.batch_sizes = batch_sizes_,
            .x_row = x_rows_,
            .output_row = output_rows_,
            .sequence = input_.schedule->sorted_indices(),
            .table_rows = input_.ids ? input_.x.shape()[0].size : 0};
  }
  /// Packed row → row of the table.
  std::vector<int32_t> table_rows(const TableIds& table) const {
    const std::vector<int32_t> places = rows_of(table.ids.shape(), *input_.schedule);
    std::vector<int32_t> rows(static_cast<size_t>(input_.schedule->rows()));
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i] = table.ids.values()[places.empty() ? i : static_cast<size_t>(places[i])];
    }
    return rows;
  }
  /// Room for a gradient. The kernel writes all of it, the padding of x aside.
  Tensor zeros_where_unreached(const Variable& input) const {
    const Shape& shape = input.shape();
    const bool padded = input == input_.x && !input_.ids &&
                        shape.count_between(0, shape.rank() - 1) != input_.schedule->rows();
    return padded ? Tensor(input.shape()) : Tensor::uninitialized(input.shape());
  }

  Cell cell_;
  RecurrenceInput input_;
  std::vector<RecurrentParameters> parameters_;
  std::vector<int64_t> batch_sizes_;
  std::vector<Tensor> kept_;
  const float *x_ = nullptr, *h_0_ = nullptr, *c_0_ = nullptr;
  std::vector<int32_t> x_rows_, output_rows_;  // packed row → row; empty: itself
  std::vector<kernels::RecurrentWeights> weights_;
  kernels::RecurrentLayer layer_;
  std::vector<kernels::RecurrentMemory> memory_;
};

}  // namespace

RecurrenceResult recurrence(Cell cell, const RecurrenceInput& input,
                            std::span<const RecurrentParameters> directions) {
  auto run = std::make_shared<LayerRun>(cell, input, directions);
  const std::vector<Variable> inputs = run->inputs();
  const std::vector<Tensor> results = run->forward(must_record(inputs) || input.recorded_seq);
  std::vector<RecordedSteps> recorded;
  if (input.recorded_seq) recorded = run->recorded(*input.recorded_seq);
  const std::vector<Variable> outputs =
      record("recurrence", inputs, results,
             [run](std::span<const Gradient> d_outputs) { return run->backward(d_outputs); });
  return {outputs[0], outputs[1], run->has_cell() ? outputs[2] : Variable(), std::move(recorded)};
}

}  // namespace runnel
