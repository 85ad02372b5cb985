#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// The whole content of a file; of standard input when `path` is "-".
/// Throws  DataError when it cannot be read, with the reason that the system gives, or when it is a folder.
std::string read_file(const std::string& path);

/// Writes a file so that a reader, and a power cut, see either the old content or the new, never a part: a
/// temporary file beside it, fsync, rename. A file that was there keeps its permissions. A symbolic link is
/// followed; what is no regular file (a pipe, /dev/null) is written in place; "-" is standard output.
/// Throws  DataError when it cannot be written, or is write-protected; what stood there before stays.
void write_file_atomically(const std::string& path, std::string_view content);

}  // namespace runnel
