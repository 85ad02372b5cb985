#include "runnel/formats/zip_archive.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <zip.h>

#include "runnel/formats/zip_errors.h"

namespace runnel {
namespace {

constexpr uint64_t kDeflateRatio = 1032;  // a byte of deflate makes at most 4 copies of 258 bytes
constexpr uint64_t kAlwaysUnpacked = uint64_t{256} << 20;
constexpr uint64_t kMostRatio = 100;
constexpr std::string_view kEmptyArchive("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
constexpr zip_uint16_t kFirstDosDate = (1 << 5) | 1;  // 1980-01-01
constexpr int kDeflateLevel = 6;                      // zlib's default, and NumPy's

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Handle = std::unique_ptr<zip_t, Discard>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

/// libzip's error with its own clean-up.
class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ~ZipError() { zip_error_fini(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  zip_error_t* get() { return &error_; }
  std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

/// Whether packed bytes can unpack to a size.
bool size_is_possible(const zip_stat_t& entry) {
  if (entry.comp_method == ZIP_CM_STORE) return entry.size == entry.comp_size;
  return entry.size / kDeflateRatio <= entry.comp_size;
}

/// A sum that stays at the largest number instead of starting again at 0.
uint64_t add_capped(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

Handle open_archive(std::string_view bytes, const std::string& name) {
  if (!bytes.starts_with("PK")) throw errors::zip_mark(name, bytes.substr(0, 8));
  ZipError error;
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get()));
  Handle handle;
  if (source) handle.reset(zip_open_from_source(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, error.get()));
  if (!handle) throw errors::zip_damaged(name, static_cast<int64_t>(bytes.size()), error.text());
  source.release();  // the archive's from now on
  return handle;
}

/// What the archive says about entry i, if it says all that is needed.
std::optional<zip_stat_t> stat_entry(zip_t* archive, zip_uint64_t i) {
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  zip_stat_t entry;
  zip_stat_init(&entry);
  if (zip_stat_index(archive, i, 0, &entry) != 0 || (entry.valid & kNeeded) != kNeeded) return std::nullopt;
  return entry;
}

void check_entry(const zip_stat_t& entry, const std::string& name) {
  if (entry.encryption_method != ZIP_EM_NONE) throw errors::zip_entry_encrypted(name, entry.name);
  if (entry.comp_method != ZIP_CM_STORE && entry.comp_method != ZIP_CM_DEFLATE) {
    throw errors::zip_entry_method(name, entry.name, entry.comp_method);
  }
  if (!size_is_possible(entry)) throw errors::zip_entry_size(name, entry.name, entry.comp_size, entry.size);
}

}  // namespace

struct ZipReader::Archive {
  Handle handle;
  std::vector<uint64_t> sizes;
};

ZipReader::ZipReader(std::string_view bytes, const std::string& name)
    : archive_(std::make_unique<Archive>(Archive{open_archive(bytes, name), {}})), name_(name) {
  zip_t* archive = archive_->handle.get();
  const auto file_size = static_cast<uint64_t>(bytes.size());
  uint64_t packed = 0;
  uint64_t unpacked = 0;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    const std::optional<zip_stat_t> entry = stat_entry(archive, i);
    if (!entry) throw errors::zip_damaged(name, static_cast<int64_t>(file_size), zip_strerror(archive));
    check_entry(*entry, name);
    packed = add_capped(packed, entry->comp_size);
    unpacked = add_capped(unpacked, entry->size);
    entries_.emplace_back(entry->name);
    archive_->sizes.push_back(entry->size);
  }
  const uint64_t limit = std::max(kAlwaysUnpacked, kMostRatio * file_size);
  if (packed > file_size) throw errors::zip_packed_total(name, packed, file_size);
  if (unpacked > limit) throw errors::zip_unpacked_total(name, unpacked, limit);
}

ZipReader::~ZipReader() = default;

std::string ZipReader::read(size_t i) {
  const std::string& entry = entries_[i];
  const uint64_t size = archive_->sizes[i];
  std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(archive_->handle.get(), i, 0));
  if (!file) throw errors::zip_entry_damaged(name_, entry, 0, zip_strerror(archive_->handle.get()));
  // One byte more than the stated size: the end must come before it, and with it the check of the sum.
  std::string bytes(size + 1, '\0');
  uint64_t filled = 0;
  while (filled < bytes.size()) {
    const zip_int64_t count = zip_fread(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0) {
      throw errors::zip_entry_damaged(name_, entry, static_cast<int64_t>(filled),
                                      zip_file_strerror(file.get()));
    }
    if (count == 0) break;
    filled += static_cast<uint64_t>(count);
  }
  if (filled != size) throw errors::zip_entry_length(name_, entry, size, filled);
  bytes.resize(size);
  return bytes;
}

namespace {

/// Adds an entry; `bytes` must live until the archive is closed. Returns false when libzip cannot.
bool add_entry(zip_t* archive, const ZipEntry& entry, bool compressed) {
  zip_source_t* source = zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
  if (source == nullptr) return false;
  const zip_int64_t index = zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  const auto i = static_cast<zip_uint64_t>(index);
  const zip_int32_t method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE;
  return zip_set_file_compression(archive, i, method, compressed ? kDeflateLevel : 0) == 0 &&
         zip_file_set_dostime(archive, i, 0, kFirstDosDate, 0) == 0;
}

std::string content_of(zip_source_t* source) {
  if (zip_source_open(source) != 0)
    throw errors::zip_unwritable(zip_error_strerror(zip_source_error(source)));
  zip_source_seek(source, 0, SEEK_END);
  std::string content(static_cast<size_t>(std::max<zip_int64_t>(zip_source_tell(source), 0)), '\0');
  zip_source_seek(source, 0, SEEK_SET);
  const zip_int64_t read = zip_source_read(source, content.data(), content.size());
  zip_source_close(source);
  if (read != static_cast<zip_int64_t>(content.size())) throw errors::zip_unwritable("cannot read it back");
  return content;
}

}  // namespace

std::string write_zip(std::span<const ZipEntry> entries, bool compressed) {
  if (entries.empty()) return std::string(kEmptyArchive);  // libzip would make no file at all
  ZipError error;
  Source source(zip_source_buffer_create(nullptr, 0, 0, error.get()));
  if (!source) throw errors::zip_unwritable(error.text());
  Handle archive(zip_open_from_source(source.get(), ZIP_CREATE | ZIP_TRUNCATE, error.get()));
  if (!archive) throw errors::zip_unwritable(error.text());
  zip_source_keep(source.get());  // one for the archive, one for us
  for (const ZipEntry& entry : entries) {
    if (!add_entry(archive.get(), entry, compressed))
      throw errors::zip_unwritable(zip_strerror(archive.get()));
  }
  if (zip_close(archive.get()) != 0) throw errors::zip_unwritable(zip_strerror(archive.get()));
  archive.release();
  return content_of(source.get());
}

}  // namespace runnel
