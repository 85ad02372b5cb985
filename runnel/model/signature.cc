#include "runnel/model/signature.h"

#include <algorithm>
#include <map>

#include "runnel/model/spec_error.h"

namespace runnel {
namespace {

/// Whether the first size is left out: one argument by place, and the second size not given by name.
bool leaves_first_out(const LayerSpec& layer, const Signature& signature) {
  if (!signature.sizes) return false;
  int64_t positional = 0;
  for (const SpecArgument& argument : layer.arguments) {
    positional += argument.name.empty() ? 1 : 0;
    if (argument.name == signature.names[1]) return false;
  }
  return positional == 1;
}

}  // namespace

const Signature& signature_of(const std::string& kind) {
  static const Signature none;
  static const std::map<std::string, Signature> table = {
      {"Embedding", {{"num_embeddings", "embedding_dim", "padding_idx", "sparse"}, true}},
      {"RNN",
       {{"input_size", "hidden_size", "num_layers", "nonlinearity", "bias", "batch_first", "dropout",
         "bidirectional"},
        true}},
      {"LSTM",
       {{"input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional",
         "proj_size"},
        true}},
      {"GRU",
       {{"input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional"},
        true}},
      {"RNNCell", {{"input_size", "hidden_size", "bias", "nonlinearity"}, true}},
      {"LSTMCell", {{"input_size", "hidden_size", "bias"}, true}},
      {"GRUCell", {{"input_size", "hidden_size", "bias"}, true}},
      {"Linear", {{"in_features", "out_features", "bias"}, true}},
      {"Dropout", {{"p", "inplace"}}},
      {"ReLU", {{"inplace"}}},
  };
  const auto found = table.find(kind);
  return found == table.end() ? none : found->second;
}

std::optional<std::string> with_batch_first_named(const ChainSpec& chain, const LayerSpec& layer) {
  const SpecArgument* last = nullptr;
  size_t by_place = 0;
  for (const SpecArgument& argument : layer.arguments) {
    if (argument.name == "batch_first") return std::nullopt;
    if (!argument.name.empty()) continue;
    last = &argument;
    ++by_place;
  }
  if (by_place != 4 || !std::holds_alternative<bool>(last->value)) return std::nullopt;
  std::string text = chain.text;
  return text.insert(last->place.column, "batch_first=");
}

BoundArguments::BoundArguments(const ChainSpec& chain, const LayerSpec& layer)
    : chain_(chain), layer_(layer) {
  const Signature& of_kind = signature_of(layer.kind);
  const std::vector<std::string>& signature = of_kind.names;
  size_t position = leaves_first_out(layer, of_kind) ? 1 : 0;
  for (const SpecArgument& argument : layer.arguments) {
    std::string name = argument.name;
    if (name.empty()) {
      if (position >= signature.size()) throw errors::too_many_arguments(chain, layer, argument, signature);
      name = signature[position++];
    } else if (std::find(signature.begin(), signature.end(), name) == signature.end()) {
      throw errors::unknown_option(chain, layer, argument, signature);
    }
    if (find(name)) throw errors::option_twice(chain, argument, name);
    bound_.emplace_back(name, &argument);
  }
}

const SpecArgument* BoundArguments::find(const std::string& name) const {
  for (const auto& [bound, argument] : bound_) {
    if (bound == name) return argument;
  }
  return nullptr;
}

std::optional<int64_t> BoundArguments::integer(const std::string& name) const {
  const SpecArgument* argument = find(name);
  if (!argument || std::holds_alternative<std::monostate>(argument->value)) return std::nullopt;
  if (const int64_t* value = std::get_if<int64_t>(&argument->value)) return *value;
  throw errors::wrong_value(chain_, *argument, name, "a whole number");
}

std::optional<int64_t> BoundArguments::size(const std::string& name, int64_t most) const {
  const std::optional<int64_t> value = integer(name);
  if (value && *value < 1) throw errors::wrong_value(chain_, *find(name), name, "1 or more");
  if (value && *value > most)
    throw errors::wrong_value(chain_, *find(name), name, "at most " + std::to_string(most));
  return value;
}

std::optional<double> BoundArguments::number(const std::string& name) const {
  const SpecArgument* argument = find(name);
  if (!argument || std::holds_alternative<std::monostate>(argument->value)) return std::nullopt;
  if (const double* value = std::get_if<double>(&argument->value)) return *value;
  if (const int64_t* value = std::get_if<int64_t>(&argument->value)) return static_cast<double>(*value);
  throw errors::wrong_value(chain_, *argument, name, "a number");
}

std::optional<bool> BoundArguments::flag(const std::string& name) const {
  const SpecArgument* argument = find(name);
  if (!argument || std::holds_alternative<std::monostate>(argument->value)) return std::nullopt;
  if (const bool* value = std::get_if<bool>(&argument->value)) return *value;
  throw errors::wrong_value(chain_, *argument, name, "True or False");
}

std::optional<std::string> BoundArguments::text(const std::string& name) const {
  const SpecArgument* argument = find(name);
  if (!argument || std::holds_alternative<std::monostate>(argument->value)) return std::nullopt;
  if (const std::string* value = std::get_if<std::string>(&argument->value)) return *value;
  if (const auto fix = with_batch_first_named(chain_, layer_)) {
    throw errors::flag_by_place(chain_, *argument, name, *fix);
  }
  throw errors::wrong_value(chain_, *argument, name, "a text in quotes");
}

}  // namespace runnel
