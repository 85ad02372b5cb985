#include "runnel/text/byte_source.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sstream>

#include "runnel/base/error.h"

namespace runnel {
namespace {

TEST(ByteSource, takes_lines_without_their_ends) {
  std::istringstream stream("one\ntwo\r\n\nlast");
  ByteSource source(stream, "f");
  EXPECT_EQ(source.take_line(1), "one");
  EXPECT_EQ(source.offset(), 4);
  EXPECT_EQ(source.take_line(2), "two");
  EXPECT_EQ(source.take_line(3), "");
  EXPECT_EQ(source.take_line(4), "last");
  EXPECT_EQ(source.take_line(5), std::nullopt);
  EXPECT_EQ(source.offset(), 14);
}

TEST(ByteSource, looks_ahead_without_taking) {
  std::istringstream stream("abcdef");
  ByteSource source(stream, "f");
  EXPECT_EQ(source.peek(0), "");
  EXPECT_EQ(source.peek(3), "abc");
  EXPECT_EQ(source.take(2), "ab");
  EXPECT_EQ(source.peek(100), "cdef");
  EXPECT_EQ(source.take(100), "cdef");
  EXPECT_EQ(source.take(1), "");
  EXPECT_EQ(source.offset(), 6);
}

TEST(ByteSource, reads_past_its_window) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + "\n";
  std::istringstream stream(text);
  ByteSource source(stream, "f");
  for (int i = 0; i < 300'000; ++i) ASSERT_EQ(source.take_line(i), std::to_string(i));
  EXPECT_EQ(source.take_line(0), std::nullopt);
}

TEST(ByteSource, refuses_a_line_without_end) {
  std::istringstream stream(std::string(40 << 20, 'x'));
  ByteSource source(stream, "vectors.txt");
  try {
    source.take_line(3);
    FAIL() << "expected a DataError";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(),
                 "vectors.txt:3: the line is longer than 16 MiB\n"
                 "  why  a word and its vector stand on a line; this looks like another kind of file\n"
                 "  fix  head -c 300 vectors.txt shows how it begins");
  }
}

}  // namespace
}  // namespace runnel
