#include "runnel/formats/zip_errors.h"

#include <fmt/format.h>

#include "runnel/formats/names.h"

namespace runnel {

std::string zip_entry_place(const std::string& name, std::string_view entry) {
  const std::string quoted = quote(entry);
  // Quotes only where the name needs them.
  const bool plain = quoted.size() == entry.size() + 2 && entry.find(' ') == entry.npos;
  return fmt::format("{}: {}", name, plain ? std::string(entry) : quoted);
}

namespace errors {

FormatError zip_mark(const std::string& name, std::string_view got) {
  return FormatError(name, 0, "not a zip archive",
                     {{"expected", quote("PK")}, {"got", got.empty() ? "an empty file" : quote(got)}});
}

FormatError zip_damaged(const std::string& name, int64_t file_size, const std::string& reason) {
  return FormatError(name, file_size, "the list of entries at the end of the zip archive cannot be used",
                     {{"got", reason}, {"why", "the file was cut off or changed"}});
}

FormatError zip_entry_encrypted(const std::string& name, std::string_view entry) {
  return FormatError(zip_entry_place(name, entry), 0, "the entry is encrypted",
                     {{"fix", "save the archive without a password"}});
}

FormatError zip_entry_method(const std::string& name, std::string_view entry, int method) {
  return FormatError(
      zip_entry_place(name, entry), 0, "the entry is packed in a way that is not known",
      {{"expected", "method 0 (stored) or 8 (deflated)"}, {"got", fmt::format("method {}", method)}});
}

FormatError zip_entry_size(const std::string& name, std::string_view entry, uint64_t packed,
                           uint64_t unpacked) {
  return FormatError(zip_entry_place(name, entry), 0, "the entry states a size that cannot be",
                     {{"expected", fmt::format("what {} packed bytes can hold", packed)},
                      {"got", fmt::format("{} bytes", unpacked)}});
}

FormatError zip_packed_total(const std::string& name, uint64_t packed, uint64_t file_size) {
  return FormatError(name, 0, "the entries of the zip archive overlap",
                     {{"expected", fmt::format("at most {} packed bytes, the size of the file", file_size)},
                      {"got", fmt::format("{} packed bytes", packed)}});
}

FormatError zip_unpacked_total(const std::string& name, uint64_t unpacked, uint64_t limit) {
  return FormatError(name, 0, "the zip archive would unpack to far more than its own size",
                     {{"expected", fmt::format("at most {} bytes", limit)},
                      {"got", fmt::format("{} bytes", unpacked)},
                      {"fix", "if the arrays are real, save them uncompressed: numpy.savez"}});
}

FormatError zip_entry_damaged(const std::string& name, std::string_view entry, int64_t read,
                              const std::string& reason) {
  return FormatError(zip_entry_place(name, entry), read, "the entry cannot be unpacked", {{"got", reason}});
}

FormatError zip_entry_length(const std::string& name, std::string_view entry, uint64_t stated, uint64_t got) {
  return FormatError(zip_entry_place(name, entry), static_cast<int64_t>(got),
                     "the entry has another size than it states",
                     {{"expected", fmt::format("{} bytes", stated)},
                      {"got", got > stated ? "more" : fmt::format("{} bytes", got)}});
}

FormatError npz_entry_name(const std::string& name, std::string_view entry) {
  return FormatError(zip_entry_place(name, entry), 0, "the entry is no array",
                     {{"expected", "a name that ends in .npy"},
                      {"why", "this is a zip archive, but not one that numpy.savez wrote"}});
}

OptionError npz_name_unwritable(std::string_view array) {
  return OptionError("npz: the name of an array must be UTF-8 without control characters",
                     {{"got", quote(array)}});
}

Error zip_unwritable(const std::string& reason) {
  return Error("zip: the archive cannot be made", {{"got", reason}});
}

}  // namespace errors
}  // namespace runnel
