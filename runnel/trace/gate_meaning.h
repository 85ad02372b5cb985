#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runnel/trace/trace.h"

/// Words for what a trace has.
namespace runnel {

/// A gate by its letter; `kind` is that of the layer, which a cell shares. The new values that a gate lets in (LSTM g, GRU n) are none.
struct GateMeaning {
  std::string_view kind, gate, meaning;
};
std::span<const GateMeaning> gate_meanings();
/// Null for what is no gate.
const GateMeaning* meaning_of(std::string_view kind, std::string_view gate);

/// "1.LSTM, layer 1, reverse: it read from the last step to the first"
std::string heading_of(const TracedLayer& layer);

/// At most `width` columns of one line; what is cut off becomes "…".
std::string shortened(std::string_view text, size_t width);

}  // namespace runnel
