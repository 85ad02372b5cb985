#include "runnel/text/vocabulary.h"

#include <algorithm>

#include "runnel/text/text_errors.h"

namespace runnel {

void TokenCounts::add(std::string_view token, int64_t times) {
  const auto known = counts_.find(token);
  if (known != counts_.end()) {
    known->second += times;
  } else {
    counts_.emplace(token, times);
  }
}

void TokenCounts::add_all(std::span<const std::string> tokens) {
  for (const std::string& token : tokens) add(token);
}

int64_t TokenCounts::count(std::string_view token) const {
  const auto known = counts_.find(token);
  return known == counts_.end() ? 0 : known->second;
}

std::vector<std::pair<std::string, int64_t>> TokenCounts::sorted() const {
  std::vector<std::pair<std::string, int64_t>> list(counts_.begin(), counts_.end());
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return list;
}

void check_options(const VocabularyOptions& options) {
  if (options.min_count < 1) throw errors::min_count_too_small(options.min_count);
  if (options.max_size != 0 && options.max_size <= Vocabulary::kUnk + 1) {
    throw errors::max_size_too_small(options.max_size);
  }
}

Vocabulary::Vocabulary() {
  append(std::string(kPadToken));
  append(std::string(kUnkToken));
}

Vocabulary::Vocabulary(const TokenCounts& counts, const VocabularyOptions& options) : Vocabulary() {
  check_options(options);
  for (auto& [token, count] : counts.sorted()) {
    if (count < options.min_count || (options.max_size != 0 && size() == options.max_size)) break;
    if (!contains(token)) append(token);  // a text may spell "<pad>"
  }
}

Vocabulary Vocabulary::from_tokens(std::vector<std::string> tokens, const std::string& source) {
  Vocabulary vocabulary;
  for (const int32_t id : {kPad, kUnk}) {
    const size_t i = static_cast<size_t>(id);
    const std::string& expected = vocabulary.tokens_[i];
    if (i >= tokens.size()) throw errors::special_missing(source, id, expected);
    if (tokens[i] != expected) throw errors::special_missing(source, id, expected, tokens[i]);
  }
  for (size_t i = 2; i < tokens.size(); ++i) {
    if (vocabulary.contains(tokens[i])) {
      throw errors::word_twice(source, tokens[i], vocabulary.id(tokens[i]), static_cast<int32_t>(i));
    }
    vocabulary.append(std::move(tokens[i]));
  }
  return vocabulary;
}

int32_t Vocabulary::id(std::string_view token) const {
  const auto known = ids_.find(token);
  return known == ids_.end() ? kUnk : known->second;
}

const std::string& Vocabulary::token(int64_t id) const {
  if (id < 0 || id >= size()) throw errors::id_outside_vocabulary(id, size());
  return tokens_[static_cast<size_t>(id)];
}

std::vector<int32_t> Vocabulary::ids(std::span<const std::string> tokens) const {
  std::vector<int32_t> ids;
  ids.reserve(tokens.size());
  for (const std::string& token : tokens) {
    const int32_t number = id(token);
    ids.push_back(number == kPad ? kUnk : number);
  }
  return ids;
}

void Vocabulary::append(std::string token) {
  ids_.emplace(token, static_cast<int32_t>(tokens_.size()));
  tokens_.push_back(std::move(token));
}

}  // namespace runnel
