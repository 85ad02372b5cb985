#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace runnel {

/// One option of a network with another value: `hidden_size=40`, `1.hidden_size=40`, `LSTM.hidden_size=40`.
struct OptionChange {
  std::string layer =
      {};  ///< its number in the chain, from 0, or its kind; nothing: the one that takes the option
  std::string option = {};
  std::string value = {};  ///< as it stands in a constructor: 40, True, 'relu'

  /// "1.hidden_size=40"
  std::string to_string() const;
  /// The value as a size.  Throws  OptionError when it is none, 1 or more.
  int64_t size() const;
};

/// Reads  [layer "."] option "=" value.  Throws  OptionError when the text is none.
OptionChange parse_change(std::string_view text);

/// The text of a network with some options changed. Each argument has its option's name, and a first size that the
/// layer before tells is left out, so that a change carries on to the layers behind:
///
///     Embedding(5000, 100) -> GRU(100, 20) -> Linear(20, 6)  with  hidden_size=40
///     Embedding(num_embeddings=5000, embedding_dim=100) -> GRU(hidden_size=40) -> Linear(out_features=6)
///
/// Throws  OptionError when the network cannot be read, or an option is that of no layer, of several, or follows
///         from the layer before.
std::string changed_network(std::string_view network, std::span<const OptionChange> changes);

}  // namespace runnel
