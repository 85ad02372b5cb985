#include "tests/docs/errors/error_table.h"

#include <fmt/format.h>

namespace runnel::docs {
namespace {

/// Text as a cell of a table, which Markdown must not read as marks.
std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '\n':
        result += "<br>";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '|':
      case '*':
      case '_':
      case '`':
      case '[':
      case ']':
      case '\\':
        result += '\\';
        [[fallthrough]];
      default:
        result += c;
    }
  }
  return result;
}

std::string detail(const ErrorSample& sample, const std::string& label) {
  for (const ErrorDetail& each : sample.details) {
    if (each.label == label) return cell(each.text);
  }
  return "";
}

/// The first line, and the details that are neither cause nor fix.
std::string message(const ErrorSample& sample) {
  std::string text = cell(sample.summary);
  for (const ErrorDetail& each : sample.details) {
    if (each.label == "why" || each.label == "fix") continue;
    text += fmt::format("<br>*{}* {}", each.label, cell(each.text));
  }
  return text;
}

}  // namespace

std::string ErrorTable::to_markdown() const {
  std::string text =
      fmt::format("## {}\n\n`{}`\n\n| error | message | cause | fix |\n|---|---|---|---|\n", title_, header_);
  for (const ErrorSample& sample : samples_) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", sample.function, message(sample), detail(sample, "why"),
                        detail(sample, "fix"));
  }
  return text;
}

}  // namespace runnel::docs
