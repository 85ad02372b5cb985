#include "runnel/model/chain_fix.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <map>

#include "runnel/model/signature.h"
#include "runnel/nn/pooling.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

struct SizeAdvice {
  int64_t example;
  const char* why;
};
SizeAdvice advice_for(const std::string& option) {
  static const std::map<std::string, SizeAdvice> table = {
      {"input_size", {100, "it is how many numbers describe a step; a layer in front would tell"}},
      {"hidden_size", {128, "it is how many numbers the layer remembers: yours to choose"}},
      {"num_embeddings", {5000, "it is how many words there are; a vocabulary would tell"}},
      {"embedding_dim", {100, "it is how many numbers stand for a word: yours to choose"}},
      {"in_features", {256, "it is how many numbers come in; a layer in front would tell"}},
      {"out_features", {6, "it is how many numbers come out; the labels tell it only of the last layer"}}};
  const auto found = table.find(option);
  return found == table.end() ? SizeAdvice{1, ""} : found->second;
}

bool starts_layer(const std::string& text, size_t column) {
  return column < text.size() && std::isalpha(static_cast<unsigned char>(text[column])) != 0;
}

/// True for true, None for none: what Python spells with a capital.
std::string python_word(const std::string& word) {
  static const std::map<std::string, std::string> words = {
      {"true", "True"}, {"false", "False"}, {"none", "None"}, {"null", "None"}};
  const auto found = words.find(word);
  return found == words.end() ? "" : found->second;
}

}  // namespace

std::string with_piece(const std::string& text, const SpecPlace& place, const std::string& piece) {
  return text.substr(0, place.column) + piece +
         text.substr(std::min(place.column + place.length, text.size()));
}

std::string without_argument(const std::string& text, const SpecPlace& argument) {
  size_t begin = argument.column, end = argument.column + argument.length;
  const auto is_space = [&](size_t i) { return text[i] == ' ' || text[i] == '\n'; };
  while (begin > 0 && is_space(begin - 1)) --begin;
  if (begin > 0 && text[begin - 1] == ',') {
    --begin;
  } else {
    while (end < text.size() && (is_space(end) || text[end] == ',')) ++end;
  }
  return text.substr(0, begin) + text.substr(end);
}

std::string completed(const std::string& text, size_t column, const std::string& expected) {
  const bool at_end = column >= text.size();
  std::string before = text.substr(0, column);
  while (!before.empty() && before.back() == ' ') before.pop_back();
  if (expected == "',' or ')'") return at_end ? before + ")" : before + ", " + text.substr(column);
  if (expected.starts_with("'->'"))
    return before.ends_with(")") && starts_layer(text, column) ? before + " -> " + text.substr(column) : "";
  if (at_end && before.ends_with(",")) return before.substr(0, before.size() - 1) + ")";
  if (at_end && before.ends_with("->")) return before.substr(0, before.find_last_not_of(" ->") + 1);
  size_t end = column;
  while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
  const std::string word = python_word(text.substr(std::min(column, text.size()), end - column));
  return word.empty() ? "" : with_piece(text, {column, end - column}, word);
}

std::string likely_value(const SpecArgument& argument, const std::string& option,
                         const std::string& expected) {
  const auto* whole = std::get_if<int64_t>(&argument.value);
  const auto* text = std::get_if<std::string>(&argument.value);
  if (expected == "True or False") {
    if (whole) return *whole == 0 ? "False" : "True";
    if (text) return *text == "false" || *text == "False" ? "False" : "True";
  }
  const auto* number = std::get_if<double>(&argument.value);
  if (expected == "a whole number" && number && *number >= 1 && *number < 1e9)
    return std::to_string(static_cast<int64_t>(*number));
  if (expected == "1 or more") return std::to_string(advice_for(option).example);
  return "";
}

std::string text_of(const ChainSpec& chain, const LayerSpec& layer) {
  size_t end = layer.place.column + layer.place.length;
  if (!layer.arguments.empty())
    end = layer.arguments.back().place.column + layer.arguments.back().place.length;
  if (const size_t close = chain.text.find_first_not_of(" ,(", end);
      close != std::string::npos && chain.text[close] == ')')
    end = close + 1;
  return chain.text.substr(layer.place.column, end - layer.place.column);
}

std::string with_sizes(const ChainSpec& chain, const LayerSpec& layer, const std::string& option) {
  const std::vector<std::string>& names = signature_of(layer.kind).names;
  const BoundArguments given(chain, layer);
  const auto is_given = [&](const std::string& name) {
    return std::any_of(given.all().begin(), given.all().end(),
                       [&](const auto& each) { return each.first == name; });
  };
  const bool first = option == names[0];
  // A lone Embedding has no vocabulary that would tell its words.
  const bool both = (first || layer.kind == "Embedding") && !is_given(names[first ? 1 : 0]);
  const int64_t size = advice_for(option).example;
  if (layer.arguments.empty()) {
    const std::string made = both ? fmt::format("{}({}, {})", layer.kind, advice_for(names[0]).example,
                                                advice_for(names[1]).example)
                                  : fmt::format("{}({}={})", layer.kind, option, size);
    return with_piece(chain.text, {layer.place.column, text_of(chain, layer).size()}, made);
  }
  std::string sizes = fmt::format(", {}={}", option, size);
  const std::string& other = names[first ? 1 : 0];
  if (both) sizes += fmt::format(", {}={}", other, advice_for(other).example);
  const SpecPlace& last = layer.arguments.back().place;
  return with_piece(chain.text, {last.column + last.length, 0}, sizes);
}

std::string why_of_size(const std::string& option) { return advice_for(option).why; }

std::string readable(const ChainSpec& chain, const LayerSpec& layer, const Shape& before) {
  const std::vector<std::string>& names = signature_of(layer.kind).names;
  const bool walks =
      signature_of(layer.kind).sizes && !layer.kind.ends_with("Cell") && layer.kind != "Linear";
  if (!before.has(axes::seq) && (walks || pooling_kind(layer.kind))) {
    for (const LayerSpec& pooling : chain.layers) {
      if (&pooling == &layer) break;
      if (!pooling_kind(pooling.kind)) continue;
      const size_t next = (&pooling + 1)->place.column;
      return chain.text.substr(0, pooling.place.column) + chain.text.substr(next);
    }
    return "";
  }
  if (names.empty() || before.rank() == 0 || before[before.rank() - 1].symbolic()) return "";
  const std::string size = std::to_string(before[before.rank() - 1].size);
  const BoundArguments given(chain, layer);
  for (const auto& [name, argument] : given.all()) {
    if (name != names[0] || !signature_of(layer.kind).sizes) continue;
    return with_piece(chain.text, argument->place, (argument->name.empty() ? "" : name + "=") + size);
  }
  return "";
}

}  // namespace runnel
