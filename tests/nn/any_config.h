#pragma once

#include <rapidcheck.h>

#include "runnel/nn/recurrent.h"

/// Layers drawn by RapidCheck, for properties that hold for all of them.
namespace runnel {

/// The largest of each number that is drawn.
struct Most {
  int64_t layers = 3, size = 20, batch = 6, seq = 6;
};

inline int64_t number(int64_t least, int64_t most) { return *rc::gen::inRange<int64_t>(least, most + 1); }
inline bool yes_or_no() { return *rc::gen::arbitrary<bool>(); }

inline RecurrentConfig any_config(const Most& most) {
  RecurrentConfig config{.cell = *rc::gen::element(Cell::rnn_tanh, Cell::rnn_relu, Cell::lstm, Cell::gru),
                         .input_size = number(1, most.size),
                         .hidden_size = number(1, most.size),
                         .num_layers = number(1, most.layers),
                         .bias = yes_or_no(),
                         .batch_first = yes_or_no(),
                         .bidirectional = yes_or_no()};
  if (config.cell == Cell::lstm && config.hidden_size > 1)
    config.proj_size = number(0, config.hidden_size - 1);
  return config;
}

}  // namespace runnel
