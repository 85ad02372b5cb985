#include "runnel/formats/names.h"

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(IsUtf8, takes_well_formed_text) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("é € 😀 \U0010FFFF"));
}

TEST(IsUtf8, refuses_what_rfc_3629_refuses) {
  EXPECT_FALSE(is_utf8("\x80"));              // a continuation alone
  EXPECT_FALSE(is_utf8("\xc3"));              // cut off
  EXPECT_FALSE(is_utf8("\xc3("));             // no continuation
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong, two bytes
  EXPECT_FALSE(is_utf8("\xe0\x9f\xbf"));      // overlong, three bytes
  EXPECT_FALSE(is_utf8("\xf0\x8f\xbf\xbf"));  // overlong, four bytes
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(is_utf8("\xff"));
}

TEST(Quote, keeps_what_prints) { EXPECT_EQ(quote("layer.0/é 😀"), "\"layer.0/é 😀\""); }

TEST(Quote, escapes_what_does_not_print) {
  EXPECT_EQ(quote("a\"b\\c\nd\x1b[31m\x7f"), R"("a\"b\\c\nd\x1b[31m\x7f")");
  EXPECT_EQ(quote(std::string_view("\0", 1)), R"("\x00")");
  EXPECT_EQ(quote("\xc2\x9b"), R"("\xc2\x9b")");  // U+009B, a control character
}

TEST(Quote, escapes_what_is_not_utf8) { EXPECT_EQ(quote("\x93NUMPY\xc3"), R"("\x93NUMPY\xc3")"); }

TEST(Quote, cuts_a_long_text) {
  EXPECT_EQ(quote(std::string(1000, 'x')), "\"" + std::string(60, 'x') + "…\"");
}

TEST(DisplayName, calls_a_dash_standard_input) {
  EXPECT_EQ(display_name("-"), "standard input");
  EXPECT_EQ(display_name("x.npy"), "x.npy");
}

}  // namespace
}  // namespace runnel
