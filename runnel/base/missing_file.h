#pragma once

#include <string>

#include "runnel/base/error.h"

/// Why a file is not there.
namespace runnel {

/// The way to a file that is not there, as far as it goes.
struct MissingFile {
  std::string path;
  std::string missing;    ///< the first part of the way that is not there; the path itself when its folder is
  std::string looked_in;  ///< the folder where that part should be
  std::string
      nearest;  ///< a path that is there and is spelt much like the one given; empty when there is none
};

/// Follows the path as far as it goes. Reads the folder where it ends.
MissingFile follow_to(const std::string& path);

/// The error behind an open() for reading that failed with `code`, an errno.
DataError cannot_open(const std::string& path, int code);

}  // namespace runnel
