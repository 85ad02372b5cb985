#include "runnel/nn/gru.h"

#include "runnel/nn/constructor_text.h"

namespace runnel {

GRU::GRU(const GRUOptions& o, Generator& generator)
    : Recurrent("GRU",
                {.cell = Cell::gru,
                 .input_size = o.input_size,
                 .hidden_size = o.hidden_size,
                 .num_layers = o.num_layers,
                 .bias = o.bias,
                 .batch_first = o.batch_first,
                 .dropout = o.dropout,
                 .bidirectional = o.bidirectional},
                generator) {}

GRUOutput GRU::operator()(const Variable& x, const GRUCall& call) {
  const Result result = run(x, call.lengths, {.h_0 = call.h_0});
  return {result.output, result.h_n};
}

PackedGRUOutput GRU::operator()(const PackedVariable& x, const Variable& h_0) {
  const Result result = run(x, State{.h_0 = h_0});
  return {{result.output, x.schedule}, result.h_n};
}

std::string GRU::to_string() const { return recurrent_text(kind(), config()).finish(); }

}  // namespace runnel
