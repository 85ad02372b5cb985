#include "runnel/base/base_error.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>

#include "runnel/base/shell_word.h"

namespace runnel::errors {
namespace {

bool is_for_writing(std::string_view what) { return what != "cannot open" && what != "cannot read"; }

/// What a reason of the system's means for a file, and what to type.
std::vector<ErrorDetail> remedy_for(const std::string& path, const std::string& what, int code) {
  const std::string file = shell_word(path);
  switch (code) {
    case EACCES:
    case EPERM:
      if (!is_for_writing(what))
        return {{"why", "it, or a folder on the way to it, may not be read by you"},
                {"fix", fmt::format("chmod u+r {}, if it is yours; ls -l {} tells", file, file)}};
      return {{"why", "it, or its folder, is write-protected"},
              {"fix", fmt::format("another name, or chmod u+w {}", file)}};
    case ENOTDIR:
      return {{"why", "a part of the name that is followed by / is a file, no folder"}};
    case ENOSPC:
      return {{"fix", "df -h shows which disk has room"}};
    default:
      return {};
  }
}

}  // namespace

DataError system_failure(const std::string& path, const std::string& what, int code) {
  return DataError({.file = path}, fmt::format("{}: {}", what, std::strerror(code)),
                   remedy_for(path, what, code));
}

DataError no_such_file(const MissingFile& file) {
  std::vector<ErrorDetail> details;
  if (file.missing != file.path) {
    details.push_back({"why", fmt::format("there is no folder {}", file.missing)});
  } else if (!file.path.starts_with('/')) {
    details.push_back({"why", "it was looked for in " + file.looked_in});
  }
  details.push_back({"fix", file.nearest.empty()
                                ? fmt::format("ls {} shows what is there", shell_word(file.looked_in))
                                : fmt::format("did you mean {}?", file.nearest)});
  return DataError({.file = file.path}, fmt::format("cannot open: {}", std::strerror(ENOENT)),
                   std::move(details));
}

DataError folder_for_file(const std::string& path) {
  return DataError(
      {.file = path}, "is a folder, expected a file",
      {{"fix", path == "standard input" ? "< FILE, or a pipe"
                                        : fmt::format("one of the files in it: ls {}", shell_word(path))}});
}

DataError folder_for_output(const std::string& path) {
  return DataError({.file = path}, "is a folder, expected a file to write",
                   {{"fix", fmt::format("a file in it: {}",
                                        shell_word((std::filesystem::path(path) / "NAME").string()))}});
}

DataError no_folder_for_output(const std::string& path, const std::string& folder, int reason) {
  if (reason == ENOENT) {
    return DataError({.file = path}, fmt::format("there is no folder {} to write into", folder),
                     {{"fix", "mkdir -p " + shell_word(folder)}});
  }
  return DataError({.file = path},
                   fmt::format("cannot write into the folder {}: {}", folder, std::strerror(reason)),
                   remedy_for(folder, "cannot create", reason));
}

DataError file_too_large(const std::string& path, int64_t bytes) {
  return DataError({.file = path}, fmt::format("has {} bytes, more than fit in memory", bytes),
                   {{"why", "a file is read as a whole"}});
}

OptionError bad_thread_count(int64_t count, int64_t most) {
  return OptionError(fmt::format("threads is {}, expected 1 to {}", count, most));
}

}  // namespace runnel::errors
