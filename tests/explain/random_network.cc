#include "tests/explain/random_network.h"

#include <fmt/format.h>
#include <rapidcheck.h>

namespace runnel {
namespace {

int any(int first, int last) { return *rc::gen::inRange(first, last + 1); }
bool coin() { return any(0, 1) == 1; }

/// `first` is the input size with its comma, or empty where the chain tells it; `layout` an option or empty.
std::string any_recurrent(const std::string& first, const std::string& layout) {
  const std::string kind = *rc::gen::element<std::string>("RNN", "GRU", "LSTM");
  const int hidden = any(2, 5);
  std::string text = fmt::format("{}({}{}", kind, first, hidden);
  const int layers = any(1, 3);
  if (layers > 1 || coin()) text += fmt::format(", num_layers={}", layers);
  if (coin()) text += ", bias=False";
  if (coin()) text += ", dropout=0.25";
  if (coin()) text += ", bidirectional=True";
  if (kind == "RNN" && coin()) text += ", nonlinearity='relu'";
  if (kind == "LSTM" && coin()) text += fmt::format(", proj_size={}", any(1, hidden - 1));
  return text + layout + ")";
}

std::string any_layout() {
  return *rc::gen::element<std::string>("", ", batch_first=True", ", batch_first=False");
}

std::string any_lone_layer() {
  switch (any(0, 7)) {
    case 0:
      return fmt::format("Embedding({}, {})", any(1, 9), any(1, 5));
    case 1:
      return fmt::format("Linear({}, {}{})", any(1, 5), any(1, 5), coin() ? ", bias=False" : "");
    case 2:
      return fmt::format("{}({}, {}{})", *rc::gen::element<std::string>("RNNCell", "GRUCell", "LSTMCell"),
                         any(1, 5), any(1, 5), coin() ? ", bias=False" : "");
    default:
      return any_recurrent(fmt::format("{}, ", any(1, 5)), any_layout());
  }
}

std::string any_chain() {
  const std::string layout = any_layout();
  const bool ids = coin();
  std::string text = ids ? fmt::format("Embedding({}, {})", any(2, 9), any(1, 5)) : "";
  for (int layer = 0, layers = any(1, 3); layer < layers; ++layer) {
    const bool first = text.empty();
    text += (first ? "" : " -> ") + any_recurrent(first ? "3, " : "", layout);
    if (coin()) text += " -> Dropout(0.5)";
  }
  if (coin()) text += " -> " + *rc::gen::element<std::string>("last", "first", "mean", "max");
  if (coin()) text += fmt::format(" -> Linear({}) -> ReLU", any(1, 5));
  text += fmt::format(" -> Linear({})", any(1, 5));
  return text;
}

}  // namespace

std::string any_recurrent_layer() { return any_recurrent(fmt::format("{}, ", any(1, 5)), any_layout()); }

std::string any_network() { return coin() ? any_chain() : any_lone_layer(); }

StorySizes any_sizes() { return {.batch = any(1, 4), .seq = any(1, 5)}; }

}  // namespace runnel
