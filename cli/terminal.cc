#include "cli/terminal.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/output.h"

namespace runnel::cli {

bool use_color(const CommonOptions& common, std::FILE* stream) {
  if (common.color != "auto") return common.color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return (!no_color || !*no_color) && ::isatty(::fileno(stream));
}

bool use_bar(const CommonOptions& common) {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal && std::string(terminal) == "dumb";
  return !common.quiet && !common.json && !dumb && ::isatty(STDERR_FILENO);
}

std::string with_thousands(int64_t number) {
  std::string text = std::to_string(number);
  const int64_t first = number < 0 ? 1 : 0;
  for (int64_t i = static_cast<int64_t>(text.size()) - 3; i > first; i -= 3)
    text.insert(static_cast<size_t>(i), 1, ',');
  return text;
}

std::string percent(double ratio) { return fmt::format("{:.1f} %", 100 * ratio); }

std::string minutes(double seconds) {
  const int64_t whole = std::max<int64_t>(0, std::llround(seconds));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

size_t width_of(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void StatusLine::show(double done, const std::string& text) {
  if (!on_) return;
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (drawn_ && now - last_ < 0.05) return;
  last_ = now;
  drawn_ = true;
  winsize size{};
  const int columns = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  const int bar = std::clamp(columns - static_cast<int>(width_of(text)) - 4, 0, 30);
  const int full = static_cast<int>(std::clamp(done, 0.0, 1.0) * bar);
  std::string line;
  for (int i = 0; i < bar; ++i) line += i < full ? "━" : "┄";
  remark(fmt::format("\r\x1b[K{}  {}", line, text));
}

void StatusLine::clear() {
  if (!drawn_) return;
  remark("\r\x1b[K");
  drawn_ = false;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      line += (i == 0 ? "" : "  ") + (i == 0 ? row[i] + padding : padding + row[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace runnel::cli
