#include "runnel/data/read_table.h"

#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TableFormat, follows_from_the_end_of_the_name) {
  EXPECT_EQ(table_format_of("a/b.csv"), TableFormat::csv);
  EXPECT_EQ(table_format_of("B.CSV"), TableFormat::csv);
  EXPECT_EQ(table_format_of("x.tsv"), TableFormat::tsv);
  EXPECT_EQ(table_format_of("x.tab"), TableFormat::tsv);
  EXPECT_EQ(table_format_of("x.csv.jsonl"), TableFormat::jsonl);
  EXPECT_EQ(table_format_of("x.ndjson"), TableFormat::jsonl);
  EXPECT_EQ(table_format_of("x.txt"), TableFormat::text);
  EXPECT_EQ(error_of([] { table_format_of("data.xlsx"); }),
            "OptionError the name \"data.xlsx\" does not tell the format of the file\n"
            "  expected  a name that ends in .csv, .tsv, .jsonl or .txt\n"
            "  why       a spreadsheet is no text\n"
            "  fix       save it as CSV: libreoffice --convert-to csv data.xlsx");
  EXPECT_THROW(table_format_of("-"), OptionError);
}

TEST(TableFormat, has_names) {
  for (TableFormat format :
       {TableFormat::automatic, TableFormat::csv, TableFormat::tsv, TableFormat::jsonl, TableFormat::text}) {
    EXPECT_EQ(parse_table_format(to_string(format)), format);
  }
  EXPECT_EQ(error_of([] { parse_table_format("xml"); }),
            "OptionError there is no format \"xml\"\n"
            "  expected  csv, tsv, jsonl, text or automatic");
}

TEST(ParseTable, reads_each_format) {
  EXPECT_EQ(parse_table("a,b\n1,2", "x.csv").text(0, 1), "2");
  EXPECT_EQ(parse_table("a\tb\n1\t2", "x.tsv").text(0, 1), "2");
  EXPECT_EQ(parse_table("{\"a\": 1, \"b\": 2}", "x.jsonl").text(0, 1), "2");
  EXPECT_EQ(parse_table("a,b", "x.txt").text(0, 0), "a,b");
  EXPECT_EQ(parse_table("a,b", "memory", {.format = TableFormat::csv, .header = false}).text(0, 1), "b");
  EXPECT_EQ(parse_table("a\tb", "x.csv", {.format = TableFormat::tsv, .header = false}).text(0, 1), "b");
}

TEST(ParseLines, makes_a_row_of_each_line) {
  const Table table = parse_lines("one\r\n\n \"three\", and more\n", "x.txt");
  EXPECT_THAT(table.columns(), ElementsAre("text"));
  EXPECT_THAT(table.texts(0), ElementsAre("one", "", " \"three\", and more"));
  EXPECT_EQ(table.place(2, 0).to_string(), "x.txt:3:1");
  EXPECT_THAT(parse_lines("\n", "x.txt").texts(0), ElementsAre(""));
  EXPECT_THAT(parse_lines("no line end", "x.txt").texts(0), ElementsAre("no line end"));
}

TEST(ParseLines, skips_a_byte_order_mark) {
  const Table table = parse_lines("\xEF\xBB\xBFone\ntwo", "x.txt");
  EXPECT_THAT(table.texts(0), ElementsAre("one", "two"));
  EXPECT_EQ(table.place(0, 0).column, 4);
  EXPECT_EQ(table.place(1, 0).column, 1);
}

TEST(ParseLines, refuses_a_text_without_lines_or_utf8) {
  EXPECT_EQ(error_of([] { parse_lines("", "x.txt"); }), "DataError x.txt: is empty, expected rows");
  EXPECT_EQ(error_of([] { parse_lines("\xEF\xBB\xBF", "x.txt"); }),
            "DataError x.txt: is empty, expected rows");
  EXPECT_THAT(error_of([] { parse_lines("1\n2\n3\n4\n5\n6\nse\xFFven\n", "x.txt"); }),
              HasSubstr("DataError x.txt:7:3: invalid UTF-8: byte 0xFF"));
}

TEST(ReadTable, reads_a_file) {
  const std::string path = testing::TempDir() + "runnel_read_table.csv";
  std::ofstream(path) << "text,label\na,b\n";
  const Table table = read_table(path);
  EXPECT_EQ(table.text(0, 1), "b");
  EXPECT_EQ(table.place(0, 1).to_string(), path + ":2:3");
  EXPECT_EQ(read_table(path, {.format = TableFormat::text}).row_count(), 2);
  EXPECT_EQ(read_table(path, {.header = false}).row_count(), 2);
}

/// Standard input comes from a file for a while.
class StandardInput {
 public:
  explicit StandardInput(const std::string& path) : saved_(::dup(STDIN_FILENO)) {
    const int file = ::open(path.c_str(), O_RDONLY);
    ::dup2(file, STDIN_FILENO);
    ::close(file);
  }
  ~StandardInput() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int saved_;
};

TEST(ReadTable, reads_the_standard_input) {
  const std::string path = testing::TempDir() + "runnel_standard_input.csv";
  std::ofstream(path) << "text,label\na,b\n";
  const StandardInput input(path);
  const Table table = read_table("-", {.format = TableFormat::csv});
  EXPECT_EQ(table.place(0, 1).to_string(), "standard input:2:3");
  EXPECT_THROW(read_table("-"), OptionError);
}

TEST(ReadTable, says_why_a_file_cannot_be_read) {
  const std::string path = testing::TempDir() + "no_such_file.csv";
  EXPECT_THAT(error_of([&] { read_table(path); }),
              testing::StartsWith("DataError " + path + ": cannot open: No such file or directory\n  fix  "));
}

}  // namespace
}  // namespace runnel
