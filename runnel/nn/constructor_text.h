#pragma once

#include <cstdint>
#include <string>

#include "runnel/nn/recurrent.h"

namespace runnel {

/// Writes a layer as a PyTorch constructor: `LSTM(100, 128, num_layers=2, batch_first=True)`.
class ConstructorText {
 public:
  explicit ConstructorText(const std::string& kind) : text_(kind + "(") {}

  /// The size of the axis, or its name when only data tell the size: `Embedding(vocab, 100)`.
  ConstructorText& positional(const Axis& axis);
  ConstructorText& keyword(const std::string& name, const std::string& value) {
    return add(name + "=" + value);
  }
  ConstructorText& flag(const std::string& name, bool value) {
    return keyword(name, value ? "True" : "False");
  }
  /// As few digits as give the number back.
  ConstructorText& number(const std::string& name, double value);
  ConstructorText& number(double value);
  std::string finish() const { return text_ + ")"; }

 private:
  ConstructorText& add(const std::string& argument) {
    if (text_.back() != '(') text_ += ", ";
    text_ += argument;
    return *this;
  }
  std::string text_;
};

/// The options that RNN, LSTM and GRU share, those at their defaults left out.
ConstructorText recurrent_text(const std::string& kind, const RecurrentConfig& config);

}  // namespace runnel
