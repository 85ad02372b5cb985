#include "runnel/nn/rnn.h"

#include "runnel/nn/constructor_text.h"
#include "runnel/nn/nn_error.h"

namespace runnel {

Cell rnn_cell_of(const std::string& nonlinearity) {
  if (nonlinearity == "tanh") return Cell::rnn_tanh;
  if (nonlinearity == "relu") return Cell::rnn_relu;
  throw errors::unknown_nonlinearity(nonlinearity);
}

RNN::RNN(const RNNOptions& o, Generator& generator)
    : Recurrent("RNN",
                {.cell = rnn_cell_of(o.nonlinearity),
                 .input_size = o.input_size,
                 .hidden_size = o.hidden_size,
                 .num_layers = o.num_layers,
                 .bias = o.bias,
                 .batch_first = o.batch_first,
                 .dropout = o.dropout,
                 .bidirectional = o.bidirectional},
                generator) {}

RNNOutput RNN::operator()(const Variable& x, const RNNCall& call) {
  const Result result = run(x, call.lengths, {.h_0 = call.h_0});
  return {result.output, result.h_n};
}

PackedRNNOutput RNN::operator()(const PackedVariable& x, const Variable& h_0) {
  const Result result = run(x, State{.h_0 = h_0});
  return {{result.output, x.schedule}, result.h_n};
}

std::string RNN::to_string() const {
  ConstructorText text = recurrent_text(kind(), config());
  if (config().cell == Cell::rnn_relu) text.keyword("nonlinearity", "'relu'");
  return text.finish();
}

}  // namespace runnel
