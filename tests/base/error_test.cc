#include "runnel/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace runnel {
namespace {

TEST(Error, is_its_summary_when_there_are_no_details) {
  const Error error("nothing fits");
  EXPECT_STREQ(error.what(), "nothing fits");
  EXPECT_EQ(error.summary(), "nothing fits");
  EXPECT_TRUE(error.details().empty());
  EXPECT_EQ(error.kind(), "Error");
}

TEST(Error, puts_a_line_below_the_summary_for_each_detail_and_aligns_the_texts) {
  const Error error("sizes differ", {{"expected", "[batch=3]"}, {"got", "[batch=4]"}, {"fix", "give 3"}});
  EXPECT_STREQ(error.what(),
               "sizes differ\n"
               "  expected  [batch=3]\n"
               "  got       [batch=4]\n"
               "  fix       give 3");
  ASSERT_EQ(error.details().size(), 3u);
  EXPECT_EQ(error.details()[1].label, "got");
  EXPECT_EQ(error.details()[1].text, "[batch=4]");
}

TEST(Error, indents_the_further_lines_of_a_detail) {
  const Error error("two weights are missing", {{"missing", "a [2]\nb [3]"}, {"fix", "add them"}});
  EXPECT_STREQ(error.what(),
               "two weights are missing\n"
               "  missing  a [2]\n"
               "           b [3]\n"
               "  fix      add them");
}

TEST(Error, keeps_braces_as_they_are) {
  EXPECT_STREQ(Error("GRU({.input_size = 64})", {{"fix", "{}"}}).what(),
               "GRU({.input_size = 64})\n  fix  {}");
}

TEST(OptionError, says_its_kind) {
  const OptionError error("GRU: hidden_size is 0, expected 1 or more");
  EXPECT_EQ(error.kind(), "OptionError");
  EXPECT_STREQ(error.what(), "GRU: hidden_size is 0, expected 1 or more");
}

TEST(NumericError, says_its_kind) { EXPECT_EQ(NumericError("the loss is nan").kind(), "NumericError"); }

TEST(DataPlace, shows_what_is_known_of_a_place) {
  EXPECT_EQ((DataPlace{.file = "data.csv"}.to_string()), "data.csv");
  EXPECT_EQ((DataPlace{.file = "data.csv", .line = 7}.to_string()), "data.csv:7");
  EXPECT_EQ((DataPlace{.file = "data.csv", .line = 7, .column = 12}.to_string()), "data.csv:7:12");
}

TEST(DataError, begins_with_the_place) {
  const DataError error({.file = "data.csv", .line = 7, .column = 12}, "this is no UTF-8",
                        {{"got", "byte 0xff"}});
  EXPECT_STREQ(error.what(),
               "data.csv:7:12: this is no UTF-8\n"
               "  got  byte 0xff");
  EXPECT_EQ(error.place().file, "data.csv");
  EXPECT_EQ(error.place().line, 7);
  EXPECT_EQ(error.place().column, 12);
  EXPECT_EQ(error.kind(), "DataError");
}

TEST(FormatError, begins_with_the_file_and_the_byte) {
  const FormatError error("model.safetensors", 8, "the header is cut short");
  EXPECT_STREQ(error.what(), "model.safetensors: byte 8: the header is cut short");
  EXPECT_EQ(error.file(), "model.safetensors");
  EXPECT_EQ(error.offset(), 8);
  EXPECT_EQ(error.kind(), "FormatError");
}

TEST(Error, can_be_caught_by_its_base_and_still_says_its_kind) {
  try {
    throw DataError({.file = "data.csv"}, "is empty");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "DataError");
    EXPECT_EQ(error.summary(), "data.csv: is empty");
  }
}

}  // namespace
}  // namespace runnel
