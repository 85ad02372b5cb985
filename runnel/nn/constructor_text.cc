#include "runnel/nn/constructor_text.h"

#include <fmt/format.h>

#include "runnel/tensor/axes.h"

namespace runnel {

ConstructorText& ConstructorText::positional(const Axis& axis) {
  return add(axis.symbolic() ? axis.name.text() : std::to_string(axis.size));
}

ConstructorText& ConstructorText::number(const std::string& name, double value) {
  return keyword(name, fmt::format("{}", value));
}

ConstructorText& ConstructorText::number(double value) { return add(fmt::format("{}", value)); }

ConstructorText recurrent_text(const std::string& kind, const RecurrentConfig& config) {
  ConstructorText text(kind);
  text.positional({axes::feature, config.input_size}).positional({axes::hidden, config.hidden_size});
  if (config.num_layers != 1) text.keyword("num_layers", std::to_string(config.num_layers));
  if (!config.bias) text.flag("bias", false);
  if (config.batch_first) text.flag("batch_first", true);
  if (config.dropout != 0) text.number("dropout", config.dropout);
  if (config.bidirectional) text.flag("bidirectional", true);
  return text;
}

}  // namespace runnel
