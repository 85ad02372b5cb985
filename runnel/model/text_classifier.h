#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runnel/model/network.h"
#include "runnel/text/tokenizer.h"
#include "runnel/text/vocabulary.h"

namespace runnel {

/// What a text becomes: a label and how likely the model holds it to be.
struct Prediction {
  int32_t label = 0;       ///< index in labels
  double probability = 0;  ///< 0 … 1; of all labels together 1
};

/// A whole model that reads texts: how to cut a text into tokens, the number of each, the network,
/// the names of the classes. Saved as one safetensors file: the tensors under PyTorch's names
/// (`1.weight_ih_l0`), the rest in the metadata under `runnel.model`, as JSON.
struct TextClassifier {
  Tokenizer tokenizer = Tokenizer();
  Vocabulary vocabulary = {};
  std::vector<std::string> labels = {};  ///< in the order of their bytes, each once
  Network network = {};
  /// What else the file says: `trained_on`, …; shown by `runnel inspect`.
  std::map<std::string, std::string> notes = {};

  /// Makes the network for this vocabulary and these labels; `chain` may leave out what they tell.
  /// Throws  OptionError, ShapeError as make_network does; also when the chain does not read ids,
  ///         or does not end in one score a class and text; also when the labels are out of order
  void make_network_from(const std::string& chain, Generator& generator = default_generator());
  /// Refuses a chain that make_network_from would refuse for any vocabulary and labels.
  static void check_chain(const std::string& chain);

  /// The numbers of the words of a text. A text without any word is a sequence of length 0, which is legal.
  std::vector<int32_t> ids(const std::string& text) const { return vocabulary.ids(tokenizer.tokens(text)); }
  /// The scores of some texts, given as ids.
  /// Output  [batch, class]
  Variable scores(const std::vector<std::vector<int32_t>>& batch);
  /// For each text all labels, the most probable first. The same for a text whatever stands beside it.
  std::vector<std::vector<Prediction>> predict(const std::vector<std::string>& texts);
  /// The same for texts given as ids.
  std::vector<std::vector<Prediction>> predict_ids(const std::vector<std::vector<int32_t>>& batch);

  /// What scores [batch, class] say: for each text all labels, the most probable first.
  std::vector<std::vector<Prediction>> ranked(const Variable& scores) const;

  /// Throws  DataError when the file cannot be written; what stood there before stays.
  void save(const std::string& path) const;
  /// The bytes that save() writes.
  std::string to_bytes() const;
  /// Throws  DataError when the file cannot be read;
  ///         FormatError when it is no model file of Runnel, its parts do not belong together, or a newer
  ///         Runnel wrote it;
  ///         NumericError when a weight is NaN or infinite.
  static TextClassifier load(const std::string& path);
  static TextClassifier from_bytes(std::string_view bytes, const std::string& name);
};

}  // namespace runnel
