#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runnel/formats/named_arrays.h"

namespace runnel {

/// What a safetensors file holds.
struct SafetensorsFile {
  NamedArrays tensors;
  std::map<std::string, std::string> metadata = {};
  friend bool operator==(const SafetensorsFile&, const SafetensorsFile&) = default;
};

/// The safetensors format:
///
///     file         header_size header data
///     header_size  8 bytes, little-endian, at most 100,000,000
///     header       JSON, may end in spaces:
///                  {"__metadata__": {"key": "text", …},
///                   "name": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}, …}
///     data         the tensors one after the other, from offset 0 to the end: no holes, no overlaps
///
/// Reads what its Python package writes, dtypes that are no DType aside. Refuses what that package refuses,
/// and more: a name that occurs twice, a field that the format does not have, a header that starts otherwise
/// than with "{". The tensors come in the order of the header.
/// Source: the README of huggingface/safetensors, and runs of its Python package 0.8.
///
/// Input   bytes  the whole file
///         name   what errors call it
/// Throws  FormatError when the bytes are not such a file, all of it and nothing more
SafetensorsFile read_safetensors(std::string_view bytes, const std::string& name);
/// From a file; from standard input when `path` is "-". Throws  DataError when it cannot be read.
SafetensorsFile load_safetensors(const std::string& path);

/// The same content gives the same bytes, whatever the order of the tensors; they are the bytes that the
/// Python package writes (but for the order of the metadata, which it leaves to chance and which is sorted
/// here). The tensors lie from the most aligned dtype to the least, then by name; the header is padded with
/// spaces so that the data starts at a multiple of 8.
///
/// Throws  OptionError when a name is "__metadata__", a text is not UTF-8, or the header grows too large
std::string write_safetensors(const SafetensorsFile& file);
/// Into a file, all or nothing. Throws  DataError when it cannot be written.
void save_safetensors(const std::string& path, const SafetensorsFile& file);

}  // namespace runnel
