#include <gmock/gmock.h>
#include <sys/stat.h>

#include "runnel/base/files.h"

#include "tests/base/files_testing.h"

// Files that are asked, before long work, whether they can be read or written.

namespace runnel {
namespace {

TEST_F(Files, are_asked_beforehand_whether_they_can_be_read) {
  write_file_atomically(path("a"), "x");
  EXPECT_EQ(error_of([&] { require_readable(path("a")); }), "no error");
  EXPECT_EQ(error_of([] { require_readable("-"); }), "no error");
  EXPECT_EQ(error_of([&] { require_readable(path("b")); }),
            path("b") + ": cannot open: No such file or directory\n  fix  did you mean " + path("a") + "?");
  EXPECT_EQ(error_of([&] { require_readable(folder_.string()); }),
            folder_.string() + ": is a folder, expected a file\n  fix  one of the files in it: ls " +
                folder_.string());
}

TEST_F(Files, that_are_pipes_stay_whole_when_they_are_asked) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  require_readable(path("pipe"));  // would wait for a writer if it opened the pipe
  require_writable(path("pipe"));
}

TEST_F(Files, are_asked_beforehand_whether_they_can_be_written) {
  write_file_atomically(path("a"), "old");
  for (const std::string& good : {path("a"), path("new"), std::string("-"), std::string("/dev/null")}) {
    EXPECT_EQ(error_of([&] { require_writable(good); }), "no error") << good;
  }
  EXPECT_EQ(read_file(path("a")), "old");
  EXPECT_THAT(names(), testing::ElementsAre("a"));
  EXPECT_EQ(
      error_of([&] { require_writable(folder_.string()); }),
      folder_.string() + ": is a folder, expected a file to write\n  fix  a file in it: " + path("NAME"));
  EXPECT_EQ(error_of([&] { require_writable(path("missing/a")); }),
            path("missing/a") + ": there is no folder " + path("missing") +
                " to write into\n  fix  mkdir -p " + path("missing"));
  EXPECT_EQ(error_of([&] { require_writable(path("a/b")); }),
            path("a/b") +
                ": cannot create: Not a directory\n  why  a part of the name that is followed by / is a "
                "file, no folder");
  EXPECT_EQ(error_of([&] { require_writable(path(std::string(256, 'n'))); }),
            path(std::string(256, 'n')) + ": cannot create: File name too long");
}

TEST_F(Files, that_are_write_protected_are_known_beforehand) {
  write_file_atomically(path("a"), "old");
  ::chmod(path("a").c_str(), 0444);
  ::chmod(folder_.c_str(), 0555);
  std::string file, folder;
  {
    const Nobody nobody(folder_);
    if (!nobody.done()) GTEST_SKIP() << "root cannot become another user here, or that user cannot come here";
    file = error_of([&] { require_writable(path("a")); });
    folder = error_of([&] { require_writable(path("b")); });
  }
  ::chmod(folder_.c_str(), 0755);
  EXPECT_EQ(file, path("a") +
                      ": cannot replace: Permission denied\n  why  it, or its folder, is write-protected\n  "
                      "fix  another name, or chmod u+w " +
                      path("a"));
  EXPECT_EQ(folder, path("b") + ": cannot write into the folder " + folder_.string() +
                        ": Permission denied\n  why  it, or its folder, is write-protected\n  fix  another "
                        "name, or chmod u+w " +
                        folder_.string());
}

}  // namespace
}  // namespace runnel
