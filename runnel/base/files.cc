#include "runnel/base/files.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "runnel/base/base_error.h"
#include "runnel/base/missing_file.h"

namespace runnel {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int close() { return fd_ > STDERR_FILENO ? ::close(std::exchange(fd_, -1)) : 0; }

 private:
  int fd_;
};

void write_all(const std::string& path, int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw errors::system_failure(path, "cannot write", errno);
    content.remove_prefix(static_cast<size_t>(written));
  }
}

/// Standard output, a pipe, /dev/null: what no other file can take the place of.
bool written_in_place(const std::string& path) {
  struct stat status{};
  return path == "-" || (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

void write_in_place(const std::string& path, std::string_view content) {
  const bool to_stdout = path == "-";
  if (to_stdout) std::fflush(stdout);  // what was printed before comes before
  Descriptor file(to_stdout ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == EISDIR) throw errors::folder_for_output(path);
  if (file.get() < 0) throw errors::system_failure(path, "cannot open for writing", errno);
  write_all(to_stdout ? "standard output" : path, file.get(), content);
}

/// The path that a rename must replace: where a chain of symbolic links ends, whether or not a file is there.
std::filesystem::path resolve_links(const std::string& path) {
  constexpr int kMaxLinks = 40;  // Linux's own limit
  std::filesystem::path target = path;
  std::error_code ignored;
  for (int i = 0; i < kMaxLinks && std::filesystem::is_symlink(target, ignored); ++i) {
    target = target.parent_path() / std::filesystem::read_symlink(target, ignored);
  }
  return target;
}

struct NewFile {
  std::string path;
  int fd;  ///< negative when it could not be made; then errno says why
};

/// The error behind a file that could not be made in a folder, for a reason of the system's.
DataError cannot_write_into(const std::string& folder, const std::string& path, int reason) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(folder, ignored);
  return errors::no_folder_for_output(path, folder, there && reason == ENOENT ? EACCES : reason);
}

/// Makes an empty file of a new name, so that neither another writer nor what a crash left behind gets mixed
/// in. The name is short: it fits wherever the target's own does.
NewFile make_temporary(const std::string& folder) {
  static std::atomic<uint64_t> next = 0;
  while (true) {
    const std::string path = fmt::format("{}/.runnel-{}-{}.tmp", folder, ::getpid(), next++);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return {path, fd};
  }
}

/// The file that a new one takes the place of.
struct Target {
  std::string path, folder;
  bool exists = false;
  mode_t mode = 0;  ///< of the file that exists
};

/// Throws  DataError when nothing can be there, or what is there is write-protected.
Target target_of(const std::string& path) {
  const std::filesystem::path resolved = resolve_links(path);
  Target target{.path = resolved.string(),
                .folder = resolved.has_parent_path() ? resolved.parent_path().string() : "."};
  struct stat old{};
  target.exists = ::stat(target.path.c_str(), &old) == 0;
  if (!target.exists && errno != ENOENT) throw errors::system_failure(path, "cannot create", errno);
  if (target.exists && ::faccessat(AT_FDCWD, target.path.c_str(), W_OK, AT_EACCESS) != 0) {
    throw errors::system_failure(path, "cannot replace", errno);
  }
  target.mode = old.st_mode & 07777;
  return target;
}

void replace_file(const std::string& path, std::string_view content) {
  const Target target = target_of(path);
  const NewFile temporary = make_temporary(target.folder);
  if (temporary.fd < 0) throw cannot_write_into(target.folder, path, errno);
  try {
    Descriptor file(temporary.fd);
    if (target.exists && ::fchmod(file.get(), target.mode) != 0)
      throw errors::system_failure(path, "cannot set mode", errno);
    write_all(path, file.get(), content);
    if (::fsync(file.get()) != 0) throw errors::system_failure(path, "cannot write to disk", errno);
    if (file.close() != 0) throw errors::system_failure(path, "cannot close", errno);
    if (::rename(temporary.path.c_str(), target.path.c_str()) != 0)
      throw errors::system_failure(path, "cannot replace", errno);
  } catch (...) {
    ::unlink(temporary.path.c_str());
    throw;
  }
  Descriptor directory(::open(target.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) ::fsync(directory.get());  // the rename itself outlives a power cut
}

/// Makes room for `bytes` of a file, which may claim to be larger than any memory.
void reserve(std::string& content, int64_t bytes, const std::string& name) {
  try {
    content.reserve(static_cast<size_t>(bytes));
  } catch (const std::exception&) {  // std::bad_alloc, std::length_error
    throw errors::file_too_large(name, bytes);
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  const bool from_stdin = path == "-";
  const std::string name = from_stdin ? "standard input" : path;
  Descriptor file(from_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw cannot_open(name, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw errors::folder_for_file(name);
  }
  std::string content;
  if (S_ISREG(status.st_mode)) reserve(content, status.st_size, name);
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw errors::system_failure(name, "cannot read", errno);
    if (count == 0) return content;
    content.append(buffer, static_cast<size_t>(count));
  }
}

void require_readable(const std::string& path) {
  if (path == "-") return;
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) throw cannot_open(path, errno);
  std::error_code ignored;  // what cannot be looked at is no folder
  if (std::filesystem::is_directory(path, ignored)) throw errors::folder_for_file(path);
}

void write_file_atomically(const std::string& path, std::string_view content) {
  written_in_place(path) ? write_in_place(path, content) : replace_file(path, content);
}

void require_writable(const std::string& path) {
  if (path == "-") return;
  std::error_code ignored;  // what cannot be looked at is no folder
  if (std::filesystem::is_directory(path, ignored)) {
    throw errors::folder_for_output(path);
  }
  if (written_in_place(path)) {
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
      throw errors::system_failure(path, "cannot open for writing", errno);
    }
    return;
  }
  const std::string folder = target_of(path).folder;
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) != 0) {
    throw cannot_write_into(folder, path, errno);
  }
}

}  // namespace runnel
