#include "runnel/formats/npz.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runnel/base/files.h"
#include "runnel/formats/names.h"
#include "runnel/formats/npy.h"
#include "runnel/formats/zip_archive.h"
#include "runnel/formats/zip_errors.h"

namespace runnel {
namespace {

constexpr std::string_view kSuffix = ".npy";

/// libzip keeps control characters out of names.
bool writable(std::string_view name) {
  return is_utf8(name) && std::none_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < 0x20; });
}

}  // namespace

NamedArrays read_npz(std::string_view bytes, const std::string& name) {
  ZipReader zip(bytes, name);
  for (const std::string& entry : zip.entries()) {
    if (!entry.ends_with(kSuffix)) throw errors::npz_entry_name(name, entry);
  }
  NamedArrays arrays;
  for (size_t i = 0; i < zip.entries().size(); ++i) {
    const std::string& entry = zip.entries()[i];
    Array array = read_npy(zip.read(i), zip_entry_place(name, entry));
    arrays.add(entry.substr(0, entry.size() - kSuffix.size()), std::move(array));
  }
  return arrays;
}

NamedArrays load_npz(const std::string& path) { return read_npz(read_file(path), display_name(path)); }

std::string write_npz(const NamedArrays& arrays, const NpzOptions& options) {
  std::vector<ZipEntry> entries;
  for (const NamedArrays::Item& item : arrays) {
    if (!writable(item.name)) throw errors::npz_name_unwritable(item.name);
    entries.push_back({.name = item.name + std::string(kSuffix), .bytes = write_npy(item.array)});
  }
  return write_zip(entries, options.compressed);
}

void save_npz(const std::string& path, const NamedArrays& arrays, const NpzOptions& options) {
  write_file_atomically(path, write_npz(arrays, options));
}

}  // namespace runnel
