#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace runnel {

/// A value in a constructor: 128, 0.3, True, 'relu'; std::monostate is None.
using SpecValue = std::variant<std::monostate, int64_t, double, bool, std::string>;

/// A place in the text of a chain, for errors that point at it. Columns count bytes from 0.
struct SpecPlace {
  size_t column = 0;
  size_t length = 0;
};

/// One argument of a constructor; a positional one has no name.
struct SpecArgument {
  std::string name;
  SpecValue value;
  SpecPlace place;
};

/// One layer as it was written, before anything is checked but the grammar.
struct LayerSpec {
  std::string kind;  ///< `LSTM`, without `torch.nn.` in front; `last`, `first`, `mean`, `max`
  std::vector<SpecArgument> arguments;
  SpecPlace place;  ///< of the kind
};

/// A network as text.
struct ChainSpec {
  std::string text;
  std::vector<LayerSpec> layers;
  bool placed =
      false;  ///< device= or dtype= stands there, which every layer of PyTorch takes; they are left out
  /// Whether it is one layer by itself, as PyTorch would write it, and not a chain.
  bool lone() const { return layers.size() == 1; }
};

/// Reads a chain of layers, or one layer:
///
///     chain     layer ("->" layer)*
///     layer     ["torch."] ["nn."] name ["(" [argument ("," argument)* [","]] ")"]
///     argument  [name "="] value
///     value     number | True | False | None | 'text' | "text"; tanh, relu behind nonlinearity=
///
///     Embedding(5000, 100) -> LSTM(128, bidirectional=True) -> last -> Linear(6)
///     nn.GRU(100, 20, 1, batch_first=True)
///
/// Throws  OptionError that shows the text with a mark under the place, and what was expected there
ChainSpec parse_chain(std::string_view text);

}  // namespace runnel
