#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runnel/base/error.h"

namespace runnel {

/// What errors call an entry of the zip archive `name`: `x.npz: h_0.npy`.
std::string zip_entry_place(const std::string& name, std::string_view entry);

/// The sentences about zip archives and `.npz` files, each made in one place.
namespace errors {

/// The file does not start as a zip archive does.
FormatError zip_mark(const std::string& name, std::string_view got);
/// The list of entries, which stands at the end, is missing or contradicts the entries. `reason`: libzip's.
FormatError zip_damaged(const std::string& name, int64_t file_size, const std::string& reason);
FormatError zip_entry_encrypted(const std::string& name, std::string_view entry);
FormatError zip_entry_method(const std::string& name, std::string_view entry, int method);
/// An entry states a size that its packed bytes cannot unpack to.
FormatError zip_entry_size(const std::string& name, std::string_view entry, uint64_t packed,
                           uint64_t unpacked);
/// The entries together are larger than the archive: they share bytes.
FormatError zip_packed_total(const std::string& name, uint64_t packed, uint64_t file_size);
/// The entries together would unpack to more than `limit` bytes.
FormatError zip_unpacked_total(const std::string& name, uint64_t unpacked, uint64_t limit);
/// Unpacking failed after `read` bytes. `reason`: libzip's.
FormatError zip_entry_damaged(const std::string& name, std::string_view entry, int64_t read,
                              const std::string& reason);
/// An entry unpacks to fewer or more bytes than it states.
FormatError zip_entry_length(const std::string& name, std::string_view entry, uint64_t stated, uint64_t got);

/// An entry that is no `.npy` file.
FormatError npz_entry_name(const std::string& name, std::string_view entry);
OptionError npz_name_unwritable(std::string_view array);
/// libzip could not make an archive. `reason`: libzip's.
Error zip_unwritable(const std::string& reason);

}  // namespace errors
}  // namespace runnel
