#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runnel {

/// A window that moves over a stream, so that a file of gigabytes is read in a megabyte of memory. A view
/// that it hands out holds until the next call.
class ByteSource {
 public:
  /// `name` is what errors call the stream; the stream must outlive this.
  ByteSource(std::istream& stream, std::string name) : stream_(stream), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  /// How many bytes were taken.
  int64_t offset() const { return offset_; }

  /// The next `count` bytes, fewer only at the end of the stream. Takes none.
  /// Throws  DataError when the stream cannot be read.
  std::string_view peek(size_t count);
  /// The next `count` bytes, taken; fewer only at the end of the stream.
  std::string_view take(size_t count);
  /// The next line, taken, without its line end ("\n" or "\r\n"); nothing at the end of the stream.
  /// Throws  DataError, at line `number`, for a line of more than 16 MiB.
  std::optional<std::string_view> take_line(int64_t number);

 private:
  std::istream& stream_;
  std::string name_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;  // what is read and not taken: buffer_[begin_, end_)
  int64_t offset_ = 0;
};

}  // namespace runnel
