#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runnel/base/error.h"
#include "runnel/formats/safetensors_header.h"

/// The sentences about safetensors files, each made in one place. Offsets count the bytes of the file.
namespace runnel::errors {

/// The file has fewer than 8 bytes.
FormatError safetensors_too_short(const std::string& name, int64_t got);
FormatError safetensors_header_huge(const std::string& name, uint64_t header_size);
FormatError safetensors_header_cut(const std::string& name, int64_t header_size, int64_t file_size);
/// The header does not start with "{".
FormatError safetensors_header_start(const std::string& name, std::string_view got);
/// The header is no JSON. `last_read` is the text around the fault.
FormatError safetensors_json(const std::string& name, int64_t offset, std::string_view last_read);
/// JSON, but not of the kind that the format has there. `what`: `"shape" of tensor "w"`.
FormatError safetensors_kind(const std::string& name, int64_t offset, const std::string& what,
                             const std::string& expected, const std::string& got);

/// `what`: `tensor "w"`, `"dtype" of tensor "w"`, `metadata "key"`.
FormatError safetensors_twice(const std::string& name, int64_t offset, const std::string& what);
FormatError safetensors_field_unknown(const std::string& name, int64_t offset, std::string_view tensor,
                                      std::string_view field);
FormatError safetensors_field_missing(const std::string& name, const SafetensorsEntry& entry,
                                      std::string_view field);
FormatError safetensors_dtype_unknown(const std::string& name, int64_t offset, std::string_view tensor,
                                      std::string_view dtype);

/// data_offsets has another number of numbers than two.
FormatError safetensors_offset_count(const std::string& name, const SafetensorsEntry& entry, size_t got);
FormatError safetensors_offsets_reversed(const std::string& name, const SafetensorsEntry& entry);
FormatError safetensors_shape_overflow(const std::string& name, const SafetensorsEntry& entry);
/// The shape needs another number of bytes than data_offsets spans.
FormatError safetensors_wrong_size(const std::string& name, const SafetensorsEntry& entry, int64_t needed);

/// A tensor ends past the end of the file.
FormatError safetensors_past_end(const std::string& name, const SafetensorsEntry& entry, int64_t data_size);
/// Two tensors share bytes. `offset` is the first of them.
FormatError safetensors_overlap(const std::string& name, int64_t offset, const SafetensorsEntry& first,
                                const SafetensorsEntry& second);
/// Bytes before a tensor that belong to none.
FormatError safetensors_hole(const std::string& name, int64_t offset, int64_t size,
                             const SafetensorsEntry& next);
/// Bytes after the last tensor.
FormatError safetensors_surplus(const std::string& name, int64_t offset, int64_t size);

OptionError safetensors_name_reserved();
/// `what`: "the name of a tensor", "metadata".
OptionError safetensors_not_utf8(const std::string& what, std::string_view text);
OptionError safetensors_header_unwritable(size_t header_size);

}  // namespace runnel::errors
