#include "runnel/formats/zip_errors.h"

#include <fmt/format.h>

#include "runnel/formats/names.h"
#include "runnel/formats/remedies.h"

namespace runnel {

std::string zip_entry_place(const std::string& name, std::string_view entry) {
  const std::string quoted = quote(entry);
  // Quotes only where the name needs them.
  const bool plain = quoted.size() == entry.size() + 2 && entry.find(' ') == entry.npos;
  return fmt::format("{}: {}", name, plain ? std::string(entry) : quoted);
}

namespace errors {
namespace {

constexpr const char* kUnlikely =
    "no program writes such an archive: it was damaged, or made to fill the memory";
constexpr const char* kEntryChanged = "bytes were changed or lost since the archive was written";

ErrorDetail savez_again(const std::string& name) { return {"fix", again(numpy_savez(name))}; }

/// "numpy.savez('x.npz', **numpy.load('x.npz'))": the same arrays, unpacked by Python and stored anew.
ErrorDetail stored_anew(const std::string& name) {
  return {"fix", numpy_savez(name, fmt::format("**numpy.load({})", python_text(name)))};
}

}  // namespace

FormatError zip_mark(const std::string& name, std::string_view got) {
  return FormatError(name, 0, "not a zip archive",
                     {{"expected", quote("PK")},
                      {"got", got.empty() ? "an empty file" : quote(got)},
                      {"why", "an .npz is a zip archive of .npy files"},
                      {"fix", numpy_savez(name)}});
}

FormatError zip_damaged(const std::string& name, int64_t file_size, const std::string& reason) {
  return FormatError(name, file_size, "the list of entries at the end of the zip archive cannot be used",
                     {{"got", reason}, {"why", "the file was cut off or changed"}, savez_again(name)});
}

FormatError zip_entry_encrypted(const std::string& name, std::string_view entry) {
  return FormatError(zip_entry_place(name, entry), 0, "the entry is encrypted",
                     {{"why", "it takes a password to read it, and none can be given here"},
                      {"fix", "an archive without one: " + numpy_savez(name)}});
}

FormatError zip_entry_method(const std::string& name, std::string_view entry, int method) {
  return FormatError(
      zip_entry_place(name, entry), 0, "the entry is packed in a way that is not known",
      {{"expected", "method 0 (stored) or 8 (deflated)"},
       {"got", fmt::format("method {}", method)},
       {"why", "numpy.savez stores, numpy.savez_compressed deflates; other programs know more ways"},
       stored_anew(name)});
}

FormatError zip_entry_size(const std::string& name, std::string_view entry, uint64_t packed,
                           uint64_t unpacked) {
  return FormatError(zip_entry_place(name, entry), 0, "the entry states a size that cannot be",
                     {{"expected", fmt::format("what {} packed bytes can hold", packed)},
                      {"got", fmt::format("{} bytes", unpacked)},
                      {"why", kUnlikely},
                      savez_again(name)});
}

FormatError zip_packed_total(const std::string& name, uint64_t packed, uint64_t file_size) {
  return FormatError(name, 0, "the entries of the zip archive overlap",
                     {{"expected", fmt::format("at most {} packed bytes, the size of the file", file_size)},
                      {"got", fmt::format("{} packed bytes", packed)},
                      {"why", kUnlikely},
                      savez_again(name)});
}

FormatError zip_unpacked_total(const std::string& name, uint64_t unpacked, uint64_t limit) {
  return FormatError(
      name, 0, "the zip archive would unpack to far more than its own size",
      {{"expected", fmt::format("at most {} bytes", limit)},
       {"got", fmt::format("{} bytes", unpacked)},
       {"why", "a small file that fills the memory may be an attack; many equal numbers pack as well"},
       {"fix", "if the arrays are real: " + stored_anew(name).text}});
}

FormatError zip_entry_damaged(const std::string& name, std::string_view entry, int64_t read,
                              const std::string& reason) {
  return FormatError(zip_entry_place(name, entry), read, "the entry cannot be unpacked",
                     {{"got", reason}, {"why", kEntryChanged}, savez_again(name)});
}

FormatError zip_entry_length(const std::string& name, std::string_view entry, uint64_t stated, uint64_t got) {
  return FormatError(zip_entry_place(name, entry), static_cast<int64_t>(got),
                     "the entry has another size than it states",
                     {{"expected", fmt::format("{} bytes", stated)},
                      {"got", got > stated ? "more" : fmt::format("{} bytes", got)},
                      {"why", kEntryChanged},
                      savez_again(name)});
}

FormatError npz_entry_name(const std::string& name, std::string_view entry) {
  const bool torch = name.ends_with(".pt") || name.ends_with(".pth") || entry.ends_with("/data.pkl");
  const std::string loaded = fmt::format("torch.load({})", python_text(name));
  return FormatError(
      zip_entry_place(name, entry), 0, "the entry is no array",
      {{"expected", "a name that ends in .npy"},
       {"why", torch ? "this is what torch.save wrote: a pickle, which can run code; it is never opened"
                     : "this is a zip archive, but not one that numpy.savez wrote"},
       {"fix", torch ? fmt::format("a tensor: {}\nweights: {}", numpy_save(name, loaded + ".numpy()"),
                                   safetensors_save(name, loaded))
                     : numpy_savez(name)}});
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
