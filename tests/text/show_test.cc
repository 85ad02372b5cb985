#include "runnel/text/show.h"

#include <gtest/gtest.h>
#include <vector>

namespace runnel {
namespace {

TEST(InQuotes, keeps_what_a_line_can_show) {
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("naïve 日本"), "\"naïve 日本\"");
}

TEST(InQuotes, escapes_what_a_line_cannot_show) {
  EXPECT_EQ(in_quotes("a\tb\r\n"), "\"a\\tb\\r\\n\"");
  EXPECT_EQ(in_quotes("\x1B[31m\x7F"), "\"\\x1B[31m\\x7F\"");
  EXPECT_EQ(in_quotes("caf\xE9"), "\"caf\\xE9\"");
  EXPECT_EQ(in_quotes("\u0085"), "\"\\u0085\"");
}

TEST(Escaped, is_one_whole_line) {
  EXPECT_EQ(escaped(std::string(70, 'a') + "\n\t\x1B"), std::string(70, 'a') + "\\n\\t\\x1B");
  EXPECT_EQ(escaped(""), "");
}

TEST(InQuotes, cuts_a_long_text_between_characters) {
  EXPECT_EQ(in_quotes(std::string(60, 'a')), '"' + std::string(60, 'a') + '"');
  EXPECT_EQ(in_quotes(std::string(61, 'a')), '"' + std::string(60, 'a') + "…\"");
  EXPECT_EQ(in_quotes(std::string(59, 'a') + "é"), '"' + std::string(59, 'a') + "…\"");
}

TEST(ColumnsOf, counts_what_a_terminal_needs) {
  EXPECT_EQ(columns_of("a naïve"), 7u);
  EXPECT_EQ(columns_of("日本語"), 6u);
  EXPECT_EQ(columns_of("e\u0301"), 1u);  // an accent on the letter before it
  EXPECT_EQ(columns_of(""), 0u);
}

TEST(Listed, shows_ten_names_and_counts_the_rest) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(listed(Names{}), "none");
  EXPECT_EQ(listed(Names{"text", "", "label"}), "text, \"\", label");
  EXPECT_EQ(listed(Names(10, "x")), "x, x, x, x, x, x, x, x, x, x");
  EXPECT_EQ(listed(Names(11, "x")), "x, x, x, x, x, x, x, x, x, x, … (11 in all)");
}

}  // namespace
}  // namespace runnel
