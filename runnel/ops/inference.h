#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runnel/ops/recurrence.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

/// What an Inference is made ready for.
struct InferenceOptions {
  int64_t batch = 1;    ///< sequences at a time, each with a state of its own
  int64_t max_seq = 1;  ///< most steps of one run(); step() needs no more than 1
  /// Whether step() too may use thread_count() threads, as run() does. It then takes a lock, which a thread that handles
  /// audio must not; and it is worth it for large steps alone, from some microseconds on: others are not shared.
  bool share_steps = false;
};

/// The layers of a network that an Inference runs, from the first to the last.
struct InferenceLayers {
  Cell cell = Cell::lstm;
  bool batch_first = false;
  int64_t directions = 1;
  std::vector<RecurrentParameters> parameters;  ///< index layer·directions + direction
};

/// The states of `batch` sequences, which the caller carries from call to call. Starts as zeros. Copy it to try what
/// might come next; keep one a stream group; it has nothing of the weights.
class InferenceState {
 public:
  /// Starts a sequence anew: its h and c become 0, the others stay. `row`: its place in the batch. Never allocates.
  void reset(int64_t row) noexcept;
  /// Starts all sequences anew.
  void reset() noexcept;

  /// h of all layers, as h_n of the module: [layer·direction, batch, hidden].
  Tensor h() const;
  /// c likewise; no values where the cell has none.
  Tensor c() const;
  /// Continues from these, shaped as h() and c() are. Throws  ShapeError where they are not.
  void set(const Tensor& h, const Tensor& c = {});

 private:
  friend class Inference;
  struct Sizes {
    int64_t slots;  // layer·direction
    int64_t batch, output, hidden, state_row, cell_row;
    bool has_cell;
  };
  explicit InferenceState(const Sizes& sizes);
  Shape shape(int64_t hidden) const;  // [layer·direction, batch, hidden]

  // Two rows of h a sequence, since a step may not overwrite what it reads: [turn, slot, batch, state_row].
  float* h(int64_t turn, int64_t slot) {
    return h_.data() + (turn * sizes_.slots + slot) * sizes_.batch * sizes_.state_row;
  }
  const float* h(int64_t turn, int64_t slot) const {
    return const_cast<InferenceState*>(this)->h(turn, slot);
  }
  float* c(int64_t slot) { return c_.data() + slot * sizes_.batch * sizes_.cell_row; }
  const float* c(int64_t slot) const { return const_cast<InferenceState*>(this)->c(slot); }

  Sizes sizes_;
  int64_t turn_ = 0;  // which rows of h are the newest
  std::vector<float, kernels::AlignedAllocator<float>> h_, c_;
};

/// Recurrent layers made ready to run in a service or on a device: weights packed once for this machine, all memory
/// taken at the start, the same bits as the module's forward pass in evaluation.
///
///     LSTM lstm({.input_size = 8, .hidden_size = 16});
///     Inference inference = lstm.inference({.batch = 64});   // 64 independent streams
///     InferenceState state = inference.make_state();
///     inference.step(x, state, output);                      // x [64, 8] → output [64, 16]; again and again
///
/// step() and run() never allocate and never throw. step() takes no lock and stays on the caller's thread, unless
/// share_steps asks for more; so does run() while thread_count() is 1. Later changes of the module's parameters are not seen. One call at a time on one
/// Inference; make one for each thread that needs its own.
class Inference {
 public:
  /// `layers` as a module has them: see Recurrent::inference(), which calls this.
  Inference(const InferenceLayers& layers, const InferenceOptions& options);
  Inference(Inference&&) noexcept;
  Inference& operator=(Inference&&) noexcept;
  ~Inference();

  const InferenceOptions& options() const;
  int64_t input_size() const;
  /// Numbers of one step of one sequence: hidden_size (or proj_size) × directions.
  int64_t output_size() const;

  InferenceState make_state() const;

  /// One step of every sequence, one direction only.
  /// Input   x [batch, feature = input_size], the state before
  /// Output  output [batch, output_size], the state after
  void step(std::span<const float> x, InferenceState& state, std::span<float> output) noexcept;

  /// `seq` steps of every sequence, 0 ≤ seq ≤ max_seq.
  /// Input   x [seq, batch, feature], batch_first: [batch, seq, feature]; the state before
  /// Output  output with output_size in place of the features, the state after. With two directions, the reverse one
  ///         starts from its own part of the state at the last step
  void run(std::span<const float> x, int64_t seq, InferenceState& state, std::span<float> output) noexcept;

  /// Bytes of packed weights and working memory together; a state is not among them.
  int64_t bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runnel
