#include "tests/nn/any_layer.h"

#include <gtest/gtest.h>

#include "runnel/ops/shaping.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

std::vector<NamedParameter> defined_ones(std::vector<NamedParameter> variables) {
  std::erase_if(variables, [](const NamedParameter& v) { return !v.variable.defined(); });
  return variables;
}

std::variant<RNN, LSTM, GRU> make(const RecurrentConfig& c) {
  switch (c.cell) {
    case Cell::lstm:
      return LSTM({.input_size = c.input_size,
                   .hidden_size = c.hidden_size,
                   .num_layers = c.num_layers,
                   .bias = c.bias,
                   .batch_first = c.batch_first,
                   .dropout = c.dropout,
                   .bidirectional = c.bidirectional,
                   .proj_size = c.proj_size});
    case Cell::gru:
      return GRU({.input_size = c.input_size,
                  .hidden_size = c.hidden_size,
                  .num_layers = c.num_layers,
                  .bias = c.bias,
                  .batch_first = c.batch_first,
                  .dropout = c.dropout,
                  .bidirectional = c.bidirectional});
    default:
      return RNN({.input_size = c.input_size,
                  .hidden_size = c.hidden_size,
                  .num_layers = c.num_layers,
                  .nonlinearity = c.cell == Cell::rnn_relu ? "relu" : "tanh",
                  .bias = c.bias,
                  .batch_first = c.batch_first,
                  .dropout = c.dropout,
                  .bidirectional = c.bidirectional});
  }
}

template <class Layer>
constexpr bool is_lstm = std::is_same_v<Layer, LSTM>;

}  // namespace

std::vector<NamedParameter> RecurrentData::given() const {
  return defined_ones({{"input", x}, {"h_0", h_0}, {"c_0", c_0}});
}

std::vector<NamedParameter> RecurrentResults::all() const {
  return defined_ones({{"output", output}, {"h_n", h_n}, {"c_n", c_n}});
}

Variable RecurrentResults::flat() const {
  std::vector<Variable> rows;
  for (const auto& [name, variable] : all()) {
    rows.push_back(reshape(variable, Shape{{axes::row, variable.value().count()}}));
  }
  return concat(rows, axes::row);
}

AnyLayer::AnyLayer(const RecurrentConfig& config) : layer_(make(config)) {}

Recurrent& AnyLayer::module() {
  return std::visit([](Recurrent& layer) -> Recurrent& { return layer; }, layer_);
}

RecurrentResults AnyLayer::operator()(const RecurrentData& d) {
  return std::visit(
      [&]<class Layer>(Layer& layer) -> RecurrentResults {
        if constexpr (is_lstm<Layer>) {
          const LSTMOutput result = layer(d.x, {.lengths = d.lengths, .h_0 = d.h_0, .c_0 = d.c_0});
          return {result.output, result.h_n, result.c_n};
        } else {
          const auto result = layer(d.x, {.lengths = d.lengths, .h_0 = d.h_0});
          return {result.output, result.h_n, {}};
        }
      },
      layer_);
}

RecurrentResults AnyLayer::packed(const RecurrentData& d) {
  const PadOptions as_before{.batch_first = config().batch_first, .total_length = d.x.size(axes::seq)};
  const Lengths full(static_cast<size_t>(d.x.size(axes::batch)), d.x.size(axes::seq));
  const PackedVariable x = pack_padded_sequence(d.x, d.lengths.value_or(full));
  return std::visit(
      [&]<class Layer>(Layer& layer) -> RecurrentResults {
        if constexpr (is_lstm<Layer>) {
          const PackedLSTMOutput result = layer(x, d.h_0, d.c_0);
          return {pad_packed_sequence(result.output, as_before).data, result.h_n, result.c_n};
        } else {
          const auto result = layer(x, d.h_0);
          return {pad_packed_sequence(result.output, as_before).data, result.h_n, {}};
        }
      },
      layer_);
}

std::vector<std::string> parameter_list(const Module& module) {
  std::vector<std::string> list;
  for (const auto& [name, variable] : module.named_parameters()) {
    EXPECT_TRUE(variable.requires_grad()) << name;
    list.push_back(name + " " + variable.shape().to_string());
  }
  return list;
}

}  // namespace runnel
