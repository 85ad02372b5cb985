#include "runnel/nn/state_recorder.h"

#include <cmath>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/autograd/tape.h"
#include "runnel/base/random.h"
#include "runnel/nn/cells.h"
#include "runnel/tensor/axes.h"

#include "tests/nn/any_config.h"
#include "tests/nn/any_layer.h"

namespace runnel {
namespace {

std::vector<float> numbers_of(const Tensor& tensor) {
  return {tensor.values().begin(), tensor.values().end()};
}

/// The numbers of one sequence at one step, of [seq, batch, …].
std::vector<double> at(const Tensor& tensor, int64_t t, int64_t n) {
  const int64_t width = tensor.shape()[2].size;
  const float* row = tensor.data() + (t * tensor.shape()[1].size + n) * width;
  return {row, row + width};
}

/// A layer with short sequences among its batch, or without lengths.
struct RecordedCall {
  RecordedCall(const RecurrentConfig& config, const Lengths& some_lengths, bool lengths_given)
      : layer(config), lengths(some_lengths) {
    Generator generator(5);
    const int64_t batch = static_cast<int64_t>(lengths.size()), seq = kSteps;
    const Axis b{axes::batch, batch}, s{axes::seq, seq}, f{axes::feature, config.input_size};
    data.x = some_numbers(config.batch_first ? Shape{b, s, f} : Shape{s, b, f}, generator);
    if (lengths_given) {
      data.lengths = lengths;
    } else {
      lengths.assign(lengths.size(), seq);
    }
  }
  static constexpr int64_t kSteps = 5;
  AnyLayer layer;
  Lengths lengths;
  RecurrentData data;
};

Variable parameter(const Module& module, const std::string& name) {
  for (const NamedParameter& p : module.named_parameters()) {
    if (p.name == name) return p.variable;
  }
  return {};
}

/// W row · v, added to `sum`.
double dot_row(const Variable& w, int64_t row, const std::vector<double>& v, double sum) {
  const float* numbers = w.value().data() + row * static_cast<int64_t>(v.size());
  for (size_t i = 0; i < v.size(); ++i) sum += numbers[i] * v[i];
  return sum;
}
double bias(const Variable& b, int64_t row) { return b.defined() ? b.value().data()[row] : 0; }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// One step as the equations say it, from the input and the state before to what must have been recorded.
struct PlainStep {
  std::vector<std::vector<double>> gates;
  std::vector<double> h, c;
};
PlainStep plain_step(const Module& module, Cell cell, const std::string& suffix, const std::vector<double>& x,
                     const std::vector<double>& h, const std::vector<double>& c) {
  const Variable w_ih = parameter(module, "weight_ih" + suffix),
                 w_hh = parameter(module, "weight_hh" + suffix);
  const Variable b_ih = parameter(module, "bias_ih" + suffix), b_hh = parameter(module, "bias_hh" + suffix);
  const Variable w_hr = parameter(module, "weight_hr" + suffix);
  const int64_t hidden = w_ih.shape()[0].size / gate_count(cell);
  PlainStep step;
  step.gates.resize(static_cast<size_t>(gate_count(cell)));
  std::vector<double> full;
  for (int64_t unit = 0; unit < hidden; ++unit) {
    const auto of_x = [&](int64_t g) {
      return dot_row(w_ih, g * hidden + unit, x, bias(b_ih, g * hidden + unit));
    };
    const auto of_h = [&](int64_t g) {
      return dot_row(w_hh, g * hidden + unit, h, bias(b_hh, g * hidden + unit));
    };
    const auto keep = [&](size_t g, double value) { return step.gates[g].emplace_back(value); };
    const auto u = static_cast<size_t>(unit);
    if (cell == Cell::lstm) {
      const double i = keep(0, sigmoid(of_x(0) + of_h(0))), f = keep(1, sigmoid(of_x(1) + of_h(1)));
      const double g = keep(2, std::tanh(of_x(2) + of_h(2))), o = keep(3, sigmoid(of_x(3) + of_h(3)));
      step.c.push_back(f * c[u] + i * g);
      full.push_back(o * std::tanh(step.c.back()));
    } else if (cell == Cell::gru) {
      const double r = keep(0, sigmoid(of_x(0) + of_h(0))), z = keep(1, sigmoid(of_x(1) + of_h(1)));
      const double n = keep(2, std::tanh(of_x(2) + r * of_h(2)));
      full.push_back((1 - z) * n + z * h[u]);
    } else {
      const double sum = of_x(0) + of_h(0);
      full.push_back(cell == Cell::rnn_relu ? std::max(sum, 0.0) : std::tanh(sum));
    }
  }
  step.h = full;
  if (w_hr.defined()) {
    step.h.clear();
    for (int64_t p = 0; p < w_hr.shape()[0].size; ++p) step.h.push_back(dot_row(w_hr, p, full, 0));
  }
  return step;
}

bool near(const std::vector<double>& a, const std::vector<double>& b) {
  bool all = a.size() == b.size();
  for (size_t i = 0; all && i < a.size(); ++i) all = std::abs(a[i] - b[i]) <= 1e-5 * (1 + std::abs(b[i]));
  return all;
}

/// Every recorded step against the equations, started from the recorded state before it.
void check_steps(const RecordedLayer& layer, Cell cell,
                 const std::vector<std::vector<std::vector<double>>>& x, const Lengths& lengths) {
  const RecordedSteps& steps = layer.steps;
  const int64_t seq = steps.h.shape()[0].size;
  const auto width = static_cast<size_t>(steps.h.shape()[2].size);
  for (size_t n = 0; n < lengths.size(); ++n) {
    const auto batch = static_cast<int64_t>(n);
    std::vector<double> h(width), c(steps.c ? static_cast<size_t>(steps.c->shape()[2].size) : 0);
    for (int64_t i = 0; i < lengths[n]; ++i) {
      const int64_t t = layer.reverse ? lengths[n] - 1 - i : i;
      const PlainStep expected =
          plain_step(*layer.module, cell, layer.suffix(), x[n][static_cast<size_t>(t)], h, c);
      for (size_t g = 0; g < steps.gates.size(); ++g) {
        RC_ASSERT(near(at(steps.gates[g].values, t, batch), expected.gates[g]));
      }
      h = at(steps.h, t, batch);
      RC_ASSERT(near(h, expected.h));
      if (steps.c) {
        c = at(*steps.c, t, batch);
        RC_ASSERT(near(c, expected.c));
      }
    }
    for (int64_t t = lengths[n]; t < seq; ++t) {
      RC_ASSERT(at(steps.h, t, batch) == std::vector<double>(width));
    }
  }
}

RC_GTEST_PROP(StateRecorder, has_the_gates_and_states_of_every_step_of_any_layer, ()) {
  const RecurrentConfig config = any_config({.layers = 2, .size = 20});
  const auto lengths = *rc::gen::nonEmpty(rc::gen::container<Lengths>(rc::gen::inRange<int64_t>(0, 6)));
  RecordedCall call(config, lengths, yes_or_no());
  const RecurrentResults without = call.layer(call.data);
  const StateRecorder recorder;
  const RecurrentResults with = call.layer(call.data);
  RC_ASSERT(numbers_of(with.flat().value()) == numbers_of(without.flat().value()));

  const int64_t directions = config.directions();
  RC_ASSERT(static_cast<int64_t>(recorder.layers().size()) == config.num_layers * directions);
  std::vector<std::vector<std::vector<double>>> x;  // sequence, step
  const auto seq_first = [&](const Tensor& data, int64_t t, int64_t n) {
    const int64_t width = data.shape()[2].size;
    const float* row =
        data.data() +
        (config.batch_first ? n * RecordedCall::kSteps + t : t * data.shape()[1].size + n) * width;
    return std::vector<double>(row, row + width);
  };
  for (size_t n = 0; n < lengths.size(); ++n) {
    auto& rows = x.emplace_back();
    for (int64_t t = 0; t < RecordedCall::kSteps; ++t)
      rows.push_back(seq_first(call.data.x.value(), t, static_cast<int64_t>(n)));
  }
  for (size_t i = 0; i < recorder.layers().size(); i += static_cast<size_t>(directions)) {
    const auto layers = std::span(recorder.layers()).subspan(i, static_cast<size_t>(directions));
    for (const RecordedLayer& layer : layers) check_steps(layer, config.cell, x, call.lengths);
    for (size_t n = 0; n < x.size(); ++n) {  // what the next layer reads
      for (int64_t t = 0; t < RecordedCall::kSteps; ++t) {
        auto& row = x[n][static_cast<size_t>(t)];
        row.clear();
        for (const RecordedLayer& layer : layers) {
          const std::vector<double> h = at(layer.steps.h, t, static_cast<int64_t>(n));
          row.insert(row.end(), h.begin(), h.end());
        }
      }
    }
  }
  for (size_t n = 0; n < x.size(); ++n) {  // the last layer's states are the output
    for (int64_t t = 0; t < RecordedCall::kSteps; ++t)
      RC_ASSERT(seq_first(with.output.value(), t, static_cast<int64_t>(n)) == x[n][static_cast<size_t>(t)]);
  }
}

TEST(StateRecorder, has_the_same_of_a_layer_and_of_a_loop_of_its_cell) {
  LSTM lstm({.input_size = 3, .hidden_size = 4});
  LSTMCell cell({.input_size = 3, .hidden_size = 4});
  for (size_t i = 0; i < cell.parameters().size(); ++i) {
    Variable parameter = cell.parameters()[i];
    parameter.mutable_value() = lstm.parameters()[i].value();
  }
  Generator generator(3);
  const Tensor x = some_numbers(Shape{{axes::seq, 6}, {axes::batch, 2}, {axes::feature, 3}}, generator);
  StateRecorder recorder;
  lstm(x);
  ASSERT_EQ(recorder.layers().size(), 1U);
  const RecordedSteps steps = recorder.layers()[0].steps;
  LSTMCellState state;
  for (int64_t t = 0; t < 6; ++t) {
    const Shape step{{axes::batch, 2}, {axes::feature, 3}};
    state = cell(Tensor(step, x.values().subspan(static_cast<size_t>(t * 6), 6)), state);
    const RecordedLayer& step_of_cell = recorder.layers().back();
    EXPECT_EQ(step_of_cell.module, &cell);
    EXPECT_EQ(step_of_cell.suffix(), "");
    const auto same = [&](const Tensor& recorded, const Tensor& expected) {
      const auto part = recorded.values().subspan(static_cast<size_t>(t * 8), 8);
      return std::equal(part.begin(), part.end(), expected.values().begin(), expected.values().end());
    };
    EXPECT_TRUE(same(steps.h, state.h.value())) << "step " << t;
    EXPECT_TRUE(same(*steps.c, state.c.value())) << "step " << t;
    EXPECT_TRUE(same(steps.h, step_of_cell.steps.h)) << "step " << t;
    EXPECT_TRUE(same(*steps.c, *step_of_cell.steps.c)) << "step " << t;
    for (size_t g = 0; g < 4; ++g)
      EXPECT_TRUE(same(steps.gates[g].values, step_of_cell.steps.gates[g].values)) << "step " << t;
  }
  EXPECT_EQ(recorder.layers().size(), 7U) << "the layer, and the cell once a step";
}

TEST(StateRecorder, names_the_gates_in_the_order_of_the_weights) {
  const auto names = [](auto layer) {
    const StateRecorder recorder;
    layer(Tensor(Shape{{axes::seq, 1}, {axes::batch, 1}, {axes::feature, 2}}));
    std::string all;
    for (const RecordedGate& gate : recorder.layers()[0].steps.gates) all += gate.name;
    return all;
  };
  EXPECT_EQ(names(LSTM({.input_size = 2, .hidden_size = 3})), "ifgo");
  EXPECT_EQ(names(GRU({.input_size = 2, .hidden_size = 3})), "rzn");
  EXPECT_EQ(names(RNN({.input_size = 2, .hidden_size = 3})), "");
}

TEST(StateRecorder, records_while_it_lives_and_lets_the_one_before_go_on) {
  GRU gru({.input_size = 2, .hidden_size = 3});
  const Tensor x(Shape{{axes::seq, 4}, {axes::batch, 1}, {axes::feature, 2}});
  StateRecorder outer;
  gru(x);
  {
    const StateRecorder inner;
    gru(x);
    gru(x);
    EXPECT_EQ(inner.layers().size(), 2U);
  }
  EXPECT_EQ(outer.layers().size(), 1U);
  gru(x);
  EXPECT_EQ(outer.layers().size(), 2U);
  EXPECT_EQ(outer.layers()[1].module, &gru);
  outer.clear();
  EXPECT_TRUE(outer.layers().empty());
}

TEST(StateRecorder, leaves_gradients_as_they_are) {
  LSTM lstm({.input_size = 2, .hidden_size = 3, .bidirectional = true, .proj_size = 2});
  Generator generator(4);
  const Tensor x = some_numbers(Shape{{axes::seq, 4}, {axes::batch, 2}, {axes::feature, 2}}, generator);
  const auto gradients = [&] {
    lstm.zero_grad();
    const Recording recording;
    const Variable output = lstm(x).output;
    output.backward(Tensor::full(output.shape(), 1.0f));
    std::vector<std::vector<float>> all;
    for (const Variable& parameter : lstm.parameters()) all.push_back(numbers_of(parameter.grad()));
    return all;
  };
  const auto without = gradients();
  const StateRecorder recorder;
  EXPECT_EQ(gradients(), without);
  EXPECT_EQ(recorder.layers().size(), 2U);
}

TEST(StateRecorder, pads_packed_rows_to_the_longest_sequence) {
  RecordedCall call({.cell = Cell::gru, .input_size = 2, .hidden_size = 3}, {2, 4, 0}, true);
  const StateRecorder recorder;
  call.layer.packed(call.data);
  EXPECT_EQ(recorder.layers()[0].steps.h.shape().to_string(), "[seq=4, batch=3, hidden=3]");
}

}  // namespace
}  // namespace runnel
