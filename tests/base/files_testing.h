#pragma once

#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "runnel/base/error.h"

/// What the tests of files share.
namespace runnel {

namespace fs = std::filesystem;

/// A folder of its own for each test, empty at the start and gone at the end.
class Files : public testing::Test {
 protected:
  Files() {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("runnel_files_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Files() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_))
      found.push_back(entry.path().filename().string());
    return found;
  }

  fs::path folder_;
};

inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

/// Permissions do not bind root: for a while, the test is nobody, if nobody can reach `folder`.
class Nobody {
 public:
  explicit Nobody(const fs::path& folder) {
    done_ = (::geteuid() != 0 || ::seteuid(65534) == 0) &&
            ::faccessat(AT_FDCWD, folder.c_str(), X_OK, AT_EACCESS) == 0;
  }
  ~Nobody() {
    if (::getuid() == 0) (void)!::seteuid(0);
  }
  bool done() const { return done_; }

 private:
  bool done_;
};

}  // namespace runnel
