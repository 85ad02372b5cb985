#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runnel/model/spec.h"

namespace runnel {

/// Of a layer whose fourth argument is a bool by place, the last one: `GRU(20, 300, 5, True)`. It is bias, of an RNN
/// nonlinearity, though batch_first may have been meant; the chain's text with `batch_first=` in front of it. Nothing
/// for any other layer.
std::optional<std::string> with_batch_first_named(const ChainSpec& chain, const LayerSpec& layer);

/// More than fits in any memory, and few enough that shapes are worked out without an overflow.
inline constexpr int64_t kLargestSize = 1'000'000'000'000;

/// What a kind of layer takes.
struct Signature {
  std::vector<std::string> names;  ///< of its options, in PyTorch's order
  /// Whether its first option is the size of what it reads, and the second of what it gives: then the first one may
  /// be left out in a chain, where the layer before tells it.
  bool sizes = false;
};

/// Of a kind that takes nothing, or that is no layer: no names.
const Signature& signature_of(const std::string& kind);

/// The options of a layer in PyTorch's order, and which arguments of a text give them.
class BoundArguments {
 public:
  /// Throws  OptionError for an unknown name, too many arguments, or one given twice; it marks the place
  BoundArguments(const ChainSpec& chain, const LayerSpec& layer);

  /// The arguments in the order of the text, each with its option's name.
  const std::vector<std::pair<std::string, const SpecArgument*>>& all() const { return bound_; }

  /// The values; absent when the option was not given, or given as None.
  /// Throw  OptionError when it is of another type, or a size below 1 or above `most`.
  std::optional<int64_t> size(const std::string& name, int64_t most = kLargestSize) const;
  std::optional<int64_t> integer(const std::string& name) const;
  std::optional<double> number(const std::string& name) const;
  std::optional<bool> flag(const std::string& name) const;
  std::optional<std::string> text(const std::string& name) const;

 private:
  const SpecArgument* find(const std::string& name) const;

  const ChainSpec& chain_;
  const LayerSpec& layer_;
  std::vector<std::pair<std::string, const SpecArgument*>> bound_;
};

}  // namespace runnel
