#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runnel {

/// What a token is.
enum class TokenizerKind {
  words,       ///< words, and each punctuation mark and symbol by itself
  characters,  ///< characters as a reader counts them: grapheme clusters, blanks and line ends among them
  whitespace,  ///< what stands between blanks
};

/// "words", "characters", "whitespace"
std::string to_string(TokenizerKind kind);
/// Throws  OptionError for another name.
TokenizerKind parse_tokenizer_kind(std::string_view name);

struct TokenizerOptions {
  TokenizerKind kind = TokenizerKind::words;
  bool lowercase = true;  ///< each character by Unicode's simple mapping: ẞ → ß, İ → i, Σ → σ

  friend bool operator==(const TokenizerOptions&, const TokenizerOptions&) = default;
};

/// Cuts a text into tokens.
///
/// Of kind words, with Unicode's general categories (L letter, M mark, N number, P punctuation, S symbol):
///
///     token  = word | symbol
///     word   = (L | M | N) { L | M | N | apostrophe between two letters }
///     symbol = one grapheme cluster that begins with P, S or a private or unassigned character
///
/// Everything else separates tokens and is dropped; a soft hyphen (U+00AD) is dropped without separating.
///
/// - The apostrophe (' or ’, always given as '): "Don’t" → "don't";
///   but "'tis" → "'" "tis", "80's" → "80" "'" "s".
/// - A hyphen is punctuation like any other: "well-known" → "well" "-" "known".
///   So are the point in "3.14" and the underline in "snake_case".
/// - A joined emoji or a flag is one symbol: it is one grapheme cluster.
/// - Scripts that put no blanks between words (Chinese, Japanese, Thai) are better read as characters.
///
/// Nothing is normalised: é as one character and é as e + accent are two spellings.
class Tokenizer {
 public:
  Tokenizer() = default;
  explicit Tokenizer(TokenizerOptions options) : options_(options) {}

  const TokenizerOptions& options() const { return options_; }
  /// Throws  DataError when the text is not UTF-8; its place counts from the start of `text`.
  std::vector<std::string> tokens(std::string_view text) const;

 private:
  TokenizerOptions options_;
};

}  // namespace runnel
