#include "runnel/model/change.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "runnel/model/change_error.h"
#include "runnel/model/signature.h"
#include "runnel/model/spec.h"

namespace runnel {
namespace {

std::string written(const SpecValue& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "True" : "False";
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "None";
}

/// A layer whose arguments all have names.
struct NamedLayer {
  std::string kind;
  std::vector<std::pair<std::string, SpecValue>> arguments;

  void set(const std::string& option, const SpecValue& value) {
    for (auto& [name, old] : arguments) {
      if (name != option) continue;
      old = value;
      return;
    }
    arguments.emplace_back(option, value);
  }
  std::string to_string() const {
    std::string text;
    for (const auto& [name, value] : arguments) {
      text += (text.empty() ? "" : ", ") + name + "=" + written(value);
    }
    return text.empty() ? kind : kind + "(" + text + ")";
  }
};

class Changer {
 public:
  explicit Changer(std::string_view network) {
    const ChainSpec chain = parse_chain(network);
    for (const LayerSpec& layer : chain.layers) {
      NamedLayer named{layer.kind, {}};
      const BoundArguments given(chain, layer);
      for (const auto& [name, argument] : given.all()) {
        if (!follows(layers_.size(), layer.kind, name)) named.arguments.emplace_back(name, argument->value);
      }
      layers_.push_back(std::move(named));
    }
  }

  void change(const OptionChange& change) {
    const size_t number = layer_of(change);
    NamedLayer& layer = layers_[number];
    if (follows(number, layer.kind, change.option)) {
      const size_t before = *sized_before(number);
      throw errors::size_follows(change, title(number),
                                 fmt::format("{}.{}", before, signature_of(layers_[before].kind).names[1]));
    }
    layer.set(change.option, value_of(change, layer.kind));
  }

  std::string to_string() const {
    std::string text;
    for (const NamedLayer& layer : layers_) text += (text.empty() ? "" : " -> ") + layer.to_string();
    return text;
  }

 private:
  /// The nearest layer in front of the one at `number` that decides a size.
  std::optional<size_t> sized_before(size_t number) const {
    while (number-- > 0) {
      if (signature_of(layers_[number].kind).sizes) return number;
    }
    return std::nullopt;
  }
  bool follows(size_t number, const std::string& kind, const std::string& option) const {
    const Signature& signature = signature_of(kind);
    return signature.sizes && option == signature.names[0] && sized_before(number);
  }
  std::string title(size_t number) const { return fmt::format("{}. {}", number, layers_[number].kind); }

  bool is(size_t number, const std::string& layer) const {
    return layer.empty() || layer == std::to_string(number) || layer == layers_[number].kind;
  }
  bool takes(size_t number, const std::string& option) const {
    const std::vector<std::string>& names = signature_of(layers_[number].kind).names;
    return std::find(names.begin(), names.end(), option) != names.end();
  }

  size_t layer_of(const OptionChange& change) const {
    std::vector<std::string> named, all, known;
    std::vector<size_t> found;
    for (size_t i = 0; i < layers_.size(); ++i) {
      all.push_back(title(i));
      if (!is(i, change.layer)) continue;
      named.push_back(title(i));
      for (const std::string& option : signature_of(layers_[i].kind).names) {
        if (std::find(known.begin(), known.end(), option) == known.end()) known.push_back(option);
      }
      if (takes(i, change.option)) found.push_back(i);
    }
    if (named.empty()) throw errors::no_such_layer(change, all);
    if (found.empty()) throw errors::option_of_none(change, known);
    // Of input sizes all but the first follow from other layers, so nobody means those.
    const auto settable = [&](size_t i) { return !follows(i, layers_[i].kind, change.option); };
    if (std::any_of(found.begin(), found.end(), settable))
      std::erase_if(found, [&](size_t i) { return !settable(i); });
    if (found.size() == 1) return found.front();
    std::vector<std::string> titles;
    for (const size_t i : found) titles.push_back(title(i));
    throw errors::option_of_many(change, titles, found.front());
  }

  static SpecValue value_of(const OptionChange& change, const std::string& kind) {
    const ChainSpec chain = parse_chain(fmt::format("{}({}={})", kind, change.option, change.value));
    if (!chain.lone() || chain.layers[0].arguments.size() != 1) throw errors::no_change(change.to_string());
    return chain.layers[0].arguments[0].value;
  }

  std::vector<NamedLayer> layers_;
};

}  // namespace

std::string OptionChange::to_string() const {
  return (layer.empty() ? "" : layer + ".") + option + "=" + value;
}

int64_t OptionChange::size() const {
  int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (stop != end || error != std::errc() || number < 1) throw errors::no_size(*this);
  return number;
}

OptionChange parse_change(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
    throw errors::no_change(text);
  OptionChange change{.value = std::string(text.substr(equals + 1))};
  const std::string_view name = text.substr(0, equals);
  const size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) change.layer = name.substr(0, dot);
  change.option = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
  if (change.option.empty() || dot == 0) throw errors::no_change(text);
  return change;
}

std::string changed_network(std::string_view network, std::span<const OptionChange> changes) {
  Changer changer(network);
  for (const OptionChange& change : changes) changer.change(change);
  return changer.to_string();
}

}  // namespace runnel
