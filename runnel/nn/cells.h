#pragma once

#include "runnel/nn/layer.h"
#include "runnel/ops/recurrence.h"

namespace runnel {

/// PyTorch's options of nn.GRUCell and nn.LSTMCell.
struct CellOptions {
  int64_t input_size = 0;   ///< needed
  int64_t hidden_size = 0;  ///< needed
  bool bias = true;
};
/// PyTorch's options of nn.RNNCell.
struct RNNCellOptions {
  int64_t input_size = 0;   ///< needed
  int64_t hidden_size = 0;  ///< needed
  bool bias = true;
  std::string nonlinearity = "tanh";  ///< "tanh" or "relu"
};

struct LSTMCellState {
  Variable h, c;  ///< [batch, hidden] each, or [hidden]
};

/// One step of a recurrent layer, for loops of one's own: the part that the three cells share.
/// Not used by itself.
///
/// Parameters: weight_ih [gate·hidden, feature = input_size], weight_hh [gate·hidden, hidden],
/// bias_ih, bias_hh [gate·hidden], all from U(−1/√hidden_size, 1/√hidden_size);
/// gates in the order of the layer's.
class CellModule : public Layer {
 public:
  const CellOptions& options() const { return options_; }
  Shape output_shape(const Shape& input) const override;
  /// Reads h_0 and c_0 of the signal as h and c, and gives the new ones as h_n and c_n.
  Signal forward(const Signal& input) override;
  std::string to_string() const override;

 protected:
  CellModule(std::string kind, Cell cell, const CellOptions& options, Generator& generator);
  LSTMCellState step(const Variable& x, const Variable& h, const Variable& c) const;

 private:
  Cell cell_;
  CellOptions options_;
  RecurrentParameters parameters_;
};

/// One step of RNN: h' = tanh or relu(W_ih x + b_ih + W_hh h + b_hh). Source: torch.nn.RNNCell.
///
/// Input   x [batch, feature = input_size] or [feature]; h [batch, hidden] or [hidden], zeros when absent
/// Output  h' like h
/// Throws  ShapeError when an axis has another size; OptionError when an option cannot be
class RNNCell : public CellModule {
 public:
  explicit RNNCell(const RNNCellOptions& options, Generator& generator = default_generator());
  Variable operator()(const Variable& x, const Variable& h = {}) const { return step(x, h, {}).h; }
};

/// One step of GRU; the equations stand at GRU. Shapes and errors as at RNNCell. Source: torch.nn.GRUCell.
class GRUCell : public CellModule {
 public:
  explicit GRUCell(const CellOptions& options, Generator& generator = default_generator());
  Variable operator()(const Variable& x, const Variable& h = {}) const { return step(x, h, {}).h; }
};

/// One step of LSTM; the equations stand at LSTM. Source: torch.nn.LSTMCell.
///
/// Input   x [batch, feature = input_size] or [feature]; h, c [batch, hidden] or [hidden], zeros when absent
/// Output  h', c' like h and c
/// Throws  ShapeError when an axis has another size; OptionError when an option cannot be
class LSTMCell : public CellModule {
 public:
  explicit LSTMCell(const CellOptions& options, Generator& generator = default_generator());
  LSTMCellState operator()(const Variable& x, const LSTMCellState& state = {}) const {
    return step(x, state.h, state.c);
  }
};

}  // namespace runnel
