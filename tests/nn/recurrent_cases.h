#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/nn/any_layer.h"

namespace runnel {

/// How the data of a case come: seq first or batch first, padded with every row full, packed with short rows
/// among them, or one sequence without a batch.
enum class Form { bf_padded, bf_packed, sf_padded, sf_packed, unbatched };

struct RecurrentSizes {
  int64_t input, hidden, proj;
  int64_t seq;
  Lengths lengths;  ///< of the packed forms; as many as the batch has sequences

  int64_t batch() const { return static_cast<int64_t>(lengths.size()); }
};

/// A line of the table that drives the golden, gradcheck and plain-twin tests.
struct RecurrentCase {
  Cell cell = Cell::lstm;
  bool projected = false;
  int64_t num_layers = 1;
  bool bidirectional = false;
  bool bias = true;
  Form form = Form::sf_padded;
  bool states_given = false;

  /// "lstm_proj": the golden file.
  std::string layer() const;
  /// "lstm_proj.l2.bi.bias.bf.packed.h0": the key in it.
  std::string name() const;
  bool packed() const { return form == Form::bf_packed || form == Form::sf_packed; }
  RecurrentConfig config(const RecurrentSizes& sizes) const;
};

/// {rnn_tanh, rnn_relu, gru, lstm, lstm_proj} × 1, 2, 3 layers × one, both directions × bias, none × form ×
/// states given, not.
std::vector<RecurrentCase> recurrent_cases();

/// Where the numbers of x, h_0 and c_0 come from. The seeds are those of tests/golden/README.md.
using ValueSource = std::function<Tensor(int64_t seed, const Shape& shape)>;

/// A case with its layer and its data, which all require gradients. The parameters are as the layer starts.
struct RecurrentSetup {
  RecurrentSetup(const RecurrentCase& test, const RecurrentSizes& sizes, const ValueSource& values);
  /// Through packing where the case is packed.
  RecurrentResults run();
  /// What the results depend on: x, h_0, c_0 as far as given, then the parameters.
  std::vector<NamedParameter> leaves() const;

  RecurrentCase test;
  AnyLayer layer;
  RecurrentData data;
};

}  // namespace runnel
