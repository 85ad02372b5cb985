#include "runnel/base/missing_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "runnel/base/shell_word.h"

namespace runnel {
namespace {

namespace fs = std::filesystem;

/// A folder with data/x.npy in it.
class MissingFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::canonical(testing::TempDir()) / "missing_files";
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "data");
    std::ofstream(folder_ / "data" / "x.npy") << "x";
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

TEST_F(MissingFiles, are_followed_to_the_first_part_that_is_not_there) {
  const MissingFile file = follow_to(path("data/sub/x.npy"));
  EXPECT_EQ(file.missing, path("data/sub"));
  EXPECT_EQ(file.looked_in, path("data"));
  EXPECT_EQ(file.nearest, "");
}

TEST_F(MissingFiles, are_found_under_a_name_that_is_spelt_much_like_theirs) {
  EXPECT_EQ(follow_to(path("data/y.npy")).nearest, path("data/x.npy"));
  EXPECT_EQ(follow_to(path("dta/x.npy")).nearest, path("data/x.npy"));
  EXPECT_EQ(follow_to(path("dta/other.npy")).nearest, "");
}

TEST_F(MissingFiles, are_told_with_where_they_were_looked_for) {
  EXPECT_EQ(std::string(cannot_open(path("data/y.npy"), ENOENT).what()),
            path("data/y.npy") + ": cannot open: No such file or directory\n  fix  did you mean " +
                path("data/x.npy") + "?");
  EXPECT_EQ(std::string(cannot_open(path("nosuch/x.npy"), ENOENT).what()),
            path("nosuch/x.npy") + ": cannot open: No such file or directory\n  why  there is no folder " +
                path("nosuch") + "\n  fix  ls " + folder_.string() + " shows what is there");
}

TEST_F(MissingFiles, that_are_protected_are_told_with_the_command_that_opens_them) {
  EXPECT_STREQ(cannot_open("my x.npy", EACCES).what(),
               "my x.npy: cannot open: Permission denied\n"
               "  why  it, or a folder on the way to it, may not be read by you\n"
               "  fix  chmod u+r 'my x.npy', if it is yours; ls -l 'my x.npy' tells");
}

TEST(ShellWord, is_quoted_only_where_a_shell_would_read_more_than_the_word) {
  EXPECT_EQ(shell_word("data/x-1.npy"), "data/x-1.npy");
  EXPECT_EQ(shell_word("größe.npy"), "größe.npy");
  EXPECT_EQ(shell_word("my data.npy"), "'my data.npy'");
  EXPECT_EQ(shell_word("it's.npy"), "'it'\\''s.npy'");
  EXPECT_EQ(shell_word("$(rm)"), "'$(rm)'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace runnel
