#include "runnel/formats/safetensors.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "runnel/base/files.h"
#include "runnel/formats/names.h"
#include "runnel/formats/safetensors_errors.h"
#include "runnel/formats/safetensors_header.h"

namespace runnel {
namespace {

/// The size of the header, checked against the size of the file.
int64_t header_size_of(std::string_view bytes, const std::string& name) {
  const auto file_size = static_cast<int64_t>(bytes.size());
  if (file_size < kSafetensorsPrefix) throw errors::safetensors_too_short(name, file_size);
  uint64_t size = 0;
  for (size_t i = kSafetensorsPrefix; i-- > 0;) size = size * 256 + static_cast<uint8_t>(bytes[i]);
  if (size > static_cast<uint64_t>(kLargestSafetensorsHeader))
    throw errors::safetensors_header_huge(name, size);
  const auto header_size = static_cast<int64_t>(size);
  if (header_size > file_size - kSafetensorsPrefix) {
    throw errors::safetensors_header_cut(name, header_size, file_size);
  }
  return header_size;
}

/// The entries must fill the data from its first byte to its last, one after the other.
void check_layout(const std::vector<SafetensorsEntry>& entries, int64_t data_offset, int64_t data_size,
                  const std::string& name) {
  std::vector<const SafetensorsEntry*> order;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.end > data_size) throw errors::safetensors_past_end(name, entry, data_size);
    order.push_back(&entry);
  }
  std::sort(order.begin(), order.end(), [](const SafetensorsEntry* a, const SafetensorsEntry* b) {
    return std::tie(a->begin, a->end, a->header_place) < std::tie(b->begin, b->end, b->header_place);
  });
  const SafetensorsEntry* last = nullptr;
  int64_t filled = 0;
  for (const SafetensorsEntry* entry : order) {
    if (entry->begin < filled)
      throw errors::safetensors_overlap(name, data_offset + entry->begin, *last, *entry);
    if (entry->begin > filled) {
      throw errors::safetensors_hole(name, data_offset + filled, entry->begin - filled, *entry);
    }
    filled = entry->end;
    last = entry;
  }
  if (filled < data_size) throw errors::safetensors_surplus(name, data_offset + filled, data_size - filled);
}

void check_texts(const SafetensorsFile& file) {
  for (const auto& [key, value] : file.metadata) {
    if (!is_utf8(key)) throw errors::safetensors_not_utf8("a key of the metadata", key);
    if (!is_utf8(value)) throw errors::safetensors_not_utf8("the metadata", value);
  }
  for (const NamedArrays::Item& tensor : file.tensors) {
    if (tensor.name == "__metadata__") throw errors::safetensors_name_reserved();
    if (!is_utf8(tensor.name)) throw errors::safetensors_not_utf8("the name of a tensor", tensor.name);
  }
}

/// The tensors from the most aligned dtype to the least, then by name.
std::vector<const NamedArrays::Item*> layout_order(const NamedArrays& tensors) {
  std::vector<const NamedArrays::Item*> order;
  for (const NamedArrays::Item& tensor : tensors) order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](const NamedArrays::Item* a, const NamedArrays::Item* b) {
    if (a->array.dtype() != b->array.dtype()) return a->array.dtype() > b->array.dtype();
    return a->name < b->name;
  });
  return order;
}

}  // namespace

SafetensorsFile read_safetensors(std::string_view bytes, const std::string& name) {
  const int64_t header_size = header_size_of(bytes, name);
  SafetensorsHeader header =
      read_safetensors_header(bytes.substr(kSafetensorsPrefix, static_cast<size_t>(header_size)), name);
  const int64_t data_offset = kSafetensorsPrefix + header_size;
  const std::string_view data = bytes.substr(static_cast<size_t>(data_offset));
  check_layout(header.entries, data_offset, static_cast<int64_t>(data.size()), name);
  SafetensorsFile file;
  file.metadata = std::move(header.metadata);
  for (SafetensorsEntry& entry : header.entries) {
    const auto size = static_cast<size_t>(entry.end - entry.begin);
    Array array(entry.dtype, std::move(entry.shape),
                std::string(data.substr(static_cast<size_t>(entry.begin), size)));
    file.tensors.add(std::move(entry.name), std::move(array));
  }
  return file;
}

SafetensorsFile load_safetensors(const std::string& path) {
  return read_safetensors(read_file(path), display_name(path));
}

std::string write_safetensors(const SafetensorsFile& file) {
  check_texts(file);
  const std::vector<const NamedArrays::Item*> order = layout_order(file.tensors);
  SafetensorsHeader header{.entries = {}, .metadata = file.metadata};
  int64_t filled = 0;
  for (const NamedArrays::Item* tensor : order) {
    const int64_t end = filled + static_cast<int64_t>(tensor->array.bytes().size());
    header.entries.push_back({.name = tensor->name,
                              .dtype = tensor->array.dtype(),
                              .shape = tensor->array.shape(),
                              .begin = filled,
                              .end = end});
    filled = end;
  }
  std::string json = write_safetensors_header(header);
  json.append((8 - json.size() % 8) % 8, ' ');
  if (json.size() > static_cast<size_t>(kLargestSafetensorsHeader)) {
    throw errors::safetensors_header_unwritable(json.size());
  }
  std::string bytes;
  bytes.reserve(kSafetensorsPrefix + json.size() + static_cast<size_t>(filled));
  for (int i = 0; i < kSafetensorsPrefix; ++i) bytes += static_cast<char>((json.size() >> (8 * i)) & 0xff);
  bytes += json;
  for (const NamedArrays::Item* tensor : order) bytes += tensor->array.bytes();
  return bytes;
}

void save_safetensors(const std::string& path, const SafetensorsFile& file) {
  write_file_atomically(path, write_safetensors(file));
}

}  // namespace runnel
