#pragma once

#include "runnel/nn/recurrent.h"

namespace runnel {

/// PyTorch's options of nn.GRU, under its names.
struct GRUOptions {
  int64_t input_size = 0;      ///< numbers that describe one step; needed
  int64_t hidden_size = 0;     ///< numbers that the layer remembers; needed
  int64_t num_layers = 1;      ///< layers on top of each other, each reading the output of the one below
  bool bias = true;            ///< false: no bias_ih and bias_hh
  bool batch_first = false;    ///< true: input and output are [batch, seq, …]; the states never change
  double dropout = 0;          ///< while training, between layers (after every layer but the last)
  bool bidirectional = false;  ///< true: a second walk, from the last step to the first
};

/// What a call of GRU may be given besides x.
struct GRUCall {
  std::optional<Lengths> lengths = {};
  Variable h_0 = {};
};

struct GRUOutput {
  Variable output;  ///< [seq, batch, hidden·direction = D·hidden_size]: the state after every step
  Variable h_n;     ///< [layer·direction, batch, hidden]: the state after the last real step
};
struct PackedGRUOutput {
  PackedVariable output;  ///< [row, hidden·direction]
  Variable h_n;           ///< [layer·direction, batch, hidden], in the caller's order of sequences
};

/// Gated recurrent unit, reset after (PyTorch's):
///
///     r  = σ(W_ir x + b_ir + W_hr h + b_hr)
///     z  = σ(W_iz x + b_iz + W_hz h + b_hz)
///     n  = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
///     h' = (1 − z) ⊙ n + z ⊙ h
///
/// Input   x        [seq, batch, feature = input_size], batch_first: [batch, seq, feature];
///                  one sequence: [seq, feature]
///         h_0      [layer·direction = num_layers·D, batch, hidden = hidden_size]; zeros when absent
///         lengths  [batch], how many steps of each sequence are real; all when absent.
///                  0 is legal: h_n is h_0 there
/// Output  output, h_n as above; output is 0 behind the end of a sequence.
///         Without a batch, both lack that axis
/// Throws  ShapeError when an axis has another name or size; OptionError when an option cannot be
///
/// Parameters, for layer k = 0 … and each direction (suffix "" or "_reverse"), gates in the order r, z, n:
///
///     weight_ih_l{k}              [gate·hidden = 3·hidden_size, feature = input_size],
///                                 from layer 1 on D·hidden_size columns
///     weight_hh_l{k}              [gate·hidden = 3·hidden_size, hidden = hidden_size]
///     bias_ih_l{k}, bias_hh_l{k}  [gate·hidden]
///
/// all from U(−1/√hidden_size, 1/√hidden_size). Source: torch.nn.GRU.
class GRU : public Recurrent {
 public:
  explicit GRU(const GRUOptions& options, Generator& generator = default_generator());

  GRUOutput operator()(const Variable& x, const GRUCall& call = {});
  GRUOutput operator()(const Variable& x, const Variable& h_0) { return (*this)(x, GRUCall{.h_0 = h_0}); }
  PackedGRUOutput operator()(const PackedVariable& x, const Variable& h_0 = {});

  std::string to_string() const override;
};

}  // namespace runnel
