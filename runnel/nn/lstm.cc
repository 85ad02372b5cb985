#include "runnel/nn/lstm.h"

#include "runnel/nn/constructor_text.h"

namespace runnel {

LSTM::LSTM(const LSTMOptions& o, Generator& generator)
    : Recurrent("LSTM",
                {.cell = Cell::lstm,
                 .input_size = o.input_size,
                 .hidden_size = o.hidden_size,
                 .num_layers = o.num_layers,
                 .bias = o.bias,
                 .batch_first = o.batch_first,
                 .dropout = o.dropout,
                 .bidirectional = o.bidirectional,
                 .proj_size = o.proj_size},
                generator) {}

LSTMOutput LSTM::operator()(const Variable& x, const LSTMCall& call) {
  const Result result = run(x, call.lengths, {.h_0 = call.h_0, .c_0 = call.c_0});
  return {result.output, result.h_n, result.c_n};
}

PackedLSTMOutput LSTM::operator()(const PackedVariable& x, const Variable& h_0, const Variable& c_0) {
  const Result result = run(x, State{.h_0 = h_0, .c_0 = c_0});
  return {{result.output, x.schedule}, result.h_n, result.c_n};
}

std::string LSTM::to_string() const {
  ConstructorText text = recurrent_text(kind(), config());
  if (config().proj_size > 0) text.keyword("proj_size", std::to_string(config().proj_size));
  return text.finish();
}

}  // namespace runnel
