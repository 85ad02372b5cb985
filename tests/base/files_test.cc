#include "runnel/base/files.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/base/files_testing.h"
#include "tests/sanitizers.h"

namespace runnel {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

/// Makes writing stop after `bytes` of a file, as a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = old_limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  void (*old_handler_)(int);
  rlimit old_limit_;
};

/// Another file in place of one of the process's descriptors, until the end of the scope.
class Redirect {
 public:
  Redirect(int fd, int replacement) : fd_(fd), saved_(::dup(fd)) { ::dup2(replacement, fd); }
  ~Redirect() {
    ::dup2(saved_, fd_);
    ::close(saved_);
  }

 private:
  int fd_, saved_;
};

TEST_F(Files, come_back_as_they_were_written) {
  std::string content(200000, 'x');
  content[7] = '\0';
  content[8] = '\n';
  content[9] = '\r';
  write_file_atomically(path("a"), content);
  EXPECT_EQ(read_file(path("a")), content);
}

TEST_F(Files, may_be_empty) {
  write_file_atomically(path("a"), "");
  EXPECT_EQ(read_file(path("a")), "");
}

TEST_F(Files, are_read_also_where_their_size_is_not_told) {
  EXPECT_THAT(read_file("/proc/self/status"), testing::HasSubstr("Pid:"));
}

TEST_F(Files, that_are_not_there_are_an_error_with_the_reason) {
  const std::string missing = path("missing");
  EXPECT_EQ(error_of([&] { read_file(missing); }),
            missing + ": cannot open: No such file or directory\n  fix  ls " + folder_.string() +
                " shows what is there");
}

TEST_F(Files, must_not_be_folders_when_read) {
  EXPECT_EQ(error_of([&] { read_file(folder_.string()); }),
            folder_.string() + ": is a folder, expected a file\n  fix  one of the files in it: ls " +
                folder_.string());
}

TEST_F(Files, that_claim_to_be_larger_than_memory_are_an_error) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer ends the program at such an allocation";
  const std::string sparse = path("sparse");
  std::ofstream(sparse).close();
  if (::truncate(sparse.c_str(), off_t{1} << 43) != 0)
    GTEST_SKIP() << "the file system has no files so large";
  // Memory may be promised that is not there, so ask for less than the file claims.
  rlimit old{};
  getrlimit(RLIMIT_AS, &old);
  const rlimit limit{.rlim_cur = rlim_t{1} << 40, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
  const std::string text = error_of([&] { read_file(sparse); });
  setrlimit(RLIMIT_AS, &old);
  EXPECT_EQ(text,
            sparse + ": has 8796093022208 bytes, more than fit in memory\n  why  a file is read as a whole");
}

TEST_F(Files, are_replaced_as_a_whole) {
  write_file_atomically(path("a"), "the old, longer content");
  write_file_atomically(path("a"), "new");
  EXPECT_EQ(read_file(path("a")), "new");
  EXPECT_THAT(names(), testing::ElementsAre("a"));
}

TEST_F(Files, stay_as_they_were_for_a_reader_that_had_opened_them) {
  write_file_atomically(path("a"), "old");
  std::ifstream reader(path("a"));
  write_file_atomically(path("a"), "new");
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old");
}

TEST_F(Files, keep_their_old_content_when_writing_fails_halfway) {
  write_file_atomically(path("a"), "old");
  const std::string content(100000, 'x');
  std::string text;
  {
    const FileSizeLimit limit(4096);
    text = error_of([&] { write_file_atomically(path("a"), content); });
  }
  EXPECT_EQ(text, path("a") + ": cannot write: File too large");
  EXPECT_EQ(read_file(path("a")), "old");
  EXPECT_THAT(names(), testing::ElementsAre("a")) << "the temporary file is removed";
}

TEST_F(Files, do_not_appear_when_writing_fails_halfway) {
  {
    const FileSizeLimit limit(4096);
    EXPECT_THROW(write_file_atomically(path("a"), std::string(100000, 'x')), DataError);
  }
  EXPECT_THAT(names(), testing::IsEmpty());
}

TEST_F(Files, need_a_folder_to_be_written_to) {
  const std::string nowhere = path("missing/a");
  EXPECT_EQ(error_of([&] { write_file_atomically(nowhere, "x"); }),
            nowhere + ": there is no folder " + path("missing") + " to write into\n  fix  mkdir -p " +
                path("missing"));
}

TEST_F(Files, must_not_be_folders_when_written) {
  EXPECT_EQ(
      error_of([&] { write_file_atomically(folder_.string(), "x"); }),
      folder_.string() + ": is a folder, expected a file to write\n  fix  a file in it: " + path("NAME"));
}

TEST_F(Files, below_what_is_no_folder_are_an_error) {
  write_file_atomically(path("a"), "old");
  EXPECT_EQ(error_of([&] { write_file_atomically(path("a/b"), "x"); }),
            path("a/b") +
                ": cannot create: Not a directory\n  why  a part of the name that is followed by / is a "
                "file, no folder");
}

TEST_F(Files, that_are_write_protected_are_not_replaced) {
  write_file_atomically(path("a"), "old");
  ::chmod(path("a").c_str(), 0444);
  ::chmod(folder_.c_str(), 0777);
  std::string text;
  {
    const Nobody nobody(folder_);
    if (!nobody.done()) GTEST_SKIP() << "root cannot become another user here, or that user cannot come here";
    text = error_of([&] { write_file_atomically(path("a"), "new"); });
  }
  EXPECT_EQ(text, path("a") +
                      ": cannot replace: Permission denied\n  why  it, or its folder, is write-protected\n  "
                      "fix  another name, or chmod u+w " +
                      path("a"));
  EXPECT_EQ(read_file(path("a")), "old");
}

TEST_F(Files, that_may_not_be_read_are_an_error) {
  write_file_atomically(path("a"), "secret");
  ::chmod(path("a").c_str(), 0);
  ::chmod(folder_.c_str(), 0755);
  std::string text;
  {
    const Nobody nobody(folder_);
    if (!nobody.done()) GTEST_SKIP() << "root cannot become another user here, or that user cannot come here";
    text = error_of([&] { read_file(path("a")); });
  }
  EXPECT_EQ(text, path("a") +
                      ": cannot open: Permission denied\n  why  it, or a folder on the way to it, may not be "
                      "read by you\n  fix  chmod u+r " +
                      path("a") + ", if it is yours; ls -l " + path("a") + " tells");
}

TEST_F(Files, get_the_usual_mode_when_new_and_keep_theirs_when_replaced) {
  const mode_t mask = ::umask(022);
  write_file_atomically(path("a"), "1");
  EXPECT_EQ(mode_of(path("a")), 0644u);
  ::chmod(path("a").c_str(), 0640);
  write_file_atomically(path("a"), "2");
  EXPECT_EQ(mode_of(path("a")), 0640u);
  ::chmod(path("a").c_str(), 0666);
  write_file_atomically(path("a"), "3");
  EXPECT_EQ(mode_of(path("a")), 0666u) << "whatever the umask";
  ::umask(mask);
}

TEST_F(Files, are_found_behind_symbolic_links) {
  fs::create_directory(folder_ / "real");
  write_file_atomically(path("real/a"), "old");
  fs::create_symlink("real/a", folder_ / "one");  // relative to the link's own folder
  fs::create_symlink(folder_ / "one", folder_ / "two");
  write_file_atomically(path("two"), "new");
  EXPECT_EQ(read_file(path("real/a")), "new");
  EXPECT_EQ(read_file(path("two")), "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "one"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "two"));
}

TEST_F(Files, are_made_where_a_symbolic_link_points_to_nothing_yet) {
  fs::create_symlink("a", folder_ / "link");
  write_file_atomically(path("link"), "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(path("a")), "new");
}

TEST_F(Files, behind_links_in_a_circle_are_an_error) {
  fs::create_symlink("b", folder_ / "a");
  fs::create_symlink("a", folder_ / "b");
  EXPECT_EQ(error_of([&] { write_file_atomically(path("a"), "x"); }),
            path("a") + ": cannot create: Too many levels of symbolic links");
  EXPECT_EQ(error_of([&] { read_file(path("a")); }),
            path("a") + ": cannot open: Too many levels of symbolic links");
}

TEST_F(Files, may_have_the_longest_name_that_the_system_allows) {
  const std::string longest(255, 'n');
  write_file_atomically(path(longest), "x");
  EXPECT_EQ(read_file(path(longest)), "x");
}

TEST_F(Files, may_be_named_relative_to_the_working_folder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  write_file_atomically("a", "x");
  fs::current_path(before);
  EXPECT_EQ(read_file(path("a")), "x");
}

TEST_F(Files, are_never_a_mix_of_what_two_threads_write) {
  const std::vector<std::string> contents = {std::string(50000, 'a'), std::string(30000, 'b')};
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  write_file_atomically(path("a"), contents[0]);
  for (const std::string& content : contents) {
    writers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) write_file_atomically(path("a"), content);
      stop = true;
    });
  }
  while (!stop) EXPECT_THAT(read_file(path("a")), testing::AnyOf(contents[0], contents[1]));
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(names(), testing::ElementsAre("a"));
}

TEST_F(Files, that_are_devices_are_written_in_place) {
  write_file_atomically("/dev/null", "x");
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
  EXPECT_EQ(read_file("/dev/null"), "");
}

TEST_F(Files, that_are_devices_are_written_in_place_through_a_link) {
  fs::create_symlink("/dev/null", folder_ / "null");
  write_file_atomically(path("null"), "x");
  EXPECT_TRUE(fs::is_symlink(folder_ / "null"));
}

TEST_F(Files, on_a_full_device_are_an_error) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  EXPECT_EQ(error_of([] { write_file_atomically("/dev/full", "x"); }),
            "/dev/full: cannot write: No space left on device\n"
            "  fix  df -h shows which disk has room");
}

TEST_F(Files, that_are_pipes_are_written_in_place) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = read_file(path("pipe")); });
  write_file_atomically(path("pipe"), std::string(100000, 'p'));
  reader.join();
  EXPECT_EQ(got, std::string(100000, 'p'));
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
}

TEST_F(Files, named_dash_are_standard_input_and_output) {
  const int file = ::open(path("stream").c_str(), O_RDWR | O_CREAT, 0600);
  {
    const Redirect redirect(STDOUT_FILENO, file);
    std::fputs("printed, ", stdout);
    write_file_atomically("-", "written");
  }
  ::lseek(file, 0, SEEK_SET);
  {
    const Redirect redirect(STDIN_FILENO, file);
    EXPECT_EQ(read_file("-"), "printed, written");
  }
  ::close(file);
  EXPECT_THAT(names(), testing::ElementsAre("stream")) << "no file of the name -";
}

TEST_F(Files, named_dash_are_called_by_their_names_in_errors) {
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY);
  {
    const Redirect redirect(STDIN_FILENO, folder);
    EXPECT_EQ(error_of([] { read_file("-"); }),
              "standard input: is a folder, expected a file\n"
              "  fix  < FILE, or a pipe");
  }
  std::string text;
  {
    const Redirect redirect(STDOUT_FILENO, folder);
    text = error_of([] { write_file_atomically("-", "x"); });
  }
  EXPECT_EQ(text, "standard output: cannot write: Bad file descriptor");
  ::close(folder);
}

}  // namespace
}  // namespace runnel
