#include "runnel/base/error.h"

#include <algorithm>
#include <fmt/format.h>

namespace runnel {
namespace {

std::string text_of(const std::string& summary, const std::vector<ErrorDetail>& details) {
  size_t width = 0;
  for (const ErrorDetail& detail : details) width = std::max(width, detail.label.size());
  std::string text = summary;
  for (const ErrorDetail& detail : details) {
    text += fmt::format("\n  {:<{}}  ", detail.label, width);
    for (char c : detail.text) {
      text += c;
      if (c == '\n') text.append(width + 4, ' ');
    }
  }
  return text;
}

}  // namespace

Error::Error(std::string summary, std::vector<ErrorDetail> details)
    : summary_(std::move(summary)), details_(std::move(details)), text_(text_of(summary_, details_)) {}

std::string DataPlace::to_string() const {
  if (line == 0) return file;
  if (column == 0) return fmt::format("{}:{}", file, line);
  return fmt::format("{}:{}:{}", file, line, column);
}

DataError::DataError(DataPlace place, const std::string& summary, std::vector<ErrorDetail> details)
    : Error(fmt::format("{}: {}", place.to_string(), summary), std::move(details)),
      place_(std::move(place)) {}

FormatError::FormatError(std::string file, int64_t offset, const std::string& summary,
                         std::vector<ErrorDetail> details)
    : Error(fmt::format("{}: byte {}: {}", file, offset, summary), std::move(details)),
      file_(std::move(file)),
      offset_(offset) {}

}  // namespace runnel
