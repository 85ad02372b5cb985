#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace runnel {

/// Finds a std::string by a std::string_view in an unordered_map.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// How often each token occurs; filled text by text.
class TokenCounts {
 public:
  void add(std::string_view token, int64_t times = 1);
  void add_all(std::span<const std::string> tokens);

  int64_t count(std::string_view token) const;
  /// How many different tokens.
  int64_t size() const { return static_cast<int64_t>(counts_.size()); }
  /// The tokens and their counts, the most frequent first; equal counts in the order of their bytes.
  std::vector<std::pair<std::string, int64_t>> sorted() const;

 private:
  std::unordered_map<std::string, int64_t, StringHash, std::equal_to<>> counts_;
};

struct VocabularyOptions {
  int64_t min_count = 1;  ///< rarer tokens become <unk>
  int64_t max_size = 0;   ///< most words, <pad> and <unk> among them; 0 = no limit
};
/// Throws  OptionError for a min_count below 1, or a max_size that leaves no room for a word.
void check_options(const VocabularyOptions& options);

/// Words and their numbers, which are the rows of an Embedding: 0 is `<pad>`, which fills a batch up, 1 is
/// `<unk>`, which stands for every word that is not here; then the words, the most frequent first, equally
/// frequent ones in the order of their bytes.
class Vocabulary {
 public:
  static constexpr int32_t kPad = 0;
  static constexpr int32_t kUnk = 1;
  static constexpr std::string_view kPadToken = "<pad>";
  static constexpr std::string_view kUnkToken = "<unk>";

  /// `<pad>` and `<unk>` alone.
  Vocabulary();
  /// Throws  OptionError as check_options does.
  explicit Vocabulary(const TokenCounts& counts, const VocabularyOptions& options = {});
  /// A vocabulary that was saved: `tokens` as tokens() gave them. `source` is what an error calls their file.
  /// Throws  DataError unless `<pad>` and `<unk>` stand first and every word is there once.
  static Vocabulary from_tokens(std::vector<std::string> tokens, const std::string& source = "vocabulary");

  /// How many words, `<pad>` and `<unk>` among them.
  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }
  /// The number of a word; kUnk when it is not here.
  int32_t id(std::string_view token) const;
  bool contains(std::string_view token) const { return ids_.contains(token); }
  /// Throws  OptionError when no word has this number.
  const std::string& token(int64_t id) const;
  const std::vector<std::string>& tokens() const { return tokens_; }

  /// The numbers of the tokens of a text. Never kPad: a text that spells "<pad>" gets kUnk there, because
  /// padding is made by batches alone.
  std::vector<int32_t> ids(std::span<const std::string> tokens) const;

 private:
  void append(std::string token);

  std::vector<std::string> tokens_;
  std::unordered_map<std::string, int32_t, StringHash, std::equal_to<>> ids_;
};

}  // namespace runnel
