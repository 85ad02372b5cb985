#include "runnel/text/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::HasSubstr;

std::string error_text(std::string_view text, const DataPlace& start = {"a.txt", 1, 1}) {
  return error_of([&] { require_utf8(text, start); });
}

TEST(Utf8, accepts_characters_of_every_length) {
  EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("plain ASCII, long enough for whole words"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("é ß € 日本 😀 \U0010FFFF \uD7FF \uE000"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(Utf8, finds_the_first_byte_at_fault) {
  EXPECT_EQ(find_invalid_utf8("\x80"), 0u);
  EXPECT_EQ(find_invalid_utf8("abc\xFFxyz\xFF"), 3u);
  EXPECT_EQ(find_invalid_utf8("0123456789é\xE9 "), 12u);
  EXPECT_EQ(find_invalid_utf8("ab\xE2\x82"), 2u);
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);          // two bytes for '/'
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\xAF"), 0u);      // three
  EXPECT_EQ(find_invalid_utf8("\xF0\x80\x80\xAF"), 0u);  // four
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // past U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xF5\x80\x80\x80"), 0u);
}

/// The bytes of a code point, by the definition of UTF-8.
std::string encode(uint32_t c) {
  const auto byte = [](uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)),
          byte(0x80 | (c & 0x3F))};
}

TEST(Utf8, knows_every_character_and_no_other) {
  for (uint32_t c = 0; c < 0x200000; ++c) {
    const bool character = c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
    const std::string bytes = encode(c);
    ASSERT_EQ(utf8_length_at(bytes, 0), character ? static_cast<int>(bytes.size()) : 0) << c;
  }
}

RC_GTEST_PROP(Utf8, holds_no_character_in_the_tail_of_another, ()) {
  const auto c = *rc::gen::inRange<uint32_t>(0x80, 0xD800);
  const std::string bytes = encode(c);
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    RC_ASSERT(find_invalid_utf8(bytes.substr(cut)) == 0u);
    RC_ASSERT(find_invalid_utf8("abcdefgh" + bytes.substr(0, cut)) == 8u);
  }
}

TEST(Utf8, counts_lines_and_bytes_to_a_place) {
  const std::string text = "one\ntwo\r\nthree";
  EXPECT_EQ(place_in(text, 0, {"f", 1, 1}).to_string(), "f:1:1");
  EXPECT_EQ(place_in(text, 3, {"f", 1, 1}).to_string(), "f:1:4");
  EXPECT_EQ(place_in(text, 4, {"f", 1, 1}).to_string(), "f:2:1");
  EXPECT_EQ(place_in(text, 11, {"f", 1, 1}).to_string(), "f:3:3");
  EXPECT_EQ(place_in(text, 2, {"f", 7, 10}).to_string(), "f:7:12");
  EXPECT_EQ(place_in(text, 4, {"f", 7, 10}).to_string(), "f:8:1");
}

TEST(Utf8, names_the_place_the_bytes_and_the_cause) {
  EXPECT_EQ(error_text("good\nbad \xE9t\xE9\n"),
            "DataError a.txt:2:5: invalid UTF-8: bytes 0xE9 0x74\n"
            "  why  0xE9 begins a character of 3 bytes, and 0x74 does not continue it\n"
            "  fix  save the text as UTF-8; from Windows-1252 or Latin-1: iconv -f WINDOWS-1252 -t UTF-8 OLD "
            "> NEW");
  EXPECT_THAT(error_text("\xFF"), HasSubstr("DataError a.txt:1:1: invalid UTF-8: byte 0xFF\n"
                                            "  why  this byte occurs in no UTF-8 text\n"));
  EXPECT_THAT(error_text("a\x80"), HasSubstr("DataError a.txt:1:2: invalid UTF-8: byte 0x80\n"
                                             "  why  this byte continues a character, but none was begun\n"));
  EXPECT_THAT(
      error_text("\xE2\x82"),
      HasSubstr(
          "bytes 0xE2 0x82\n  why  0xE2 begins a character of 3 bytes, and the text ends before it does"));
  EXPECT_THAT(error_text("\xE2"), HasSubstr("byte 0xE2\n"));
  EXPECT_THAT(error_text("\xED\xA0\x80"),
              HasSubstr("bytes 0xED 0xA0\n  why  this is half of a UTF-16 surrogate pair, never in UTF-8"));
  EXPECT_THAT(error_text("\xF4\x90\x80\x80"), HasSubstr("why  this is past U+10FFFF, the last character"));
  EXPECT_THAT(error_text("\xE0\x80\xAF"),
              HasSubstr("why  this spells a character with more bytes than it needs"));
  EXPECT_THAT(error_text("\xF0\x8F\xBF\xBF"),
              HasSubstr("why  this spells a character with more bytes than it needs"));
}

TEST(Utf8, recognises_a_file_in_utf_16) {
  EXPECT_EQ(error_text(std::string_view("\xFF\xFEt\0", 4)),
            "DataError a.txt:1:1: invalid UTF-8: bytes 0xFF 0xFE\n"
            "  why  these bytes begin a UTF-16 file\n"
            "  fix  convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW");
  EXPECT_THAT(error_text("\xFF\xFE", {"a.txt", 3, 1}),
              HasSubstr("DataError a.txt:3:1: invalid UTF-8: byte 0xFF\n"));
}

}  // namespace
}  // namespace runnel
