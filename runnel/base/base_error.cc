#include "runnel/base/base_error.h"

#include <cstring>
#include <fmt/format.h>

namespace runnel::errors {

DataError system_failure(const std::string& path, const std::string& what, int code) {
  return DataError({.file = path}, fmt::format("{}: {}", what, std::strerror(code)));
}

DataError folder_for_file(const std::string& path) {
  return DataError({.file = path}, "is a folder, expected a file");
}

DataError folder_for_output(const std::string& path) {
  return DataError({.file = path}, "is a folder, expected a file to write");
}

DataError no_folder_for_output(const std::string& path, const std::string& folder) {
  return DataError({.file = path},
                   fmt::format("the folder {} does not exist or cannot be written to", folder));
}

DataError file_too_large(const std::string& path, int64_t bytes) {
  return DataError({.file = path}, fmt::format("has {} bytes, more than fit in memory", bytes));
}

OptionError bad_thread_count(int64_t count, int64_t most) {
  return OptionError(fmt::format("threads is {}, expected 1 to {}", count, most));
}

}  // namespace runnel::errors
