#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// The whole content of a file; of standard input when `path` is "-".
/// Throws  DataError when it cannot be read, with the reason that the system gives, or when it is a folder.
std::string read_file(const std::string& path);

/// Whether read_file(path) can open the file, asked before long work whose last input it is. Opens
/// nothing, so that a pipe stays whole.
/// Throws  DataError as read_file does.
void require_readable(const std::string& path);

/// Writes a file so that a reader, and a power cut, see either the old content or the new, never a part: a
/// temporary file beside it, fsync, rename. A file that was there keeps its permissions. A symbolic link is
/// followed; what is no regular file (a pipe, /dev/null) is written in place; "-" is standard output.
/// Throws  DataError when it cannot be written, or is write-protected; what stood there before stays.
void write_file_atomically(const std::string& path, std::string_view content);

/// Whether write_file_atomically(path, …) can write there, as far as that is known beforehand; asked
/// before long work whose result goes there. Changes nothing.
/// Throws  DataError when `path` is a folder or write-protected, or its folder is missing or write-protected.
void require_writable(const std::string& path);

}  // namespace runnel
