#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runnel/kernels/buffer.h"

namespace runnel::kernels {

enum class Cell { rnn_tanh, rnn_relu, lstm, gru };

/// Gates of a cell: the blocks of hidden_size rows that its weights have.
constexpr int64_t gate_count(Cell cell) { return cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1; }

/// The weights of one layer and direction, as PyTorch lays them out (G gates, I = input_size,
/// H = hidden_size, H_out = proj_size when there is a projection, else H).
/// Gate order: LSTM i, f, g, o; GRU r, z, n.
struct RecurrentWeights {
  const float* weight_ih = nullptr;  ///< [gate·hidden = G·H, I]
  const float* weight_hh = nullptr;  ///< [gate·hidden = G·H, H_out]
  const float* bias_ih = nullptr;    ///< [G·H]; absent: 0
  const float* bias_hh = nullptr;    ///< [G·H]; absent: 0
  const float* weight_hr = nullptr;  ///< [P, H]; LSTM with a projection only
};

/// Where the gradients of the same weights go; each is overwritten. Absent: not wanted.
struct RecurrentWeightGradients {
  float* weight_ih = nullptr;
  float* weight_hh = nullptr;
  float* bias_ih = nullptr;
  float* bias_hh = nullptr;
  float* weight_hr = nullptr;
};

/// How the rows of a batch hang together. Sequences are sorted by length, the longest first; the rows of step
/// t belong to the first batch_sizes[t] of them, and the packed rows of all steps stand one after the other.
struct SequenceRows {
  std::span<const int64_t> batch_sizes;
  std::span<const int32_t> x_row;       ///< packed row → row of x; empty: itself
  std::span<const int32_t> output_row;  ///< packed row → row of output; empty: itself
  std::span<const int32_t> sequence;    ///< sorted place → row of h_0, c_0, h_n, c_n: the whole batch
  /// When not 0: x is a table of so many rows, and x_row may name a row many times. Each row is multiplied with the
  /// weights once, whatever the number of steps that read it, in the forward pass and in the backward pass.
  int64_t table_rows = 0;
};

/// One recurrent layer. Its second direction, where there is one, walks the steps from the last to the first.
struct RecurrentLayer {
  Cell cell = Cell::lstm;
  int64_t input_size = 0;
  int64_t hidden_size = 0;
  int64_t proj_size = 0;  ///< 0: no projection
  std::span<const RecurrentWeights> directions;

  int64_t output_size() const { return proj_size > 0 ? proj_size : hidden_size; }
};

/// What a forward pass keeps for the backward pass, one a direction. Rows are packed rows; the layout is
/// private to the kernels.
struct RecurrentMemory {
  Buffer gates;   ///< the activated gates
  Buffer cell;    ///< c before the first step, then after every step
  Buffer state;   ///< h before the first step, then after every step
  Buffer hidden;  ///< o ⊙ tanh(c), where a projection follows
};

/// D = directions; which rows of x and of output a step means, `rows` says.
struct RecurrenceForward {
  RecurrentLayer layer;
  SequenceRows rows;
  const float* x = nullptr;    ///< [row, I]
  const float* h_0 = nullptr;  ///< [direction, batch, H_out]; absent: 0
  const float* c_0 = nullptr;  ///< [direction, batch, H]; LSTM only; absent: 0
  float* output = nullptr;     ///< [row, hidden·direction = D·H_out]; rows without a step are left alone
  float* h_n = nullptr;        ///< [direction, batch, H_out]
  float* c_n = nullptr;        ///< [direction, batch, H]; LSTM only
  std::span<RecurrentMemory> memory;  ///< one a direction; empty: no backward pass will follow
};

/// Runs the layer over the whole batch:
///
///     LSTM  i, f, o = σ(W_i· x + b_i· + W_h· h + b_h·)
///           g       = tanh(…)
///           c'      = f ⊙ c + i ⊙ g
///           h'      = o ⊙ tanh(c'), with a projection W_hr (o ⊙ tanh(c'))
///
///     GRU   r, z    = σ(…)
///           n       = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
///           h'      = (1 − z) ⊙ n + z ⊙ h
///
///     RNN   h'      = tanh or relu(W_ih x + b_ih + W_hh h + b_hh)
///
/// A sequence gives the same bits alone, in any batch, and for any number of threads.
void recurrence_forward(const RecurrenceForward& args);

/// One step of some sequences in one direction, each at its own row: what a service that gets its input bit by bit
/// does. Rows of h and c are the session's: padded, see RecurrenceSession::state_row and cell_row.
struct RecurrenceStep {
  int64_t batch = 0;
  const float* x = nullptr;  ///< [batch, I], rows x_stride apart
  int64_t x_stride = 0;
  const float* h = nullptr;  ///< [batch, state_row]
  const float* c = nullptr;  ///< [batch, cell_row]; LSTM only
  float* h_after = nullptr;  ///< [batch, state_row]; another place than h
  float* c_after = nullptr;  ///< [batch, cell_row]; may be the same place as c
  bool shared = false;       ///< a large step may be shared out among the threads
};

/// A layer ready to run many times: its weights packed for this machine's instruction set, and its working memory.
/// Weights are copied: what happens to the layer's later is not seen. One call at a time.
class RecurrenceSession {
 public:
  virtual ~RecurrenceSession() = default;
  /// Makes room for calls of up to so many sequences and steps, without memory for a backward pass, on thread_count()
  /// threads: these then allocate nothing.
  virtual void reserve(int64_t batch, int64_t steps) = 0;
  /// As recurrence_forward; args.layer must be the session's.
  virtual void run(const RecurrenceForward& args) = 0;
  /// On the caller's thread alone, and without a lock, unless it may be shared.
  virtual void step(const RecurrenceStep& args) noexcept = 0;

  /// Floats from one row of h to the next, and of c. What stands behind the real numbers must be finite.
  virtual int64_t state_row() const = 0;
  virtual int64_t cell_row() const = 0;
  /// Bytes of the packed weights and of the working memory.
  virtual int64_t bytes() const = 0;
};

std::unique_ptr<RecurrenceSession> make_recurrence_session(const RecurrentLayer& layer);

/// What the memory of one direction holds, as plain rows, and where they go.
struct RecurrenceStates {
  RecurrentLayer layer;
  SequenceRows rows;  ///< output_row: packed row → row of the results
  int64_t direction = 0;
  const RecurrentMemory* memory = nullptr;
  std::span<float* const>
      gates;           ///< one a gate, in the order of the weights: [row, H], after their activation
  float* h = nullptr;  ///< [row, H_out], after the step
  float* c = nullptr;  ///< [row, H]; LSTM only
};

/// Copies what a forward pass kept of every step, before a backward pass uses it up. Rows without a step are left alone.
void recurrence_states(const RecurrenceStates& args);

/// The gradients of one layer. What the forward pass was given is given again, with its memory,
/// which is used up.
struct RecurrenceBackward {
  RecurrentLayer layer;
  SequenceRows rows;
  const float* x = nullptr;
  std::span<RecurrentMemory> memory;

  const float* d_output = nullptr;  ///< [row, D·H_out]; absent: 0
  const float* d_h_n = nullptr;     ///< [direction, batch, H_out]; absent: 0
  const float* d_c_n = nullptr;     ///< [direction, batch, H]; absent: 0

  float* d_x =
      nullptr;  ///< [row, I]; rows without a step are left alone, unless x is a table; absent: not wanted
  float* d_h_0 = nullptr;                               ///< [direction, batch, H_out]
  float* d_c_0 = nullptr;                               ///< [direction, batch, H]; LSTM only
  std::span<const RecurrentWeightGradients> d_weights;  ///< one a direction
};

/// Walks the steps backwards for the gradients of the gates, then sums each weight's gradient over all steps
/// in one matrix product. The same bits for any number of threads.
void recurrence_backward(const RecurrenceBackward& args);

}  // namespace runnel::kernels
