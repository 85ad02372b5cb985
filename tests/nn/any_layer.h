#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runnel/base/random.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/rnn.h"

/// RNN, LSTM and GRU behind one call, for tests that run over all of them.
namespace runnel {

/// Random numbers of about the size that x, h and c have.
inline Tensor some_numbers(const Shape& shape, Generator& generator) {
  Tensor tensor = Tensor::uninitialized(shape);
  generator.fill_uniform(tensor.values(), -1.5f, 1.5f);
  return tensor;
}

/// What goes into a call; what is undefined is not given.
struct RecurrentData {
  Variable x;
  Variable h_0 = {}, c_0 = {};
  std::optional<Lengths> lengths = {};

  /// The variables that are given, in the order x, h_0, c_0.
  std::vector<NamedParameter> given() const;
};

/// c_n is undefined where the cell has none.
struct RecurrentResults {
  Variable output, h_n, c_n;

  /// output, h_n, c_n as far as they exist.
  std::vector<NamedParameter> all() const;
  /// The one that is called "output", "h_n" or "c_n".
  Variable& of(const std::string& name) { return name == "output" ? output : name == "h_n" ? h_n : c_n; }
  /// All numbers in one row: output, then h_n, then c_n.
  Variable flat() const;
};

/// A module's parameters, each of which must want a gradient: `weight_ih_l0 [gate·hidden=12, feature=5]`.
std::vector<std::string> parameter_list(const Module& module);

class AnyLayer {
 public:
  /// Parameters from the default generator.
  explicit AnyLayer(const RecurrentConfig& config);

  Recurrent& module();
  const Recurrent& module() const { return const_cast<AnyLayer*>(this)->module(); }
  const RecurrentConfig& config() const { return module().config(); }
  std::vector<NamedParameter> named_parameters() const { return module().named_parameters(); }
  std::vector<Variable> parameters() const { return module().parameters(); }

  RecurrentResults operator()(const RecurrentData& data);
  /// The same through pack_padded_sequence and, for the output, pad_packed_sequence to the layout of x.
  RecurrentResults packed(const RecurrentData& data);

 private:
  std::variant<RNN, LSTM, GRU> layer_;
};

}  // namespace runnel
