#pragma once

#include <string>
#include <vector>

#include "runnel/nn/module.h"
#include "runnel/ops/recurrence.h"

namespace runnel {

/// What one layer and direction of a module had at every step.
struct RecordedLayer {
  const Module* module = nullptr;  ///< the RNN, LSTM, GRU or cell
  int64_t layer = 0;               ///< 0 … num_layers − 1
  bool reverse = false;
  RecordedSteps
      steps;  ///< gates, h and c, [seq, batch, hidden] each, whatever layout the input had; of a cell seq=1
  bool cell = false;
  /// "_l0_reverse": what the parameters' names end in; of a cell nothing.
  std::string suffix() const;
};

/// While one lives, every RNN, LSTM, GRU and cell that runs on this thread leaves here the gates and the states of all
/// its steps; of a cell each call is a step. Results have the same bits with and without; without one, nothing is kept.
///
///     StateRecorder recorder;
///     model(x);
///     for (const RecordedLayer& layer : recorder.layers()) use(layer.steps.h);
///
/// Not recorded: Inference, which never allocates and keeps no gate longer than its step. Its states can be copied after
/// each step, by InferenceState::h() and c().
class StateRecorder {
 public:
  StateRecorder() : before_(current_) { current_ = this; }
  /// The one before it, if any, records again.
  ~StateRecorder() { current_ = before_; }
  StateRecorder(const StateRecorder&) = delete;
  StateRecorder& operator=(const StateRecorder&) = delete;

  /// In the order in which they ran: module by module, layer by layer, forward before reverse. A module that ran twice
  /// is there twice.
  const std::vector<RecordedLayer>& layers() const { return layers_; }
  void clear() { layers_.clear(); }

  /// The one that records on this thread; null: none does.
  static StateRecorder* current() { return current_; }
  /// For the layers.
  void add(RecordedLayer layer) { layers_.push_back(std::move(layer)); }

 private:
  static thread_local StateRecorder* current_;
  StateRecorder* before_;
  std::vector<RecordedLayer> layers_;
};

}  // namespace runnel
