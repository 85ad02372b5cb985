#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>

#include "runnel/autograd/tape.h"
#include "runnel/nn/cells.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/linear.h"
#include "runnel/tensor/axes.h"

#include "tests/golden/golden_file.h"
#include "tests/kernels/every_target.h"
#include "tests/nn/recurrent_cases.h"

// Every layer against what torch 2.13 computed, on every instruction set that the machine has: outputs, final
// states and all gradients.

namespace runnel {
namespace {

using golden::value;

constexpr float kInputScale = 4;
float parameter_scale(Cell cell) { return cell == Cell::gru || cell == Cell::lstm ? 2.0f : 1.0f; }

/// Gives the parameters their golden numbers.
void fill(const std::vector<Variable>& parameters, float scale) {
  int64_t seed = golden::kFirstParameter;
  for (Variable variable : parameters) variable.mutable_value() = value(seed++, variable.shape(), scale);
}

/// Runs backward from Σ result · value(its seed), over all results.
void backward_from(const RecurrentResults& results) {
  static const std::map<std::string, int64_t> seeds = {
      {"output", golden::kDOutput}, {"h_n", golden::kDHn}, {"c_n", golden::kDCn}};
  RecurrentResults weights;
  for (const auto& [name, variable] : results.all()) {
    weights.of(name) = value(seeds.at(name), variable.shape());
  }
  results.flat().backward(weights.flat().value());
}

void expect_golden(golden::File& file, const std::string& name, const RecurrentResults& results,
                   const std::vector<NamedParameter>& leaves) {
  for (const auto& [result, variable] : results.all()) file.expect(name + "/" + result, variable.value());
  backward_from(results);
  for (const auto& [leaf, variable] : leaves) file.expect(name + "/grad." + leaf, variable.grad());
}

TEST(Golden, recurrent_layers_agree) {
  const RecurrentSizes sizes{.input = 3, .hidden = 4, .proj = 2, .seq = 5, .lengths = {3, 5, 1}};
  std::map<std::string, golden::File> files;
  on_every_target([&] {
    for (const RecurrentCase& test : recurrent_cases()) {
      golden::File& file = files.try_emplace(test.layer(), test.layer()).first->second;
      RecurrentSetup setup(test, sizes, [](int64_t seed, const Shape& shape) {
        return value(seed, shape, seed == golden::kInput ? kInputScale : 1);
      });
      fill(setup.layer.parameters(), parameter_scale(test.cell));
      Recording recording;
      expect_golden(file, test.name(), setup.run(), setup.leaves());
      if (!test.packed()) continue;
      const RecurrentResults beside = setup.layer(setup.data);
      for (const auto& [result, variable] : beside.all()) {
        file.expect(test.name() + "/" + result, variable.value());
      }
    }
  });
  for (const auto& [name, file] : files) file.expect_all_seen();
}

struct CellCase {
  Cell cell;
  bool bias, batched, states_given;

  std::string name() const {
    const char* kind = cell == Cell::rnn_tanh   ? "rnn_tanh_cell"
                       : cell == Cell::rnn_relu ? "rnn_relu_cell"
                       : cell == Cell::gru      ? "gru_cell"
                                                : "lstm_cell";
    return fmt::format("{}.{}.{}.{}", kind, bias ? "bias" : "nobias", batched ? "batched" : "unbatched",
                       states_given ? "h0" : "zeros");
  }
};

std::vector<CellCase> cell_cases() {
  std::vector<CellCase> cases;
  for (Cell cell : {Cell::rnn_tanh, Cell::rnn_relu, Cell::gru, Cell::lstm}) {
    for (int i = 0; i < 8; ++i) cases.push_back({cell, (i & 1) != 0, (i & 2) != 0, (i & 4) != 0});
  }
  return cases;
}

std::unique_ptr<CellModule> make_cell(const CellCase& test) {
  const CellOptions options{.input_size = 3, .hidden_size = 4, .bias = test.bias};
  if (test.cell == Cell::lstm) return std::make_unique<LSTMCell>(options);
  if (test.cell == Cell::gru) return std::make_unique<GRUCell>(options);
  return std::make_unique<RNNCell>(
      RNNCellOptions{.input_size = 3,
                     .hidden_size = 4,
                     .bias = test.bias,
                     .nonlinearity = test.cell == Cell::rnn_relu ? "relu" : "tanh"});
}

RecurrentResults step(const CellModule& module, const RecurrentData& d) {
  if (const auto* lstm = dynamic_cast<const LSTMCell*>(&module)) {
    const LSTMCellState after = (*lstm)(d.x, {d.h_0, d.c_0});
    return {{}, after.h, after.c};
  }
  if (const auto* gru = dynamic_cast<const GRUCell*>(&module)) return {{}, (*gru)(d.x, d.h_0), {}};
  return {{}, dynamic_cast<const RNNCell&>(module)(d.x, d.h_0), {}};
}

void expect_cell(golden::File& file, const CellCase& test) {
  const auto module = make_cell(test);
  fill(module->parameters(), parameter_scale(test.cell));
  const auto shape = [&](const Axis& last) {
    return test.batched ? Shape{{axes::batch, 3}, last} : Shape{last};
  };
  RecurrentData data{Variable(value(golden::kInput, shape({axes::feature, 3}), kInputScale), true)};
  if (test.states_given) data.h_0 = Variable(value(golden::kH0, shape({axes::hidden, 4})), true);
  if (test.states_given && test.cell == Cell::lstm) {
    data.c_0 = Variable(value(golden::kC0, shape({axes::hidden, 4})), true);
  }
  Recording recording;
  std::vector<NamedParameter> leaves = data.given();
  for (const NamedParameter& parameter : module->named_parameters()) leaves.push_back(parameter);
  expect_golden(file, test.name(), step(*module, data), leaves);
}

TEST(Golden, cells_agree) {
  golden::File file("cells");
  on_every_target([&] {
    for (const CellCase& test : cell_cases()) expect_cell(file, test);
  });
  file.expect_all_seen();
}

/// A layer's output, its gradients from seed 11, and those of the input where it has one.
template <class Input>
void expect_layer(golden::File& file, const std::string& name, Layer& layer, const Input& input) {
  Recording recording;
  const Variable output = layer.forward({input}).features("the test");
  file.expect(name + "/output", output.value());
  output.backward(value(golden::kDOutput, output.shape()));
  for (const auto& [parameter, variable] : layer.named_parameters()) {
    file.expect(name + "/grad." + parameter, variable.grad());
  }
  if constexpr (std::is_same_v<Input, Variable>) file.expect(name + "/grad.input", input.grad());
}

TEST(Golden, linear_agrees) {
  golden::File file("layers");
  const std::map<std::string, Shape> inputs = {
      {"1d", {{"feature", 3}}},
      {"2d", {{"batch", 2}, {"feature", 3}}},
      {"3d", {{"batch", 2}, {"seq", 5}, {"feature", 3}}},
  };
  on_every_target([&] {
    for (bool bias : {true, false}) {
      for (const auto& [rank, shape] : inputs) {
        Linear linear({.in_features = 3, .out_features = 4, .bias = bias, .out_axis = "class"});
        fill(linear.parameters(), 1);
        expect_layer(file, fmt::format("linear.{}.{}", bias ? "bias" : "nobias", rank), linear,
                     Variable(value(golden::kInput, shape), true));
      }
    }
  });
  file.expect_all_seen("linear.");
}

TEST(Golden, embedding_agrees) {
  golden::File file("layers");
  const std::map<std::string, std::optional<int64_t>> paddings = {
      {"plain", std::nullopt}, {"padding_idx_2", 2}, {"padding_idx_minus_1", -1}};
  for (const auto& [variant, padding_idx] : paddings) {
    const std::string name = "embedding." + variant;
    Embedding embedding({.num_embeddings = 7, .embedding_dim = 4, .padding_idx = padding_idx});
    fill(embedding.parameters(), 1);
    expect_layer(file, name, embedding, file.ids(name + "/ids", Shape{{"batch", 2}, {"seq", 5}}));
  }
  file.expect_all_seen("embedding.");
}

}  // namespace
}  // namespace runnel
