#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runnel/formats/named_arrays.h"
#include "runnel/model/text_classifier.h"
#include "runnel/nn/state_recorder.h"

/// What really happens inside a network: the gates and the states of every step.
namespace runnel {

/// A word of a text that was traced.
struct TracedWord {
  std::string token;
  int32_t id = 0;  ///< its row of the Embedding; Vocabulary::kUnk for a word that the model does not know
  /// What the model says of the text up to this word, all labels, the most probable first: as predict() would, had the
  /// text ended there. Where one direction ends in `last`, that is what the rest of the network makes of the state
  /// after this word, and one walk gives it for all words; with a second direction, mean or max, each beginning of the
  /// text is read by itself.
  std::vector<Prediction> predictions = {};
};

/// One direction of one recurrent layer, or a step of a cell.
struct TracedLayer {
  std::string kind;         ///< "LSTM"
  std::string prefix = {};  ///< "1." in a chain, as its parameters' names begin; empty of a layer by itself
  std::string suffix = {};  ///< "_l0_reverse", as they end; of a cell nothing
  int64_t layer = 0;
  bool reverse = false;
  RecordedSteps steps = {};
};

struct Trace {
  std::string network;                   ///< `Embedding(36, 4) -> GRU(4, 4, batch_first=True) -> …`
  Lengths lengths = {};                  ///< steps of each sequence
  std::vector<TracedLayer> layers = {};  ///< in the order of the parameters
  std::vector<TracedWord> words = {};    ///< of a text; else none
  std::vector<std::string> labels = {};  ///< likewise
};

/// What one layer had at one step, in a few numbers.
struct StepSummary {
  double h_norm = 0;                    ///< √Σh²
  std::optional<double> c_norm = {};    ///< √Σc²; LSTM only
  std::vector<double> gate_means = {};  ///< of each gate of the layer, over its hidden_size numbers
};
StepSummary summary_of(const TracedLayer& layer, int64_t step, int64_t sequence);

/// Reads a text with a model, in eval mode.
/// Throws  OptionError when the text has no word, or the network no RNN, LSTM, GRU or cell
Trace trace_of(TextClassifier& model, const std::string& text);
/// Reads a batch with a network, in eval mode.
/// Throws  OptionError when the network has no RNN, LSTM, GRU or cell; ShapeError as its layers do
Trace trace_of(const Network& network, const Signal& input);

/// For a terminal of 80 columns, ended by a line break: for each layer and direction a line a step, with the norm of h
/// and the mean of each gate, then what the columns mean.
/// Throws  OptionError when the batch has no such sequence
std::string trace_text(const Trace& trace, int64_t sequence = 0);
/// The same as a page, one file of HTML that needs nothing from elsewhere: the table, then a heat map of every h, c and
/// gate, a row a step and a column a unit.
/// Throws  OptionError as trace_text does
std::string trace_html(const Trace& trace, int64_t sequence = 0);
/// All of it as one JSON object, without a line break: per layer h, c and each gate as [sequence][step][hidden], without
/// padding.
std::string trace_json(const Trace& trace);
/// All of it as arrays, named as the parameters are: `1.h_l0`, `1.c_l0` and one for each gate, `1.i_l0`; [seq, batch,
/// hidden] each, zeros in the padding. Further `lengths` [batch]; of a text `ids` [seq], `probabilities` [seq, class].
NamedArrays trace_arrays(const Trace& trace);

}  // namespace runnel
