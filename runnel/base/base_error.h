#pragma once

#include <cstdint>
#include <string>

#include "runnel/base/error.h"
#include "runnel/base/missing_file.h"

/// The sentences about files and threads, each made in one place.
namespace runnel::errors {

/// What the system says: `what` was tried, `code` is errno.
DataError system_failure(const std::string& path, const std::string& what, int code);
/// A file to read that is not there.
DataError no_such_file(const MissingFile& file);
DataError folder_for_file(const std::string& path);
DataError folder_for_output(const std::string& path);
/// `reason` is errno: what keeps us from writing into the folder.
DataError no_folder_for_output(const std::string& path, const std::string& folder, int reason);
DataError file_too_large(const std::string& path, int64_t bytes);
OptionError bad_thread_count(int64_t count, int64_t most);

}  // namespace runnel::errors
