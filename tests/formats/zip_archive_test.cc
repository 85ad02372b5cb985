#include "runnel/formats/zip_archive.h"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::data_file;
using formats_test::error_text;
using formats_test::little_endian;
using testing::ElementsAre;
using testing::HasSubstr;

/// An entry of a list of entries, and where it stands in the archive. Source: PKWARE's APPNOTE.TXT, 4.3.12.
struct DirectoryPlace {
  size_t flags, method, packed, unpacked, offset, name;
};

/// Where the list says what about entry i.
DirectoryPlace directory_place(const std::string& zip, int i) {
  size_t start = 0;
  for (int n = 0; n <= i; ++n) start = zip.find("PK\1\2", start + 1);
  return {start + 8, start + 10, start + 20, start + 24, start + 42, start + 46};
}

/// An archive that both the list and the entry itself lie in: `size` bytes at the two places are set to
/// `value`.
std::string lie(std::string zip, size_t in_entry, size_t in_list, uint64_t value, int size) {
  const std::string number = little_endian(value, size);
  std::copy(number.begin(), number.end(), zip.begin() + static_cast<std::ptrdiff_t>(in_entry));
  std::copy(number.begin(), number.end(), zip.begin() + static_cast<std::ptrdiff_t>(in_list));
  return zip;
}

std::string error_of(const std::string& bytes) {
  return error_text<FormatError>([&] {
    ZipReader zip(bytes, "x.zip");
    for (size_t i = 0; i < zip.entries().size(); ++i) zip.read(i);
  });
}

const std::vector<ZipEntry> kTwo = {{"b.txt", "hello"}, {"a/é.bin", std::string(3000, 'a')}};

TEST(ZipArchive, returns_what_was_written) {
  for (bool compressed : {false, true}) {
    const std::string bytes = write_zip(kTwo, compressed);
    ZipReader zip(bytes, "x.zip");
    EXPECT_THAT(zip.entries(), ElementsAre("b.txt", "a/é.bin"));
    EXPECT_EQ(zip.read(1), kTwo[1].bytes);
    EXPECT_EQ(zip.read(0), "hello");
  }
}

TEST(ZipArchive, compresses) {
  EXPECT_GT(write_zip(kTwo, false).size(), 3000u);
  EXPECT_LT(write_zip(kTwo, true).size(), 400u);
}

TEST(ZipArchive, may_be_empty) {
  const std::string bytes = write_zip({}, false);
  EXPECT_EQ(bytes, data_file("no_arrays.npz"));
  EXPECT_TRUE(ZipReader(bytes, "x.zip").entries().empty());
}

TEST(ZipArchive, holds_empty_entries) {
  const std::string bytes = write_zip(std::vector<ZipEntry>{{"empty", ""}}, true);
  EXPECT_EQ(ZipReader(bytes, "x.zip").read(0), "");
}

TEST(ZipArchive, has_the_same_bytes_in_every_time_zone) {
  const std::string here = write_zip(kTwo, false);
  for (const char* zone : {"Pacific/Kiritimati", "America/Anchorage", "UTC"}) {
    setenv("TZ", zone, 1);
    tzset();
    EXPECT_EQ(write_zip(kTwo, false), here) << zone;
  }
  unsetenv("TZ");
  tzset();
}

TEST(ZipArchive, dates_entries_1980) {
  // APPNOTE.TXT 4.3.7: time and date are two bytes each, from byte 10 of an entry.
  EXPECT_EQ(write_zip(kTwo, false).substr(10, 4), std::string("\0\0\x21\0", 4));
}

TEST(ZipArchive, refuses_what_is_no_zip) {
  EXPECT_EQ(error_of("\x93NUMPY\1"),
            "x.zip: byte 0: not a zip archive\n"
            "  expected  \"PK\"\n"
            "  got       \"\\x93NUMPY\\x01\"\n"
            "  why       an .npz is a zip archive of .npy files\n"
            "  fix       numpy.savez('x.npz', input=x)");
  EXPECT_EQ(error_of(""),
            "x.zip: byte 0: not a zip archive\n"
            "  expected  \"PK\"\n"
            "  got       an empty file\n"
            "  why       an .npz is a zip archive of .npy files\n"
            "  fix       numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_a_file_that_is_cut_off) {
  const std::string bytes = write_zip(kTwo, false);
  EXPECT_EQ(error_of(bytes.substr(0, 1000)),
            "x.zip: byte 1000: the list of entries at the end of the zip archive cannot be used\n"
            "  got  Not a zip archive\n"
            "  why  the file was cut off or changed\n"
            "  fix  copy it again, or write it again:\n"
            "       numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_bytes_after_its_end) {
  const std::string bytes = write_zip(kTwo, false);
  EXPECT_THAT(error_of(bytes + "x"),
              HasSubstr("the list of entries at the end of the zip archive cannot be used"));
}

TEST(ZipArchive, refuses_a_wrong_checksum) {
  std::string bytes = write_zip(kTwo, false);
  bytes[bytes.find("hello")] = 'j';
  EXPECT_EQ(error_of(bytes),
            "x.zip: b.txt: byte 5: the entry cannot be unpacked\n"
            "  got  CRC error\n"
            "  why  bytes were changed or lost since the archive was written\n"
            "  fix  copy it again, or write it again:\n"
            "       numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_a_stored_size_that_differs) {
  const std::string bytes = write_zip(kTwo, false);
  EXPECT_EQ(error_of(lie(bytes, 22, directory_place(bytes, 0).unpacked, 6, 4)),
            "x.zip: b.txt: byte 0: the entry states a size that cannot be\n"
            "  expected  what 5 packed bytes can hold\n"
            "  got       6 bytes\n"
            "  why       no program writes such an archive: it was damaged, or made to fill the memory\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_a_size_that_deflate_cannot_have_packed) {
  const std::string bytes = write_zip(std::vector<ZipEntry>{{"w.npy", std::string(3000, 'a')}}, true);
  const std::string absurd = lie(bytes, 22, directory_place(bytes, 0).unpacked, 4000000000, 4);
  EXPECT_THAT(error_of(absurd),
              testing::MatchesRegex("x.zip: w.npy: byte 0: the entry states a size that cannot be\n"
                                    "  expected  what [0-9]+ packed bytes can hold\n"
                                    "  got       4000000000 bytes\n"
                                    "  why       no program writes such an archive: .*\n"
                                    "  fix       copy it again, or write it again:\n"
                                    "            numpy.savez\\('x.npz', input=x\\)"));
}

TEST(ZipArchive, refuses_a_size_that_is_not_what_unpacks) {
  const std::string bytes = write_zip(std::vector<ZipEntry>{{"w.npy", std::string(3000, 'a')}}, true);
  EXPECT_EQ(error_of(lie(bytes, 22, directory_place(bytes, 0).unpacked, 3001, 4)),
            "x.zip: w.npy: byte 3000: the entry has another size than it states\n"
            "  expected  3001 bytes\n"
            "  got       3000 bytes\n"
            "  why       bytes were changed or lost since the archive was written\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.savez('x.npz', input=x)");
  EXPECT_THAT(error_of(lie(bytes, 22, directory_place(bytes, 0).unpacked, 2999, 4)),
              HasSubstr("x.zip: w.npy: byte 3000: the entry"));
}

/// The head of a stored entry, and its line in the list. Source: APPNOTE.TXT 4.3.7 and 4.3.12.
std::string entry_head(char name, size_t size) {
  return "PK\3\4" + little_endian(20, 2) + std::string(12, '\0') + little_endian(size, 4) +
         little_endian(size, 4) + little_endian(1, 2) + std::string(2, '\0') + name;
}
std::string list_line(char name, size_t size, size_t offset) {
  return "PK\1\2" + little_endian(20, 2) + little_endian(20, 2) + std::string(12, '\0') +
         little_endian(size, 4) + little_endian(size, 4) + little_endian(1, 2) + std::string(12, '\0') +
         little_endian(offset, 4) + name;
}

TEST(ZipArchive, refuses_entries_that_share_bytes) {
  // c lies inside b, and b inside a: each byte of c would be unpacked three times.
  const std::string c = entry_head('c', 1000) + std::string(1000, 'x');
  const std::string b = entry_head('b', c.size()) + c;
  const std::string a = entry_head('a', b.size()) + b;
  const std::string list =
      list_line('a', b.size(), 0) + list_line('b', c.size(), 31) + list_line('c', 1000, 62);
  const std::string end = "PK\5\6" + little_endian(0, 4) + little_endian(3, 2) + little_endian(3, 2) +
                          little_endian(list.size(), 4) + little_endian(a.size(), 4) + little_endian(0, 2);
  EXPECT_EQ(error_of(a + list + end),
            "x.zip: byte 0: the entries of the zip archive overlap\n"
            "  expected  at most 1256 packed bytes, the size of the file\n"
            "  got       3093 packed bytes\n"
            "  why       no program writes such an archive: it was damaged, or made to fill the memory\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_a_name_twice) {
  std::string bytes = write_zip(std::vector<ZipEntry>{{"aa", "1"}, {"ab", "2"}}, false);
  for (size_t at = bytes.find("ab"); at != bytes.npos; at = bytes.find("ab")) bytes[at + 1] = 'a';
  EXPECT_EQ(error_of(bytes), "x.zip: byte " + std::to_string(bytes.size()) +
                                 ": the list of entries at the end of the zip archive cannot be used\n"
                                 "  got  File already exists\n"
                                 "  why  the file was cut off or changed\n"
                                 "  fix  copy it again, or write it again:\n"
                                 "       numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_more_than_a_hundred_times_its_own_size) {
  Generator random(1);
  std::string noise(300000, '\0');  // deflate cannot make it smaller
  for (char& c : noise) c = static_cast<char>(random.below(256));
  const std::string bytes = write_zip(std::vector<ZipEntry>{{"w.npy", noise}}, true);
  const auto stating = [&](uint64_t size) {
    return lie(bytes, 22, directory_place(bytes, 0).unpacked, size, 4);
  };
  EXPECT_EQ(
      error_of(stating(300000000)),
      "x.zip: byte 0: the zip archive would unpack to far more than its own size\n"
      "  expected  at most 268435456 bytes\n"
      "  got       300000000 bytes\n"
      "  why       a small file that fills the memory may be an attack; many equal numbers pack as well\n"
      "  fix       if the arrays are real: numpy.savez('x.npz', **numpy.load('x.zip'))");
  // 200 MB are few enough for any archive; so unpacking starts, and shows the lie.
  EXPECT_EQ(error_of(stating(200000000)),
            "x.zip: w.npy: byte 300000: the entry has another size than it states\n"
            "  expected  200000000 bytes\n"
            "  got       300000 bytes\n"
            "  why       bytes were changed or lost since the archive was written\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, refuses_other_ways_of_packing) {
  const std::string bytes = write_zip(kTwo, false);
  EXPECT_EQ(error_of(lie(bytes, 8, directory_place(bytes, 0).method, 1, 2)),
            "x.zip: b.txt: byte 0: the entry is packed in a way that is not known\n"
            "  expected  method 0 (stored) or 8 (deflated)\n"
            "  got       method 1\n"
            "  why       numpy.savez stores, numpy.savez_compressed deflates; other programs know more ways\n"
            "  fix       numpy.savez('x.npz', **numpy.load('x.zip'))");
}

TEST(ZipArchive, refuses_encryption) {
  const std::string bytes = write_zip(kTwo, false);
  EXPECT_EQ(error_of(lie(bytes, 6, directory_place(bytes, 0).flags, 1, 2)),
            "x.zip: b.txt: byte 0: the entry is encrypted\n"
            "  why  it takes a password to read it, and none can be given here\n"
            "  fix  an archive without one: numpy.savez('x.npz', input=x)");
}

TEST(ZipArchive, quotes_a_name_with_spaces) {
  std::string bytes = write_zip(std::vector<ZipEntry>{{"a b", "hello"}}, false);
  bytes[bytes.find("hello")] = 'j';
  EXPECT_THAT(error_of(bytes), HasSubstr("x.zip: \"a b\": byte 5: the entry cannot be unpacked"));
}

}  // namespace
}  // namespace runnel
