#include "runnel/explain/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace runnel {
namespace {

using testing::ElementsAre;

TEST(Layout, counts_characters_and_not_bytes_or_colours) {
  EXPECT_EQ(columns("layer·direction"), 15u);
  EXPECT_EQ(columns("\x1b[34mlayer\x1b[0m"), 5u);
  EXPECT_EQ(padded("·", 3), "·  ");
  EXPECT_EQ(padded_left("·", 3), "  ·");
}

TEST(Layout, breaks_lines_at_blanks) {
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("a-long-word b", 5), ElementsAre("a-long-word", "b"));
  EXPECT_THAT(wrapped("", 5), ElementsAre(""));
}

TEST(Layout, never_breaks_at_a_blank_that_must_not) {
  EXPECT_THAT(wrapped("three 3\u00A0gates", 9), ElementsAre("three", "3 gates"));
}

TEST(Layout, indents_what_follows_the_first_line) {
  const std::string word(40, 'x');
  EXPECT_EQ(hanging("- ", "    ", word + " " + word), "- " + word + "\n    " + word + "\n");
}

TEST(Layout, puts_the_right_parts_into_one_column) {
  EXPECT_EQ(aligned_rows({{.head = "  a  ", .rest = "     ", .left = "[x]", .right = "first"},
                          {.head = "  b  ", .rest = "     ", .left = "[long]", .right = "second"}}),
            "  a  [x]     first\n"
            "  b  [long]  second\n");
}

TEST(Layout, wraps_both_parts_of_a_row_beside_each_other) {
  const std::string shape(50, 's');
  EXPECT_EQ(
      aligned_rows({{.head = "| ", .rest = ": ", .left = shape, .right = "eight and twenty places are here"},
                    {.head = "| ",
                     .rest = ": ",
                     .left = std::string(30, 'a') + " " + std::string(30, 'b'),
                     .right = "n",
                     .breakable = true}}),
      "| " + shape + "  eight and twenty places\n" + ": " + std::string(52, ' ') + "are here\n" + "| " +
          std::string(30, 'a') + std::string(22, ' ') + "n\n" + ": " + std::string(30, 'b') + "\n");
}

TEST(Layout, puts_the_right_part_below_where_its_column_would_be_narrow) {
  const std::string shape(70, 's');
  EXPECT_EQ(aligned_rows({{.head = "| ", .rest = ": ", .left = shape, .right = "what it is"}}),
            "| " + shape + "\n: what it is\n");
}

}  // namespace
}  // namespace runnel
