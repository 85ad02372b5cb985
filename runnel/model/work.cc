#include "runnel/model/work.h"

#include <algorithm>

#include "runnel/model/input_shape.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/pooling.h"
#include "runnel/nn/recurrent.h"
#include "runnel/ops/recurrence.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr int64_t kBytes = sizeof(float);

template <class Kind>
const Kind* as(const Layer* layer) {
  return dynamic_cast<const Kind*>(layer);
}

bool is_recurrent(const Layer* layer) { return as<Recurrent>(layer) || as<CellModule>(layer); }

/// Whether a parameter is multiplied by at every row: all that have two axes, but no table of words.
bool is_factor(const Layer* layer, const NamedParameter& parameter) {
  return !as<Embedding>(layer) && parameter.variable.shape().rank() == 2;
}

/// The rows of the table that a recurrent layer reads itself; 0: it reads a row a step.
int64_t table_rows(const Layer* before, const Layer* layer, int64_t steps) {
  const auto* embedding = as<Embedding>(before);
  const bool table = embedding && as<Recurrent>(layer) && embedding->read_as_table(steps);
  return table ? embedding->options().num_embeddings : 0;
}

/// Adds the weights that a layer's products read.
void add_weights(Work& work, const Layer* layer, int64_t steps) {
  for (const NamedParameter& parameter : layer->named_parameters()) {
    if (!is_factor(layer, parameter)) continue;
    const int64_t bytes = parameter.variable.shape().count() * kBytes;
    work.weight_bytes += bytes;
    if (!is_recurrent(layer)) continue;
    if (parameter.name.starts_with("weight_hh")) work.step_weights.push_back({bytes, steps});
    if (parameter.name.starts_with("weight_hr")) work.step_weights.back().bytes += bytes;
  }
}

/// What a layer's products cost on `rows` rows, of which the input has `input_rows`.
int64_t products_of(const Layer* layer, int64_t rows, int64_t input_rows) {
  int64_t products = 0;
  for (const NamedParameter& parameter : layer->named_parameters()) {
    if (!is_factor(layer, parameter)) continue;
    const int64_t times = parameter.name.starts_with("weight_ih_l0") ? input_rows : rows;
    products += times * parameter.variable.shape().count();
  }
  return products;
}

/// The numbers that stacked recurrent layers hand on among themselves.
int64_t handed_on_in(const Recurrent& layer, const Schedule& schedule) {
  const RecurrentConfig& c = layer.config();
  return (c.num_layers - 1) * schedule.rows() * c.directions() * c.output_size();
}

/// The numbers that a recurrent layer keeps for its backward pass.
int64_t kept_by(const Recurrent& layer, const Schedule& schedule) {
  const RecurrentConfig& c = layer.config();
  const int64_t rows = schedule.rows(), with_first = rows + schedule.batch();
  const int64_t sums = c.cell == Cell::gru ? 4 : gate_count(c.cell);
  const int64_t gates = rows * sums * c.hidden_size;
  const int64_t state = with_first * c.output_size();
  const int64_t cell = c.cell == Cell::lstm ? with_first * c.hidden_size : 0;
  const int64_t hidden = c.proj_size > 0 ? rows * c.hidden_size : 0;
  return c.num_layers * c.directions() * (gates + state + cell + hidden);
}

/// The sums that a recurrent layer keeps of a row of a table that it reads itself, all its directions.
int64_t table_row(const Recurrent& layer) {
  const RecurrentConfig& c = layer.config();
  return c.directions() * (c.cell == Cell::gru ? 4 : gate_count(c.cell)) * c.hidden_size;
}

/// The weights that a recurrent layer packs at a time, all its directions.
int64_t packed_by(const Recurrent& layer) {
  const RecurrentConfig& c = layer.config();
  const int64_t input =
      c.num_layers > 1 ? std::max(c.input_size, c.directions() * c.output_size()) : c.input_size;
  const int64_t weights = gate_count(c.cell) * c.hidden_size * (input + c.output_size());
  return c.directions() * (weights + c.proj_size * c.hidden_size);
}

/// The bytes of the gradients of a layer's parameters, when it reads `rows` rows.
int64_t gradients_of(const Layer* layer, int64_t rows) {
  const auto* embedding = as<Embedding>(layer);
  if (!embedding || !embedding->options().sparse) return layer->parameter_count() * kBytes;
  return std::min(rows, embedding->options().num_embeddings) * embedding->options().embedding_dim * kBytes;
}

}  // namespace

std::vector<PartWork> parts_work(const Network& network, const Schedule& schedule, Pass pass,
                                 SmallTables tables) {
  const bool training = pass == Pass::training;
  const int64_t times = training ? 2 : 1;  // the gradient of what a layer gives is as large
  Shape shape = input_shape(network).with_size(axes::batch, schedule.batch());
  if (shape.has(axes::seq)) shape = shape.with_size(axes::seq, schedule.longest());
  const int64_t of_data = network.reads_ids() ? 1 : times;  // ids have no gradient
  std::vector<PartWork> parts = {{.activations = of_data * shape.count() * kBytes}};
  int64_t rows = schedule.rows();
  const Layer* before = nullptr;
  for (const Layer* layer : network.layers()) {
    if (as<Pooling>(layer)) rows = schedule.batch();
    const int64_t table = tables == SmallTables::multiplied ? table_rows(before, layer, rows) : 0;
    if (table > 0)
      parts.back().activations -= times * shape.count() * kBytes;  // its words are not copied out
    before = layer;
    shape = layer->output_shape(shape);
    int64_t numbers = times * shape.count();
    if (const auto* recurrent = as<Recurrent>(layer)) {
      numbers += times * handed_on_in(*recurrent, schedule);
      if (training) numbers += kept_by(*recurrent, schedule);
    }
    const int64_t products = products_of(layer, rows, table > 0 ? table : rows);
    parts.push_back({.multiply_adds = training ? 3 * products : products, .activations = numbers * kBytes});
  }
  return parts;
}

Work work_of(const Network& network, const Schedule& schedule, Pass pass) {
  Work work;
  for (const PartWork& part : parts_work(network, schedule, pass)) work.multiply_adds += part.multiply_adds;
  const int64_t walks = pass == Pass::training ? 2 : 1;
  for (const Layer* layer : network.layers()) add_weights(work, layer, walks * schedule.longest());
  return work;
}

CallMemory memory_of(const Network& network, const Schedule& schedule, Pass pass) {
  CallMemory memory;
  memory.parameters = network.module->parameter_count() * kBytes;
  for (const PartWork& part : parts_work(network, schedule, pass)) memory.activations += part.activations;
  Shape shape = input_shape(network).with_size(axes::batch, schedule.batch());
  if (shape.has(axes::seq)) shape = shape.with_size(axes::seq, schedule.longest());
  int64_t packed = 0;
  const Layer* before = nullptr;
  for (const Layer* layer : network.layers()) {
    const int64_t table = table_rows(before, layer, schedule.rows());
    before = layer;
    if (pass == Pass::training) memory.gradients += gradients_of(layer, shape.count());
    shape = layer->output_shape(shape);
    if (const auto* recurrent = as<Recurrent>(layer)) {
      packed = std::max(packed, packed_by(*recurrent) + table * table_row(*recurrent));
    }
  }
  memory.workspace = packed * kBytes;
  return memory;
}

}  // namespace runnel
