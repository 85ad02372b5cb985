#include "runnel/base/shell_word.h"

namespace runnel {
namespace {

/// Nothing that a shell reads as more than itself.
bool is_plain(char c) {
  constexpr std::string_view kOthers = "_-./,:=+@%";
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || (c & 0x80) != 0 || kOthers.find(c) != kOthers.npos;
}

}  // namespace

std::string shell_word(std::string_view word) {
  bool plain = !word.empty();
  for (const char c : word) plain = plain && is_plain(c);
  if (plain) return std::string(word);
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

}  // namespace runnel
