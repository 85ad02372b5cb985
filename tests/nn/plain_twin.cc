#include "tests/nn/plain_twin.h"

#include <algorithm>
#include <cmath>

#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// weight · x, weight [rows, x.size()].
Doubles product(const Doubles& weight, const Doubles& x) {
  Doubles y(weight.size() / x.size());
  for (size_t r = 0; r < y.size(); ++r) {
    for (size_t k = 0; k < x.size(); ++k) y[r] += weight[r * x.size() + k] * x[k];
  }
  return y;
}

/// The parameters of one layer and direction; the absent ones are empty.
struct PlainParameters {
  Doubles weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;

  static Doubles sum(const Doubles& weight, const Doubles& bias, const Doubles& x) {
    Doubles y = product(weight, x);
    for (size_t i = 0; i < bias.size(); ++i) y[i] += bias[i];
    return y;
  }
  Doubles input_side(const Doubles& x) const { return sum(weight_ih, bias_ih, x); }
  Doubles hidden_side(const Doubles& h) const { return sum(weight_hh, bias_hh, h); }
};

/// One step: h and c become the new ones.
void step(Cell cell, const PlainParameters& p, const Doubles& x, Doubles& h, Doubles& c) {
  const Doubles a = p.input_side(x), b = p.hidden_side(h);
  const size_t units = a.size() / static_cast<size_t>(gate_count(cell));
  const auto gate = [&](size_t g, size_t j) { return a[g * units + j] + b[g * units + j]; };
  Doubles next(units);
  for (size_t j = 0; j < units; ++j) {
    switch (cell) {
      case Cell::rnn_tanh:
        next[j] = std::tanh(gate(0, j));
        break;
      case Cell::rnn_relu:
        next[j] = std::max(gate(0, j), 0.0);
        break;
      case Cell::gru: {
        const double r = sigmoid(gate(0, j)), z = sigmoid(gate(1, j));
        const double n = std::tanh(a[2 * units + j] + r * b[2 * units + j]);
        next[j] = (1 - z) * n + z * h[j];
        break;
      }
      case Cell::lstm: {
        const double i = sigmoid(gate(0, j)), f = sigmoid(gate(1, j));
        const double g = std::tanh(gate(2, j)), o = sigmoid(gate(3, j));
        c[j] = f * c[j] + i * g;
        next[j] = o * std::tanh(c[j]);
        break;
      }
    }
  }
  h = p.weight_hr.empty() ? next : product(p.weight_hr, next);
}

std::vector<PlainParameters> in_groups(const RecurrentConfig& config, std::span<const Doubles> parameters) {
  std::vector<PlainParameters> groups(static_cast<size_t>(config.num_layers * config.directions()));
  size_t next = 0;
  for (PlainParameters& p : groups) {
    p.weight_ih = parameters[next++];
    p.weight_hh = parameters[next++];
    if (config.bias) p.bias_ih = parameters[next++];
    if (config.bias) p.bias_hh = parameters[next++];
    if (config.proj_size > 0) p.weight_hr = parameters[next++];
  }
  return groups;
}

/// Where things stand in the flat numbers of a call.
struct Layout {
  int64_t batch, seq;
  bool batch_first;

  explicit Layout(const Shape& input)
      : batch(input.has(axes::batch) ? input.size(axes::batch) : 1),
        seq(input.size(axes::seq)),
        batch_first(input[0].name == axes::batch) {}
  int64_t row(int64_t n, int64_t t) const { return batch_first ? n * seq + t : t * batch + n; }
};

Doubles row_of(const Doubles& numbers, int64_t row, int64_t width) {
  return Doubles(numbers.begin() + row * width, numbers.begin() + (row + 1) * width);
}
void put_row(const Doubles& values, int64_t row, Doubles& numbers) {
  std::copy(values.begin(), values.end(), numbers.begin() + row * static_cast<int64_t>(values.size()));
}

/// Sequence n of states [layer·direction, batch, width]; zeros when none are given.
std::vector<Doubles> states_of(const Doubles* given, const Shape& shape, int64_t batch, int64_t n) {
  const int64_t stacked = shape[0].size, width = shape[shape.rank() - 1].size;
  std::vector<Doubles> states;
  for (int64_t k = 0; k < stacked; ++k) {
    states.push_back(given ? row_of(*given, k * batch + n, width) : Doubles(static_cast<size_t>(width)));
  }
  return states;
}

Doubles zeros(const Shape& shape) { return Doubles(static_cast<size_t>(shape.count())); }

}  // namespace

PlainSequence plain_layer(const RecurrentConfig& config, std::span<const Doubles> parameters,
                          const PlainSequence& input) {
  const std::vector<PlainParameters> groups = in_groups(config, parameters);
  PlainSequence result = input;
  for (size_t layer = 0; layer < static_cast<size_t>(config.num_layers); ++layer) {
    const std::vector<Doubles> x = result.steps;
    for (Doubles& output : result.steps) output.clear();
    for (size_t direction = 0; direction < static_cast<size_t>(config.directions()); ++direction) {
      const size_t place = layer * static_cast<size_t>(config.directions()) + direction;
      Doubles no_cell;
      Doubles &h = result.h[place], &c = result.c.empty() ? no_cell : result.c[place];
      for (size_t i = 0; i < x.size(); ++i) {
        const size_t t = direction == 0 ? i : x.size() - 1 - i;
        step(config.cell, groups[place], x[t], h, c);
        result.steps[t].insert(result.steps[t].end(), h.begin(), h.end());
      }
    }
  }
  return result;
}

Doubles plain_call(const PlainCall& call, std::span<const Doubles> inputs) {
  const RecurrentShapes& shapes = call.shapes;
  const bool has_cell = call.config.cell == Cell::lstm;
  const Layout layout(shapes.input);
  const size_t states = !call.states_given ? 0 : has_cell ? 2 : 1;
  const std::span<const Doubles> parameters = inputs.subspan(1 + states);
  Doubles output = zeros(shapes.output), h_n = zeros(shapes.h_n), c_n;
  if (has_cell) c_n = zeros(shapes.c_n);
  for (int64_t n = 0; n < layout.batch; ++n) {
    PlainSequence sequence;
    for (int64_t t = 0; t < call.lengths[static_cast<size_t>(n)]; ++t) {
      sequence.steps.push_back(row_of(inputs[0], layout.row(n, t), call.config.input_size));
    }
    sequence.h = states_of(states > 0 ? &inputs[1] : nullptr, shapes.h_n, layout.batch, n);
    if (has_cell) sequence.c = states_of(states > 1 ? &inputs[2] : nullptr, shapes.c_n, layout.batch, n);
    const PlainSequence result = plain_layer(call.config, parameters, sequence);
    for (size_t t = 0; t < result.steps.size(); ++t) {
      put_row(result.steps[t], layout.row(n, static_cast<int64_t>(t)), output);
    }
    for (size_t k = 0; k < result.h.size(); ++k) {
      const int64_t row = static_cast<int64_t>(k) * layout.batch + n;
      put_row(result.h[k], row, h_n);
      if (has_cell) put_row(result.c[k], row, c_n);
    }
  }
  output.insert(output.end(), h_n.begin(), h_n.end());
  output.insert(output.end(), c_n.begin(), c_n.end());
  return output;
}

}  // namespace runnel
