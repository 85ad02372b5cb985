#include "runnel/text/tokenizer.h"

#include <utf8proc.h>

#include "runnel/text/text_errors.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

struct CodePoint {
  int32_t value;
  size_t length;  ///< in bytes
};

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// `text` is known to be UTF-8.
CodePoint code_point_at(std::string_view text, size_t offset) {
  if (is_ascii(text[offset])) return {text[offset], 1};
  utf8proc_int32_t value = 0;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + offset,
                       static_cast<utf8proc_ssize_t>(text.size() - offset), &value);
  return {value, static_cast<size_t>(length)};
}

/// Where the grapheme cluster that begins at `start` ends.
/// Source: Unicode Standard Annex 29, rules GB3 … GB13.
size_t cluster_end(std::string_view text, size_t start) {
  size_t end = start + 1;
  if (is_ascii(text[start]) && (end == text.size() || (is_ascii(text[end]) && text[end] != '\n'))) return end;
  utf8proc_int32_t state = 0;
  CodePoint last = code_point_at(text, start);
  end = start + last.length;
  while (end < text.size()) {
    const CodePoint next = code_point_at(text, end);
    if (utf8proc_grapheme_break_stateful(last.value, next.value, &state)) break;
    end += next.length;
    last = next;
  }
  return end;
}

enum class Role { letter, word, symbol, separator, ignored };

Role role_of(int32_t code_point) {
  constexpr int32_t kSoftHyphen = 0xAD;
  if (code_point == kSoftHyphen) return Role::ignored;
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return Role::letter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Role::word;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
      return Role::separator;
    default:
      return Role::symbol;
  }
}

bool is_whitespace(int32_t code_point) {
  constexpr int32_t kNextLine = 0x85;
  if (code_point < 0x80) return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
  if (code_point == kNextLine) return true;
  const utf8proc_category_t category = utf8proc_category(code_point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

void append_lower(std::string_view piece, std::string& to) {
  for (size_t i = 0; i < piece.size();) {
    const CodePoint c = code_point_at(piece, i);
    i += c.length;
    if (c.length == 1) {
      to += static_cast<char>(c.value >= 'A' && c.value <= 'Z' ? c.value - 'A' + 'a' : c.value);
      continue;
    }
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(utf8proc_tolower(c.value), bytes);
    to.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
  }
}

/// Collects the pieces of a token, and the tokens.
class Collector {
 public:
  explicit Collector(bool lowercase) : lowercase_(lowercase) {}
  void add(std::string_view piece) { lowercase_ ? append_lower(piece, token_) : void(token_ += piece); }
  void end_token() {
    if (token_.empty()) return;
    tokens_.push_back(std::move(token_));
    token_.clear();
  }
  std::vector<std::string> take() {
    end_token();
    return std::move(tokens_);
  }

 private:
  bool lowercase_;
  std::string token_;
  std::vector<std::string> tokens_;
};

bool letter_at(std::string_view text, size_t offset) {
  return offset < text.size() && role_of(code_point_at(text, offset).value) == Role::letter;
}

bool is_apostrophe(std::string_view cluster) { return cluster == "'" || cluster == "\u2019"; }

void collect_words(std::string_view text, Collector& out) {
  Role last = Role::separator;  // of the cluster before, soft hyphens left out
  for (size_t start = 0, end = 0; start < text.size(); start = end) {
    const CodePoint first = code_point_at(text, start);
    Role role = role_of(first.value);
    // A mark after a blank is in the blank's cluster, but must not be lost with it.
    end = role == Role::separator ? start + first.length : cluster_end(text, start);
    const std::string_view cluster = text.substr(start, end - start);
    if (role == Role::ignored) continue;
    if (role == Role::letter || role == Role::word) {
      out.add(cluster);
    } else if (is_apostrophe(cluster) && last == Role::letter && letter_at(text, end)) {
      out.add("'");
      role = Role::word;
    } else {
      out.end_token();
      if (role == Role::symbol) {
        out.add(cluster);
        out.end_token();
      }
    }
    last = role;
  }
}

void collect_characters(std::string_view text, Collector& out) {
  for (size_t start = 0, end = 0; start < text.size(); start = end) {
    end = cluster_end(text, start);
    out.add(text.substr(start, end - start));
    out.end_token();
  }
}

void collect_between_whitespace(std::string_view text, Collector& out) {
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    is_whitespace(c.value) ? out.end_token() : out.add(text.substr(i, c.length));
    i += c.length;
  }
}

}  // namespace

std::string to_string(TokenizerKind kind) {
  switch (kind) {
    case TokenizerKind::characters:
      return "characters";
    case TokenizerKind::whitespace:
      return "whitespace";
    case TokenizerKind::words:
      break;
  }
  return "words";
}

TokenizerKind parse_tokenizer_kind(std::string_view name) {
  for (TokenizerKind kind : {TokenizerKind::words, TokenizerKind::characters, TokenizerKind::whitespace}) {
    if (name == to_string(kind)) return kind;
  }
  throw errors::unknown_tokenizer(name);
}

std::vector<std::string> Tokenizer::tokens(std::string_view text) const {
  require_utf8(text);
  Collector out(options_.lowercase);
  switch (options_.kind) {
    case TokenizerKind::words:
      collect_words(text, out);
      break;
    case TokenizerKind::characters:
      collect_characters(text, out);
      break;
    case TokenizerKind::whitespace:
      collect_between_whitespace(text, out);
      break;
  }
  return out.take();
}

}  // namespace runnel
