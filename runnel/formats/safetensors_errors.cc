#include "runnel/formats/safetensors_errors.h"

#include <fmt/format.h>

#include "runnel/base/shell_word.h"
#include "runnel/formats/array.h"
#include "runnel/formats/names.h"
#include "runnel/formats/remedies.h"

namespace runnel::errors {
namespace {

std::string known_dtypes() {
  std::string text;
  for (const DTypeInfo& dtype : dtypes()) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", dtype.safetensors);
  }
  return text;
}

constexpr const char* kCut = "the file was cut off, as by a full disk or a broken download";
constexpr const char* kChanged =
    "the file was changed, or another program than the safetensors package made it";

/// A model is trained again, PyTorch's weights are saved again.
ErrorDetail made_again(const std::string& name) {
  return {"fix",
          "copy it again, or make it again: runnel train …, or from PyTorch\n" + safetensors_save(name)};
}

/// For a file that is something else.
ErrorDetail such_a_file(const std::string& name) {
  const std::string loaded = fmt::format("torch.load({})", python_text(name));
  if (name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".bin"))
    return {"fix", safetensors_save(name, loaded)};
  if (name.ends_with(".npy") || name.ends_with(".npz"))
    return {"fix", fmt::format("runnel inspect {} shows what it holds", shell_word(name))};
  return {"fix", "a model that runnel train wrote, or PyTorch's weights:\n" + safetensors_save("")};
}

/// The same file, but with other tensors: `{k: v.float() for k, v in …}`.
ErrorDetail with_tensors(const std::string& name, const char* each) {
  return {"fix",
          safetensors_save(name, fmt::format("{{k: {} for k, v in model.state_dict().items()}}", each))};
}

/// An error about one entry of the header.
FormatError entry_error(const std::string& name, const SafetensorsEntry& entry, const std::string& what,
                        std::vector<ErrorDetail> details) {
  return FormatError(name, entry.header_place, fmt::format("tensor {}: {}", quote(entry.name), what),
                     std::move(details));
}

std::string offsets_text(const SafetensorsEntry& entry) {
  return fmt::format("[{}, {}]", entry.begin, entry.end);
}

}  // namespace

FormatError safetensors_too_short(const std::string& name, int64_t got) {
  return FormatError(name, got, "the file ends inside the size of its header",
                     {{"expected", "8 bytes or more"},
                      {"got", fmt::format("{} bytes", got)},
                      {"why", got == 0 ? "the file is empty"
                                       : "such a file begins with 8 bytes that tell how long its header is"},
                      such_a_file(name)});
}

FormatError safetensors_header_huge(const std::string& name, uint64_t header_size) {
  return FormatError(name, 0, "the size of the header cannot be",
                     {{"expected", fmt::format("at most {} bytes", kLargestSafetensorsHeader)},
                      {"got", fmt::format("{} bytes", header_size)},
                      {"why", "this is probably no safetensors file, but a text, an archive or a table"},
                      such_a_file(name)});
}

FormatError safetensors_header_cut(const std::string& name, int64_t header_size, int64_t file_size) {
  return FormatError(name, file_size, "the file ends inside its header",
                     {{"expected", fmt::format("{} bytes or more", kSafetensorsPrefix + header_size)},
                      {"got", fmt::format("{} bytes", file_size)},
                      {"why", kCut},
                      made_again(name)});
}

FormatError safetensors_header_start(const std::string& name, std::string_view got) {
  return FormatError(name, kSafetensorsPrefix, "the header is no JSON object",
                     {{"expected", quote("{")},
                      {"got", got.empty() ? "an empty header" : quote(got)},
                      {"why", "the header names the tensors, as JSON; this is probably no safetensors file"},
                      such_a_file(name)});
}

FormatError safetensors_json(const std::string& name, int64_t offset, std::string_view last_read) {
  return FormatError(name, offset, "the header is not valid JSON",
                     {{"got", last_read.empty() ? "the end of the header" : quote(last_read)},
                      {"why", kChanged},
                      made_again(name)});
}

FormatError safetensors_kind(const std::string& name, int64_t offset, const std::string& what,
                             const std::string& expected, const std::string& got) {
  return FormatError(name, offset, what + " is of the wrong kind",
                     {{"expected", expected}, {"got", got}, {"why", kChanged}, made_again(name)});
}

FormatError safetensors_twice(const std::string& name, int64_t offset, const std::string& what) {
  return FormatError(name, offset, fmt::format("the header has {} twice", what),
                     {{"why", kChanged}, made_again(name)});
}

FormatError safetensors_field_unknown(const std::string& name, int64_t offset, std::string_view tensor,
                                      std::string_view field) {
  return FormatError(name, offset, fmt::format("tensor {}: unknown field {}", quote(tensor), quote(field)),
                     {{"expected", "dtype, shape and data_offsets"}, {"why", kChanged}, made_again(name)});
}

FormatError safetensors_field_missing(const std::string& name, const SafetensorsEntry& entry,
                                      std::string_view field) {
  return entry_error(name, entry, fmt::format("there is no field {}", quote(field)),
                     {{"expected", "dtype, shape and data_offsets"}, {"why", kChanged}, made_again(name)});
}

FormatError safetensors_dtype_unknown(const std::string& name, int64_t offset, std::string_view tensor,
                                      std::string_view dtype) {
  return FormatError(name, offset, fmt::format("tensor {}: unknown dtype {}", quote(tensor), quote(dtype)),
                     {{"expected", fmt::format("one of {}", known_dtypes())},
                      {"why", "Runnel computes in float32; it reads the types that convert to that"},
                      with_tensors(name, "v.float()")});
}

FormatError safetensors_offset_count(const std::string& name, const SafetensorsEntry& entry, size_t got) {
  return entry_error(name, entry, "data_offsets is no pair",
                     {{"expected", "two numbers, begin and end"},
                      {"got", fmt::format("{} numbers", got)},
                      {"why", kChanged},
                      made_again(name)});
}

FormatError safetensors_offsets_reversed(const std::string& name, const SafetensorsEntry& entry) {
  return entry_error(name, entry, "data_offsets ends before it begins",
                     {{"expected", "begin, then an end that is no smaller"},
                      {"got", offsets_text(entry)},
                      {"why", kChanged},
                      made_again(name)});
}

FormatError safetensors_shape_overflow(const std::string& name, const SafetensorsEntry& entry) {
  return entry_error(name, entry, "the shape is larger than any file",
                     {{"expected", "fewer than 2^63 bytes of data"},
                      {"got", fmt::format("{} {}", to_string(entry.dtype), shape_text(entry.shape))},
                      {"why", kChanged},
                      made_again(name)});
}

FormatError safetensors_wrong_size(const std::string& name, const SafetensorsEntry& entry, int64_t needed) {
  return entry_error(
      name, entry, "data_offsets do not fit the shape",
      {{"expected",
        fmt::format("{} bytes for {} {}", needed, to_string(entry.dtype), shape_text(entry.shape))},
       {"got", fmt::format("{} bytes, data_offsets {}", entry.end - entry.begin, offsets_text(entry))},
       {"why", kChanged},
       made_again(name)});
}

FormatError safetensors_past_end(const std::string& name, const SafetensorsEntry& entry, int64_t data_size) {
  return entry_error(name, entry, "its data ends past the end of the file",
                     {{"expected", fmt::format("at most {}, the bytes after the header", data_size)},
                      {"got", fmt::format("data_offsets {}", offsets_text(entry))},
                      {"why", kCut},
                      made_again(name)});
}

FormatError safetensors_overlap(const std::string& name, int64_t offset, const SafetensorsEntry& first,
                                const SafetensorsEntry& second) {
  return FormatError(
      name, offset, fmt::format("tensors {} and {} overlap", quote(first.name), quote(second.name)),
      {{"expected", fmt::format("{} to begin at {}", quote(second.name), first.end)},
       {"got", fmt::format("data_offsets {} and {}", offsets_text(first), offsets_text(second))},
       {"why", kChanged},
       made_again(name)});
}

FormatError safetensors_hole(const std::string& name, int64_t offset, int64_t size,
                             const SafetensorsEntry& next) {
  return FormatError(name, offset,
                     fmt::format("{} bytes before tensor {} belong to no tensor", size, quote(next.name)),
                     {{"expected", fmt::format("it to begin at {}", next.begin - size)},
                      {"got", fmt::format("data_offsets {}", offsets_text(next))},
                      {"why", kChanged},
                      made_again(name)});
}

FormatError safetensors_surplus(const std::string& name, int64_t offset, int64_t size) {
  return FormatError(
      name, offset, "the file goes on after its last tensor",
      {{"expected", fmt::format("{} bytes", offset)},
       {"got", fmt::format("{} bytes", offset + size)},
       {"why", "something was written behind it, as by >> in a shell, or its header was changed"},
       made_again(name)});
}

OptionError safetensors_name_reserved() {
  return OptionError("safetensors: no tensor can be called \"__metadata__\"",
                     {{"why", "the format keeps the metadata under this name"},
                      {"fix", "SafetensorsFile{.tensors = …, .metadata = {{\"key\", \"value\"}}}"}});
}

OptionError safetensors_not_utf8(const std::string& what, std::string_view text) {
  return OptionError(fmt::format("safetensors: {} must be UTF-8", what),
                     {{"got", quote(text)}, {"why", "the header is JSON, which is UTF-8"}});
}

OptionError safetensors_header_unwritable(size_t header_size) {
  return OptionError("safetensors: the names and the metadata are too long",
                     {{"expected", fmt::format("a header of at most {} bytes", kLargestSafetensorsHeader)},
                      {"got", fmt::format("{} bytes", header_size)}});
}

}  // namespace runnel::errors
