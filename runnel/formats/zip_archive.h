#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runnel {

/// A zip archive in memory, read entry by entry: stored or deflated, no encryption. Sizes are checked before
/// anything is unpacked:
///
///     an entry     unpacked ≤ 1032 · packed      what deflate can do at most (stored: unpacked = packed)
///     all entries  packed ≤ the file             entries that share bytes are refused
///                  unpacked ≤ max(256 MiB, 100 · the file)
///
/// Throws  FormatError
class ZipReader {
 public:
  /// `bytes` must outlive the reader. `name` is what errors call the file.
  ZipReader(std::string_view bytes, const std::string& name);
  ~ZipReader();

  /// The names, in the order of the archive. libzip refuses a name that occurs twice.
  const std::vector<std::string>& entries() const { return entries_; }
  /// Unpacks entry i and checks its checksum.
  std::string read(size_t i);

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
  std::string name_;
  std::vector<std::string> entries_;
};

struct ZipEntry {
  std::string name;
  std::string bytes;
};

/// An archive of the entries in the order given, each dated 1980-01-01 00:00. Names are UTF-8, without
/// control characters, each once.
std::string write_zip(std::span<const ZipEntry> entries, bool compressed);

}  // namespace runnel
