#include "runnel/text/show.h"

#include <algorithm>
#include <fmt/format.h>
#include <utf8proc.h>

#include "runnel/text/utf8.h"

namespace runnel {
namespace {

constexpr size_t kMostBytes = 60;
constexpr size_t kMostNames = 10;

/// The text, escaped; of more than `most` bytes the first ones.
std::string one_line(std::string_view text, size_t most = kMostBytes) {
  std::string line;
  for (size_t i = 0; i < text.size();) {
    const size_t length = static_cast<size_t>(std::max(1, utf8_length_at(text, i)));
    if (i + length > most) return line + "…";
    const uint8_t first = static_cast<uint8_t>(text[i]);
    const bool c1_control = length == 2 && first == 0xC2 && static_cast<uint8_t>(text[i + 1]) < 0xA0;
    if (first == '\n') {
      line += "\\n";
    } else if (first == '\t') {
      line += "\\t";
    } else if (first == '\r') {
      line += "\\r";
    } else if (first < 0x20 || first == 0x7F || (length == 1 && first >= 0x80)) {
      line += fmt::format("\\x{:02X}", first);
    } else if (c1_control) {
      line += fmt::format("\\u{:04X}", static_cast<uint8_t>(text[i + 1]));
    } else {
      line += text.substr(i, length);
    }
    i += length;
  }
  return line;
}

}  // namespace

std::string escaped(std::string_view text) { return one_line(text, text.size()); }

size_t columns_of(std::string_view text) {
  size_t columns = 0;
  for (size_t i = 0; i < text.size();) {
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + i,
                         static_cast<utf8proc_ssize_t>(text.size() - i), &character);
    columns += length > 0 ? static_cast<size_t>(utf8proc_charwidth(character)) : 1;
    i += length > 0 ? static_cast<size_t>(length) : 1;
  }
  return columns;
}

std::string in_quotes(std::string_view text) { return '"' + one_line(text) + '"'; }

std::string listed(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), kMostNames))) {
    text += (text.empty() ? "" : ", ") + (name.empty() ? "\"\"" : one_line(name));
  }
  if (names.size() > kMostNames) text += fmt::format(", … ({} in all)", names.size());
  return text.empty() ? "none" : text;
}

}  // namespace runnel
