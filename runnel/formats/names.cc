#include "runnel/formats/names.h"

#include <cstdint>
#include <fmt/format.h>

namespace runnel {
namespace {

constexpr size_t kLongestQuote = 60;

/// The bytes of the UTF-8 sequence that `text` starts with; 0 when it is malformed. RFC 3629, section 4.
size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) > 0x9f;
  const bool too_high = lead == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || too_high ? 0 : length;
}

/// Whether a well-formed sequence shows as itself: no control character (U+0000 … U+001F, U+007F … U+009F).
bool prints(std::string_view sequence) {
  const auto lead = static_cast<uint8_t>(sequence[0]);
  if (sequence.size() == 1) return lead >= 0x20 && lead != 0x7f;
  return lead != 0xc2 || static_cast<uint8_t>(sequence[1]) >= 0xa0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    if (quoted.size() > kLongestQuote) return quoted + "…\"";
    const size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (sequence == "\"" || sequence == "\\") {
      quoted += '\\';
      quoted += sequence;
    } else if (sequence == "\n") {
      quoted += "\\n";
    } else if (length != 0 && prints(sequence)) {
      quoted += sequence;
    } else {
      for (char c : sequence) quoted += fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
    }
    text.remove_prefix(sequence.size());
  }
  return quoted + '"';
}

std::string display_name(const std::string& path) { return path == "-" ? "standard input" : path; }

}  // namespace runnel
