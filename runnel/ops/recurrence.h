#pragma once

#include <memory>
#include <span>

#include "runnel/autograd/variable.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/sequence/schedule.h"

namespace runnel {

/// The arithmetic of a step: rnn_tanh, rnn_relu, lstm or gru.
using Cell = kernels::Cell;
using kernels::gate_count;

/// The parameters of one layer and direction; the undefined ones are not there.
///
///     weight_ih [gate·hidden = G·H, input_size]   bias_ih, bias_hh [G·H]
///     weight_hh [gate·hidden = G·H, H_out]        weight_hr [proj, H], LSTM only: H_out = proj, else H
struct RecurrentParameters {
  Variable weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;
};

/// What one recurrent layer reads.
struct RecurrenceInput {
  Variable x;  ///< [row, feature] for packed rows, else [seq, batch, feature] or [batch, seq, feature]
  std::shared_ptr<const Schedule> schedule;
  Shape output_rows;  ///< the axes of output before its last: [row], [seq, batch] or [batch, seq],
                      ///< whatever x has
  Variable h_0;  ///< [direction, batch, hidden = H_out], in the caller's order of sequences; undefined: zeros
  Variable c_0;  ///< [direction, batch, hidden = H]; LSTM only
};

struct RecurrenceResult {
  Variable
      output;    ///< output_rows and hidden·direction = D·H_out (one direction: hidden); zeros in the padding
  Variable h_n;  ///< like h_0: after the last real step of each sequence
  Variable c_n;  ///< like c_0; undefined for cells without one
};

/// One recurrent layer over a whole batch: one operation with its own backward, both directions in it. The
/// equations stand in kernels/recurrence.h. `directions` has the forward direction, then, if any, the reverse
/// one. The shapes are checked by the modules in nn/, which know the names to speak of.
RecurrenceResult recurrence(Cell cell, const RecurrenceInput& input,
                            std::span<const RecurrentParameters> directions);

}  // namespace runnel
