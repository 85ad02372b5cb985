#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The words of the field, each explained with words that stand above it.
namespace runnel {

struct TermStory {
  std::string name;                  ///< "hidden state"
  std::string meaning;               ///< in plain words
  std::vector<std::string> example;  ///< two lines; their numbers are what the layers themselves say
};

/// In an order in which no term is used before it is explained. All examples are about 3 sentences of at most 10
/// words, 100 numbers a word, and a GRU that remembers 20.
std::vector<TermStory> terms();

/// Whether a word is one of them, "hidden state" or "hidden_state".
bool is_term(std::string_view word);

/// For a terminal of 80 columns.
std::string terms_text();
/// {"terms": [{"name": "feature", "meaning": "…", "example": ["…", "…"]}, …]} on one line.
std::string terms_json();

}  // namespace runnel
