#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "cli/command.h"

/// What a terminal shows beyond plain lines.
namespace runnel::cli {

/// Whether to colour what goes to `stream`: --color, then NO_COLOR, then whether it is a terminal.
bool use_color(const CommonOptions& common, std::FILE* stream);
/// Whether a progress bar may be drawn on standard error.
bool use_bar(const CommonOptions& common);

/// 63,120
std::string with_thousands(int64_t number);
/// 0.708 → "70.8 %"
std::string percent(double ratio);
/// 95 → "1:35"
std::string minutes(double seconds);

/// A line that is drawn over itself on standard error; nothing at all when it is off.
class StatusLine {
 public:
  explicit StatusLine(bool on) : on_(on) {}
  ~StatusLine() { clear(); }
  /// A bar of `done` ∈ [0, 1], then `text`; at most about 20 times a second.
  void show(double done, const std::string& text);
  void clear();

 private:
  bool on_;
  bool drawn_ = false;
  double last_ = -1;  // seconds, of a steady clock
};

/// Columns aligned by their widest cell; the first is left-aligned, the others right-aligned.
std::string aligned(const std::vector<std::vector<std::string>>& rows);
/// The places that a text takes on a terminal, each character one.
size_t width_of(const std::string& text);

}  // namespace runnel::cli
