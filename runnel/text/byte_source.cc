#include "runnel/text/byte_source.h"

#include <algorithm>

#include "runnel/text/text_errors.h"

namespace runnel {
namespace {

constexpr size_t kWindow = size_t{1} << 20;
constexpr size_t kLongestLine = size_t{1} << 24;

}  // namespace

std::string_view ByteSource::peek(size_t count) {
  if (end_ - begin_ < count) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    while (end_ < count && stream_) {
      // Grows with what really comes, so that a count from a lying header costs nothing.
      const size_t wanted = std::min(std::max(count, kWindow), std::max(2 * end_, kWindow));
      if (buffer_.size() < wanted) buffer_.resize(wanted);
      stream_.read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
      end_ += static_cast<size_t>(stream_.gcount());
      if (stream_.bad()) throw errors::unreadable_stream(name_);
    }
  }
  return {buffer_.data() + begin_, std::min(count, end_ - begin_)};
}

std::string_view ByteSource::take(size_t count) {
  const std::string_view bytes = peek(count);
  begin_ += bytes.size();
  offset_ += static_cast<int64_t>(bytes.size());
  return bytes;
}

std::optional<std::string_view> ByteSource::take_line(int64_t number) {
  size_t searched = 0;
  size_t line_end = std::string_view::npos;
  for (size_t window = 4096; line_end == std::string_view::npos; window *= 2) {
    const std::string_view bytes = peek(window);
    line_end = bytes.find('\n', searched);
    searched = bytes.size();
    if (bytes.size() < window) break;  // the end of the stream
    if (searched > kLongestLine) throw errors::line_too_long(name_, number, kLongestLine);
  }
  if (line_end == std::string_view::npos && searched == 0) return std::nullopt;
  std::string_view line = take(line_end == std::string_view::npos ? searched : line_end + 1);
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace runnel
