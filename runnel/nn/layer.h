#pragma once

#include <optional>
#include <variant>

#include "runnel/nn/module.h"
#include "runnel/nn/table_rows.h"
#include "runnel/sequence/schedule.h"
#include "runnel/tensor/tensor.h"

namespace runnel {

/// What travels along a chain of layers: the data, how long its sequences are, and what the last recurrent
/// layer ended with.
struct Signal {
  std::variant<Ids, Variable, TableRows> data;
  std::optional<Lengths> lengths = {};  ///< [batch]; absent: every sequence is as long as the seq axis
  Variable h_n = {};  ///< [layer·direction, batch, hidden]; undefined before a recurrent layer
  Variable c_n = {};  ///< likewise, after an LSTM
  Variable h_0 = {};  ///< what the next recurrent layer or cell starts from; undefined: zeros
  Variable c_0 = {};  ///< likewise, of an LSTM

  /// The data as numbers (word vectors copied out of their table), or as ids.
  /// Throw  ShapeError when it is the other, naming `reader`, which wanted it.
  const Variable& features(const std::string& reader) const;
  const Ids& ids(const std::string& reader) const;
  const Shape& shape() const;
};

/// A module that takes one tensor and gives one, so that it can stand in a chain.
class Layer : public Module {
 public:
  using Module::Module;

  /// The shape of what forward() gives for data of this shape. Sizes may be symbolic. This is the only place
  /// where the layer's shapes are worked out: forward() checks with it, and what explains a network
  /// prints it.
  /// Throws  ShapeError when data of this shape do not fit, with the reason and the fix
  virtual Shape output_shape(const Shape& input) const = 0;

  /// Runs the layer. Throws  ShapeError as output_shape does.
  virtual Signal forward(const Signal& input) = 0;

  /// The layer as PyTorch would print it, what differs from the defaults included:
  /// `GRU(100, 20, batch_first=True)`.
  virtual std::string to_string() const = 0;
};

}  // namespace runnel
