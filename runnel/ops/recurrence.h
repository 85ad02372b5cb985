#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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

/// Which rows of a table of word vectors a recurrent layer reads, in place of a copy of each.
struct TableIds {
  Ids ids;
  int64_t padding_idx = -1;  ///< this row gets no gradient; -1: there is none
};

/// Whether a table of word vectors is small enough to be read so by `steps` steps: its rows are then multiplied with
/// weight_ih once each, in place of every step's, and their gradients are summed before they are.
///
/// The rule: half the steps or fewer. What it saves is (steps − vocab) products with weight_ih in the forward pass and
/// twice as many in the backward pass; what it costs is one pass over the gates. The forward pass has the same bits
/// either way; gradients are summed in another order.
constexpr bool table_is_small(int64_t vocab, int64_t steps) { return 2 * vocab <= steps; }

/// What one recurrent layer reads.
struct RecurrenceInput {
  Variable x;  ///< [row, feature] for packed rows, else [seq, batch, feature] or [batch, seq, feature]
  /// When given, x is a table [vocab, feature], and ids [batch, seq] or [seq, batch] name the row that each step reads.
  std::optional<TableIds> ids = {};
  std::shared_ptr<const Schedule> schedule;
  Shape output_rows;  ///< the axes of output before its last: [row], [seq, batch] or [batch, seq],
                      ///< whatever x has
  Variable h_0;  ///< [direction, batch, hidden = H_out], in the caller's order of sequences; undefined: zeros
  Variable c_0;  ///< [direction, batch, hidden = H]; LSTM only
  /// When given, the result has what every step had, padded to so many steps: the longest sequence's or more.
  std::optional<int64_t> recorded_seq = {};
};

/// One gate of a cell at every step, after its activation: LSTM i, f, o and GRU r, z from 0 to 1; the new values
/// that they let in, LSTM g and GRU n, from -1 to 1.
struct RecordedGate {
  std::string_view name;  ///< "i"
  Tensor values;          ///< [seq, batch, hidden = H]; zeros in the padding
};

/// What every step of one layer and direction had. Step t stands at place t in both directions.
struct RecordedSteps {
  std::vector<RecordedGate> gates = {};  ///< LSTM i, f, g, o; GRU r, z, n; of an RNN none
  Tensor h = {};                 ///< [seq, batch, hidden = H_out], after the step; zeros in the padding
  std::optional<Tensor> c = {};  ///< [seq, batch, hidden = H]; LSTM only
};

struct RecurrenceResult {
  Variable
      output;    ///< output_rows and hidden·direction = D·H_out (one direction: hidden); zeros in the padding
  Variable h_n;  ///< like h_0: after the last real step of each sequence
  Variable c_n;  ///< like c_0; undefined for cells without one
  std::vector<RecordedSteps> recorded = {};  ///< one a direction, where recorded_seq asks for it
};

/// One recurrent layer over a whole batch: one operation with its own backward, both directions in it. The
/// equations stand in kernels/recurrence.h. `directions` has the forward direction, then, if any, the reverse
/// one. The shapes are checked by the modules in nn/, which know the names to speak of.
RecurrenceResult recurrence(Cell cell, const RecurrenceInput& input,
                            std::span<const RecurrentParameters> directions);

}  // namespace runnel
