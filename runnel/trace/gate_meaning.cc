#include "runnel/trace/gate_meaning.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/text/show.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

constexpr GateMeaning kMeanings[] = {
    {"LSTM", "i", "input gate: 0 lets nothing new into c, 1 all of it"},
    {"LSTM", "f", "forget gate: 0 clears the old c, 1 keeps all of it"},
    {"LSTM", "o", "output gate: 0 hides c from h, 1 shows all of it"},
    {"GRU", "r", "reset gate: 0 makes the new values without the old h, 1 with it"},
    {"GRU", "z", "update gate: 0 takes the new values, 1 keeps the old h"},
};

}  // namespace

std::span<const GateMeaning> gate_meanings() { return kMeanings; }

const GateMeaning* meaning_of(std::string_view kind, std::string_view gate) {
  if (kind.ends_with("Cell")) kind.remove_suffix(4);  // one step of the layer
  const auto* found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                   [&](const GateMeaning& m) { return m.kind == kind && m.gate == gate; });
  return found == std::end(kMeanings) ? nullptr : found;
}

std::string heading_of(const TracedLayer& layer) {
  if (layer.suffix.empty()) return layer.prefix + layer.kind;  // a cell
  return fmt::format("{}{}, layer {}{}", layer.prefix, layer.kind, layer.layer + 1,
                     layer.reverse ? ", reverse: it read from the last step to the first" : "");
}

std::string shortened(std::string_view text, size_t width) {
  const std::string whole = escaped(text);
  if (columns_of(whole) <= width) return whole;
  size_t end = 0, columns = 0;
  while (true) {
    const auto length = static_cast<size_t>(utf8_length_at(whole, end));
    columns += columns_of(std::string_view(whole).substr(end, length));
    if (columns >= width) return whole.substr(0, end) + "…";
    end += length;
  }
}

}  // namespace runnel
