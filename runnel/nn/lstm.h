#pragma once

#include "runnel/nn/recurrent.h"

namespace runnel {

/// PyTorch's options of nn.LSTM, under its names.
struct LSTMOptions {
  int64_t input_size = 0;      ///< numbers that describe one step; needed
  int64_t hidden_size = 0;     ///< numbers that the layer remembers; needed
  int64_t num_layers = 1;      ///< layers on top of each other, each reading the output of the one below
  bool bias = true;            ///< false: no bias_ih and bias_hh
  bool batch_first = false;    ///< true: input and output are [batch, seq, …]; the states never change
  double dropout = 0;          ///< while training, between layers (after every layer but the last)
  bool bidirectional = false;  ///< true: a second walk, from the last step to the first
  int64_t proj_size = 0;       ///< above 0: h is W_hr (o ⊙ tanh(c)) of this size, less than hidden_size
};

/// What a call of LSTM may be given besides x.
struct LSTMCall {
  std::optional<Lengths> lengths = {};
  Variable h_0 = {};
  Variable c_0 = {};
};

/// H_out is proj_size where there is a projection, else hidden_size.
struct LSTMOutput {
  Variable output;  ///< [seq, batch, hidden·direction = D·H_out]: the state after every step
  Variable h_n;     ///< [layer·direction, batch, hidden = H_out]: h after the last real step
  Variable c_n;     ///< [layer·direction, batch, hidden = hidden_size]: c after the last real step
};
struct PackedLSTMOutput {
  PackedVariable output;  ///< [row, hidden·direction]
  Variable h_n, c_n;      ///< [layer·direction, batch, hidden], in the caller's order of sequences
};

/// Long short-term memory:
///
///     i  = σ(W_ii x + b_ii + W_hi h + b_hi)
///     f  = σ(W_if x + b_if + W_hf h + b_hf)
///     g  = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     o  = σ(W_io x + b_io + W_ho h + b_ho)
///     c' = f ⊙ c + i ⊙ g
///     h' = o ⊙ tanh(c'), with a projection W_hr (o ⊙ tanh(c'))
///
/// Input   x        [seq, batch, feature = input_size], batch_first: [batch, seq, feature];
///                  one sequence: [seq, feature]
///         h_0      [layer·direction = num_layers·D, batch, hidden = H_out]; zeros when absent
///         c_0      [layer·direction, batch, hidden = hidden_size]; zeros when absent
///         lengths  [batch], how many steps of each sequence are real; all when absent.
///                  0 is legal: h_n is h_0 there
/// Output  output, h_n, c_n as above; output is 0 behind the end of a sequence.
///         Without a batch, all lack that axis
/// Throws  ShapeError when an axis has another name or size; OptionError when an option cannot be
///
/// Parameters, for layer k = 0 … and each direction (suffix "" or "_reverse"), gates in the order i, f, g, o:
///
///     weight_ih_l{k}              [gate·hidden = 4·hidden_size, feature = input_size],
///                                 from layer 1 on D·H_out columns
///     weight_hh_l{k}              [gate·hidden = 4·hidden_size, hidden = H_out]
///     bias_ih_l{k}, bias_hh_l{k}  [gate·hidden]
///     weight_hr_l{k}              [proj = proj_size, hidden = hidden_size], with a projection
///
/// all from U(−1/√hidden_size, 1/√hidden_size). Source: torch.nn.LSTM.
class LSTM : public Recurrent {
 public:
  explicit LSTM(const LSTMOptions& options, Generator& generator = default_generator());

  LSTMOutput operator()(const Variable& x, const LSTMCall& call = {});
  LSTMOutput operator()(const Variable& x, const Variable& h_0, const Variable& c_0) {
    return (*this)(x, LSTMCall{.h_0 = h_0, .c_0 = c_0});
  }
  PackedLSTMOutput operator()(const PackedVariable& x, const Variable& h_0 = {}, const Variable& c_0 = {});

  std::string to_string() const override;
};

}  // namespace runnel
