#pragma once

#include <cstdint>
#include <string>

#include "runnel/base/error.h"

/// The sentences about files and threads, each made in one place.
namespace runnel::errors {

/// What the system says: `what` was tried, `code` is errno.
DataError system_failure(const std::string& path, const std::string& what, int code);
DataError folder_for_file(const std::string& path);
DataError folder_for_output(const std::string& path);
DataError no_folder_for_output(const std::string& path, const std::string& folder);
DataError file_too_large(const std::string& path, int64_t bytes);
OptionError bad_thread_count(int64_t count, int64_t most);

}  // namespace runnel::errors
