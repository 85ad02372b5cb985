#include "runnel/formats/safetensors_header.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "runnel/formats/names.h"
#include "runnel/formats/safetensors_errors.h"

namespace runnel {
namespace {

constexpr std::string_view kMetadata = "__metadata__";
constexpr size_t kLongestNumber = 40;  // shown in an error

/// Walks over the JSON and tells how far the parser has read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* place, const char** progress) : place_(place), progress_(progress) {}
  reference operator*() const { return *place_; }
  CountingIterator& operator++() {
    *progress_ = ++place_;
    return *this;
  }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) {
    return a.place_ != b.place_;
  }

 private:
  const char* place_;
  const char** progress_;
};

/// Takes the parser's events. A value stands in one of five places:
///
///     header   { tensors }
///     tensors  "name": { fields }, "__metadata__": { metadata }
///     fields   "dtype": "…", "shape": [ numbers ], "data_offsets": [ numbers ]
class HeaderReader {
 public:
  HeaderReader(std::string_view json, const std::string& name) : json_(json), name_(name) {}

  SafetensorsHeader read() {
    progress_ = json_.data();
    const char* end = json_.data() + json_.size();
    nlohmann::json::sax_parse(CountingIterator(json_.data(), &progress_), CountingIterator(end, &progress_),
                              this);
    return std::move(header_);
  }

  // What nlohmann::json's parser calls. Each returns whether to go on; a fault throws.
  bool null() { wrong_kind("null"); }
  bool boolean(bool value) { wrong_kind(value ? "true" : "false"); }
  bool number_integer(int64_t value) { wrong_kind(fmt::format("{}", value)); }
  bool number_float(double, const std::string& text) { wrong_kind(text.substr(0, kLongestNumber)); }
  bool binary(const std::vector<uint8_t>&) { wrong_kind("bytes"); }

  bool number_unsigned(uint64_t value) {
    const bool fits = value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (place_ != Place::numbers || !fits) wrong_kind(fmt::format("{}", value));
    numbers_.push_back(static_cast<int64_t>(value));
    return true;
  }

  bool string(std::string& value) {
    if (place_ == Place::metadata) {
      header_.metadata.emplace(key_, std::move(value));
      return true;
    }
    if (place_ != Place::fields || key_ != "dtype") wrong_kind(quote(value));
    for (const DTypeInfo& candidate : dtypes()) {
      if (candidate.safetensors == value) entry_.dtype = candidate.dtype;
    }
    if (info(entry_.dtype).safetensors != value) {
      throw errors::safetensors_dtype_unknown(name_, key_offset_, entry_.name, value);
    }
    return true;
  }

  bool start_object(size_t) {
    if (place_ == Place::header) {
      place_ = Place::tensors;
    } else if (place_ == Place::tensors && key_ == kMetadata) {
      place_ = Place::metadata;
    } else if (place_ == Place::tensors) {
      place_ = Place::fields;
      entry_ = {.name = key_, .shape = {}, .header_place = key_offset_};
      fields_.clear();
    } else {
      wrong_kind("an object");
    }
    return true;
  }

  bool end_object() {
    if (place_ == Place::fields) finish_entry();
    place_ = place_ == Place::tensors ? Place::header : Place::tensors;
    return true;
  }

  bool start_array(size_t) {
    if (place_ != Place::fields || key_ == "dtype") wrong_kind("a list");
    place_ = Place::numbers;
    numbers_.clear();
    return true;
  }

  bool end_array() {
    place_ = Place::fields;
    if (key_ == "shape") {
      entry_.shape = std::move(numbers_);
      return true;
    }
    if (numbers_.size() != 2) throw errors::safetensors_offset_count(name_, entry_, numbers_.size());
    entry_.begin = numbers_[0];
    entry_.end = numbers_[1];
    return true;
  }

  bool key(std::string& key) {
    key_ = std::move(key);
    key_offset_ = offset_of_last_string();
    if (place_ == Place::fields) {
      if (key_ != "dtype" && key_ != "shape" && key_ != "data_offsets") {
        throw errors::safetensors_field_unknown(name_, key_offset_, entry_.name, key_);
      }
      if (!fields_.insert(key_).second) throw errors::safetensors_twice(name_, key_offset_, what());
    } else if (place_ == Place::metadata) {
      if (header_.metadata.contains(key_)) throw errors::safetensors_twice(name_, key_offset_, what());
    } else if (!tensors_.insert(key_).second) {
      throw errors::safetensors_twice(name_, key_offset_, what());
    }
    return true;
  }

  bool parse_error(size_t position, const std::string& last_token, const nlohmann::detail::exception&) {
    const size_t read = std::min(position, json_.size() + 1);
    const int64_t offset = kSafetensorsPrefix + static_cast<int64_t>(read == 0 ? 0 : read - 1);
    throw errors::safetensors_json(name_, offset, read > json_.size() ? "" : last_token);
  }

 private:
  enum class Place { header, tensors, metadata, fields, numbers };

  void finish_entry() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (!fields_.contains(field)) throw errors::safetensors_field_missing(name_, entry_, field);
    }
    if (entry_.begin > entry_.end) throw errors::safetensors_offsets_reversed(name_, entry_);
    const std::optional<int64_t> needed = byte_count(entry_.dtype, entry_.shape);
    if (!needed) throw errors::safetensors_shape_overflow(name_, entry_);
    if (entry_.end - entry_.begin != *needed) throw errors::safetensors_wrong_size(name_, entry_, *needed);
    header_.entries.push_back(std::move(entry_));
  }

  /// What the last key names, in an error's words.
  std::string what() const {
    if (place_ == Place::tensors) return key_ == kMetadata ? quote(key_) : "tensor " + quote(key_);
    if (place_ == Place::metadata) return "metadata " + quote(key_);
    return fmt::format("{} of tensor {}", quote(key_), quote(entry_.name));
  }

  [[noreturn]] void wrong_kind(const std::string& got) const {
    const char* expected = "an object";
    if (place_ == Place::metadata) expected = "text in quotes";
    if (place_ == Place::fields) expected = key_ == "dtype" ? "text in quotes" : "a list of whole numbers";
    if (place_ == Place::numbers) expected = "whole numbers from 0 to 9223372036854775807";
    throw errors::safetensors_kind(name_, key_offset_, what(), expected, got);
  }

  /// Where the string that the parser has just read starts. Inside a string every quote has a backslash.
  int64_t offset_of_last_string() const {
    const char* start = progress_ - 1;
    bool escaped = true;
    while (escaped) {
      do {
        --start;
      } while (*start != '"');
      const char* slash = start;
      while (*(slash - 1) == '\\') --slash;
      escaped = (start - slash) % 2 == 1;
    }
    return kSafetensorsPrefix + (start - json_.data());
  }

  std::string_view json_;
  const std::string& name_;
  const char* progress_ = nullptr;
  SafetensorsHeader header_;

  Place place_ = Place::header;
  std::string key_;
  int64_t key_offset_ = kSafetensorsPrefix;
  std::set<std::string> tensors_;  // the names so far
  SafetensorsEntry entry_;         // the one being read
  std::set<std::string> fields_;   // its fields so far
  std::vector<int64_t> numbers_;   // the list being read
};

std::string json_text(const std::string& text) { return nlohmann::json(text).dump(); }

}  // namespace

SafetensorsHeader read_safetensors_header(std::string_view json, const std::string& name) {
  if (!json.starts_with('{')) throw errors::safetensors_header_start(name, json.substr(0, 20));
  // To the parser a zero byte is the end of the text, whatever follows.
  const size_t zero = json.find('\0');
  if (zero != json.npos) {
    throw errors::safetensors_json(name, kSafetensorsPrefix + static_cast<int64_t>(zero),
                                   json.substr(zero, 1));
  }
  return HeaderReader(json, name).read();
}

std::string write_safetensors_header(const SafetensorsHeader& header) {
  std::string json = "{";
  const auto add = [&](const std::string& key, const std::string& value) {
    json += fmt::format("{}{}:{}", json.size() == 1 ? "" : ",", json_text(key), value);
  };
  if (!header.metadata.empty()) add(std::string(kMetadata), nlohmann::json(header.metadata).dump());
  for (const SafetensorsEntry& entry : header.entries) {
    add(entry.name,
        fmt::format(R"({{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", info(entry.dtype).safetensors,
                    nlohmann::json(entry.shape).dump(), entry.begin, entry.end));
  }
  return json + "}";
}

}  // namespace runnel
