#pragma once

#include <optional>

#include "runnel/nn/layer.h"
#include "runnel/ops/inference.h"
#include "runnel/ops/packing.h"
#include "runnel/ops/recurrence.h"

namespace runnel {

/// What RNN, LSTM and GRU have in common once their own options are read.
struct RecurrentConfig {
  Cell cell = Cell::lstm;
  int64_t input_size = 0;
  int64_t hidden_size = 0;
  int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;
  double dropout = 0;
  bool bidirectional = false;
  int64_t proj_size = 0;

  int64_t directions() const { return bidirectional ? 2 : 1; }
  /// Numbers that one direction gives for each step.
  int64_t output_size() const { return proj_size > 0 ? proj_size : hidden_size; }
};

/// All shapes of one call. L = seq, N = batch, D = directions, K = num_layers; without a batch, all lack N.
struct RecurrentShapes {
  Shape input;   ///< [seq, batch, feature = input_size], batch_first: [batch, seq, …]
  Shape output;  ///< the same steps, hidden·direction = D·H_out
  Shape h_n;     ///< [layer·direction = K·D, batch, hidden = H_out]; h_0 too. Index layer·D + direction
  Shape c_n;     ///< [layer·direction = K·D, batch, hidden = H]; c_0 too. LSTM only: no axes otherwise
};

/// "_l0_reverse": what the names of a layer's parameters end in.
std::string layer_suffix(int64_t layer, bool reverse);

/// Stacked recurrent layers in one or two directions: the part that RNN, LSTM and GRU share.
/// Not used by itself.
class Recurrent : public Layer {
 public:
  const RecurrentConfig& config() const { return config_; }

  /// Throws  ShapeError when `input` has other axes than the layer reads, or another number of features.
  RecurrentShapes shapes(const Shape& input) const;
  Shape output_shape(const Shape& input) const override { return shapes(input).output; }
  Signal forward(const Signal& input) override;

  /// The layers as they are now, made ready to run without allocating: see Inference.
  /// Throws  OptionError when batch or max_seq is below 1
  Inference inference(const InferenceOptions& options = {}) const;

 protected:
  /// What a call gives; c_n is undefined where the cell has none.
  struct Result {
    Variable output, h_n, c_n;
  };
  struct State {
    Variable h_0 = {}, c_0 = {};  ///< undefined: zeros
  };

  /// Throws  OptionError for sizes below 1, a dropout that is no probability,
  ///         a proj_size not below hidden_size.
  Recurrent(std::string kind, const RecurrentConfig& config, Generator& generator);

  Result run(const Variable& x, const std::optional<Lengths>& lengths, const State& state);
  /// `output` has packed rows.
  Result run(const PackedVariable& x, const State& state);
  /// As run(words.copied(), …), without the copies. Both axes of the ids are there: batch and seq.
  Result run(const TableRows& words, const std::optional<Lengths>& lengths, const State& state);

 private:
  struct Rows;
  Result run_layers(const Rows& rows, const State& state);
  void check_state(const RecurrentShapes& shapes, const State& state) const;
  RecurrentShapes shapes_for(const Shape& steps_and_feature) const;

  RecurrentConfig config_;
  std::vector<RecurrentParameters> parameters_;  // index layer·D + direction
};

}  // namespace runnel
