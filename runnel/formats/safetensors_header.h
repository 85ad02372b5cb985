#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/formats/dtype.h"

namespace runnel {

/// The longest header that readers of the format accept, in bytes.
constexpr int64_t kLargestSafetensorsHeader = 100'000'000;
/// The bytes before the header.
constexpr int64_t kSafetensorsPrefix = 8;

/// A tensor as the header states it.
struct SafetensorsEntry {
  std::string name;
  DType dtype = DType::float32;
  std::vector<int64_t> shape;
  int64_t begin = 0;         ///< of its data, in bytes from the start of all data
  int64_t end = 0;           ///< one past its last byte
  int64_t header_place = 0;  ///< where its name stands, in bytes from the start of the file
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  ///< in the order of the header
  std::map<std::string, std::string> metadata;
};

/// Reads the JSON and checks each entry by itself: its fields are there, once and of the right kind; the
/// dtype is known; 0 ≤ begin ≤ end, and end − begin is what dtype and shape need. Where the entries lie is
/// not looked at.
///
/// Depth is bounded: a value that is deeper than the format allows is refused when it opens.
/// Throws  FormatError
SafetensorsHeader read_safetensors_header(std::string_view json, const std::string& name);

/// The JSON, entries in the order given, without padding.
std::string write_safetensors_header(const SafetensorsHeader& header);

}  // namespace runnel
