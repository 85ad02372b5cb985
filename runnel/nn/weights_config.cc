#include "runnel/nn/weights_config.h"

#include <fmt/format.h>
#include <map>
#include <optional>

namespace runnel {
namespace {

using SizesByName = std::map<std::string, std::vector<int64_t>>;

/// The weights of one module, without its prefix.
struct ModuleWeights {
  SizesByName weights;

  /// The size along an axis; nothing where there is no such matrix.
  std::optional<int64_t> size(const std::string& name, size_t axis) const {
    const auto found = weights.find(name);
    if (found == weights.end() || found->second.size() <= axis) return std::nullopt;
    return found->second[axis];
  }
  bool has(const std::string& name) const { return weights.contains(name); }
};

/// The kind of cell by its number of gates.
const char* kind_of(int64_t gates) {
  return gates == 4 ? "LSTM" : gates == 3 ? "GRU" : gates == 1 ? "RNN" : nullptr;
}

/// A recurrent layer, or a cell, whose weights have no `_l0`.
std::optional<LayerConfig> recurrent_config(const ModuleWeights& module) {
  const bool cell = module.has("weight_ih");
  const std::string suffix = cell ? "" : "_l0";
  const auto rows = module.size("weight_ih" + suffix, 0), input = module.size("weight_ih" + suffix, 1);
  const auto state = module.size("weight_hh" + suffix, 1), projected = module.size("weight_hr" + suffix, 1);
  if (!rows || !input || !state) return std::nullopt;
  const int64_t hidden = projected.value_or(*state);
  if (hidden < 1 || *rows % hidden != 0 || !kind_of(*rows / hidden)) return std::nullopt;
  LayerConfig config{.prefix = {}, .kind = kind_of(*rows / hidden), .options = {}};
  if (cell) config.kind += "Cell";
  config.options = {{"input_size", *input}, {"hidden_size", hidden}};
  int64_t layers = 0;
  while (module.has(fmt::format("weight_ih_l{}", layers))) ++layers;
  if (layers > 1) config.options.emplace_back("num_layers", layers);
  if (!module.has("bias_ih" + suffix)) config.options.emplace_back("bias", 0);
  if (module.has("weight_ih_l0_reverse")) config.options.emplace_back("bidirectional", 1);
  if (projected) config.options.emplace_back("proj_size", *state);
  return config;
}

std::optional<LayerConfig> linear_config(const ModuleWeights& module) {
  const auto out = module.size("weight", 0), in = module.size("weight", 1);
  if (!out || !in || !module.has("bias")) return std::nullopt;
  return LayerConfig{
      .prefix = {}, .kind = "Linear", .options = {{"in_features", *in}, {"out_features", *out}}};
}

bool is_flag(const std::string& option) { return option == "bias" || option == "bidirectional"; }

}  // namespace

std::string LayerConfig::to_string() const {
  std::string text;
  for (const auto& [option, value] : options) {
    const std::string shown = is_flag(option) ? (value == 0 ? "False" : "True") : std::to_string(value);
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", option, shown);
  }
  return fmt::format("{}({})", kind, text);
}

std::vector<LayerConfig> configs_of(const std::vector<WeightSizes>& weights) {
  std::vector<std::string> prefixes;  // in the order of the weights
  std::map<std::string, ModuleWeights> modules;
  for (const WeightSizes& weight : weights) {
    const size_t dot = weight.name.rfind('.') + 1;  // 0 where there is none
    const std::string prefix = weight.name.substr(0, dot);
    if (!modules.contains(prefix)) prefixes.push_back(prefix);
    modules[prefix].weights[weight.name.substr(dot)] = weight.sizes;
  }
  std::vector<LayerConfig> configs;
  for (const std::string& prefix : prefixes) {
    std::optional<LayerConfig> config = recurrent_config(modules[prefix]);
    if (!config) config = linear_config(modules[prefix]);
    if (!config) continue;
    config->prefix = prefix;
    configs.push_back(*config);
  }
  return configs;
}

}  // namespace runnel
