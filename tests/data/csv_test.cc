#include "runnel/data/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const Table& table) {
  Rows rows;
  for (int64_t row = 0; row < table.row_count(); ++row) {
    rows.emplace_back();
    for (size_t column = 0; column < table.columns().size(); ++column) {
      rows.back().push_back(table.text(row, static_cast<int64_t>(column)));
    }
  }
  return rows;
}

Table csv(std::string_view content) { return parse_csv(content, "d.csv"); }
std::string csv_error(std::string_view content) {
  return error_of([&] { csv(content); });
}
std::string tsv_error(std::string_view content) {
  return error_of([&] { parse_tsv(content, "d.tsv"); });
}

TEST(ParseCsv, reads_a_header_and_rows) {
  const Table table = csv("text,label\ngood,pos\nbad,neg\n");
  EXPECT_EQ(table.name(), "d.csv");
  EXPECT_THAT(table.columns(), ElementsAre("text", "label"));
  EXPECT_EQ(rows_of(table), (Rows{{"good", "pos"}, {"bad", "neg"}}));
}

TEST(ParseCsv, names_columns_by_number_without_a_header) {
  const Table table = parse_csv("good,pos\nbad,neg", "d.csv", {.header = false});
  EXPECT_THAT(table.columns(), ElementsAre("1", "2"));
  EXPECT_EQ(rows_of(table), (Rows{{"good", "pos"}, {"bad", "neg"}}));
  EXPECT_EQ(table.column("2"), 1);
}

TEST(ParseCsv, reads_quoted_fields) {
  EXPECT_EQ(rows_of(csv("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n\"\"\"\",\"a\r\nb\"")),
            (Rows{{"x, y", "say \"hi\""}, {"two\nlines", ""}, {"\"", "a\r\nb"}}));
}

TEST(ParseCsv, reads_empty_fields) {
  EXPECT_EQ(rows_of(csv("a,b,c\n,,\nx,,\n,,z")), (Rows{{"", "", ""}, {"x", "", ""}, {"", "", "z"}}));
  EXPECT_EQ(rows_of(csv("a\n\"\"\n")), (Rows{{""}}));
}

TEST(ParseCsv, takes_either_line_end) {
  EXPECT_EQ(rows_of(csv("a,b\r\n1,2\r\n\"3\",\"4\"\r\n")), (Rows{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(rows_of(csv("a,b\r\n1,2\n3,4\r")), (Rows{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(rows_of(csv("a,b\n1\r1,2")), (Rows{{"1\r1", "2"}}));  // a lone \r is text
}

TEST(ParseCsv, passes_over_lines_with_nothing_on_them) {
  EXPECT_EQ(rows_of(csv("\n\na,b\n\n1,2\r\n\r\n3,4\n\n\n")), (Rows{{"1", "2"}, {"3", "4"}}));
}

TEST(ParseCsv, skips_a_byte_order_mark) {
  EXPECT_THAT(csv("\xEF\xBB\xBFtext,label\na,b").columns(), ElementsAre("text", "label"));
  EXPECT_EQ(rows_of(csv("\xEF\xBB\xBF\"text\",label\na,b")), (Rows{{"a", "b"}}));
}

TEST(ParseCsv, remembers_where_each_field_stands) {
  const Table table = csv("a,b\n\"1\n1\",\"2\n\n2\"\r\n\n\u00e9,4\n");
  EXPECT_EQ(table.place(0, 0).to_string(), "d.csv:2:1");
  EXPECT_EQ(table.place(0, 1).to_string(), "d.csv:3:4");
  EXPECT_EQ(table.place(1, 0).to_string(), "d.csv:7:1");
  EXPECT_EQ(table.place(1, 1).to_string(), "d.csv:7:4");  // é has two bytes
}

TEST(ParseCsv, refuses_a_quote_that_is_never_closed) {
  EXPECT_EQ(csv_error("a,b\n1,2\n3,\"4\n5,6\n7,8\n"),
            "DataError d.csv:3:3: this quote is never closed\n"
            "  why  all that follows, to the end of the file, would be one field\n"
            "  fix  close it; a quote that is part of the text is written twice: \"\"");
  EXPECT_EQ(csv_error("\""),
            "DataError d.csv:1:1: this quote is never closed\n"
            "  why  all that follows, to the end of the file, would be one field\n"
            "  fix  close it; a quote that is part of the text is written twice: \"\"");
}

TEST(ParseCsv, refuses_a_quote_inside_a_bare_field) {
  EXPECT_EQ(csv_error("a,b\nx,5\" disk\n"),
            "DataError d.csv:2:4: a quote inside a field that does not begin with one\n"
            "  why  a field is either in quotes as a whole or without any\n"
            "  fix  put the field in quotes and write this quote twice: \"5\"\" disk\"");
  EXPECT_EQ(csv_error("a,b\nx, \"y\"\n"),
            "DataError d.csv:2:4: a blank stands before this quote\n"
            "  why  a quote opens a field only as its first byte; behind a blank it is part of the text\n"
            "  fix  begin the field with the quote");
}

TEST(ParseCsv, refuses_text_after_a_closing_quote) {
  EXPECT_EQ(csv_error("a,b\nx,\"one\n\"two,3\n"),
            "DataError d.csv:3:2: text after the quote that closes the field\n"
            "  why  the field began with the quote in line 2, byte 3\n"
            "  fix  a quote that is part of the text is written twice: \"\"");
}

TEST(ParseCsv, refuses_a_row_of_another_width) {
  EXPECT_EQ(csv_error("text,label\ngood,pos\nbad\n"),
            "DataError d.csv:3:4: the row ends after field 1, expected 2\n"
            "  columns  text, label\n"
            "  why      each row has a field for each column of the first row, an empty one too\n"
            "  fix      write what is missing; a text with a line end in it needs quotes around it");
  EXPECT_EQ(csv_error("text,label\ngood, really,pos\n"),
            "DataError d.csv:2:14: the row has 3 fields, expected 2\n"
            "  columns  text, label\n"
            "  got      \"pos\" after the last column\n"
            "  why      a comma outside quotes begins the next field\n"
            "  fix      put a text that holds commas in quotes");
  EXPECT_EQ(csv_error("a,b\n\"1\n1\",2,3\n"),
            "DataError d.csv:3:6: the row has 3 fields, expected 2\n"
            "  columns  a, b\n"
            "  got      \"3\" after the last column\n"
            "  why      a comma outside quotes begins the next field\n"
            "  fix      put a text that holds commas in quotes");
}

TEST(ParseCsv, refuses_invalid_utf8) {
  EXPECT_EQ(csv_error("text,label\na,b\ncaf\xE9,pos\n").substr(0, 54),
            "DataError d.csv:3:4: invalid UTF-8: bytes 0xE9 0x2C\n  ");
}

TEST(ParseCsv, refuses_a_file_without_rows) {
  EXPECT_EQ(csv_error(""), "DataError d.csv: is empty, expected rows");
  EXPECT_EQ(csv_error("\n\r\n"), "DataError d.csv: is empty, expected rows");
  EXPECT_EQ(csv_error("\xEF\xBB\xBF"), "DataError d.csv: is empty, expected rows");
  EXPECT_EQ(csv_error("text,label\n"),
            "DataError d.csv: has a header and no rows\n"
            "  why  the first row was taken for the names of the columns\n"
            "  fix  --no-header, if it is a row like others");
}

TEST(ParseTsv, takes_quotes_as_text) {
  EXPECT_EQ(rows_of(parse_tsv("a\tb\n\"x\t5\" disk, or so\r\n\t\n", "d.tsv")),
            (Rows{{"\"x", "5\" disk, or so"}, {"", ""}}));
}

TEST(ParseTsv, refuses_a_row_of_another_width) {
  EXPECT_EQ(tsv_error("a\tb\n1\n"),
            "DataError d.tsv:2:2: the row ends after field 1, expected 2\n"
            "  columns  a, b\n"
            "  why      each row has a field for each column of the first row, an empty one too\n"
            "  fix      write what is missing; a text with a line end in it needs quotes around it");
  EXPECT_EQ(tsv_error("a\tb\n1\t2\t3\n"),
            "DataError d.tsv:2:5: the row has 3 fields, expected 2\n"
            "  columns  a, b\n"
            "  got      \"3\" after the last column\n"
            "  why      a tab begins the next field\n"
            "  fix      a text in TSV holds no tabs; in CSV it may, in quotes");
}

TEST(ToCsvLine, quotes_what_must_be_quoted) {
  using Fields = std::vector<std::string>;
  EXPECT_EQ(to_csv_line(Fields{"plain", "two words", ""}), "plain,two words,");
  EXPECT_EQ(to_csv_line(Fields{"a,b", "say \"hi\"", "x\ny", "\r"}),
            "\"a,b\",\"say \"\"hi\"\"\",\"x\ny\",\"\r\"");
  EXPECT_EQ(to_csv_line(Fields{""}), "\"\"");
  EXPECT_EQ(to_csv_line(Fields{}), "");
}

rc::Gen<std::string> fields() {
  const auto piece =
      rc::gen::element<std::string>("a", "é", " ", ",", "\"", "\n", "\r", "\r\n", "\t", "\"\"", "\uFEFF");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const auto& pieces) {
    std::string text;
    for (const std::string& next : pieces) text += next;
    return text;
  });
}

RC_GTEST_PROP(Csv, gives_back_what_was_written, ()) {
  const auto columns = *rc::gen::inRange<size_t>(1, 5);
  const Rows rows = *rc::gen::nonEmpty(
      rc::gen::container<Rows>(rc::gen::container<std::vector<std::string>>(columns, fields())));
  const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n");
  std::string content;
  for (const auto& row : rows) content += to_csv_line(row) + line_end;
  RC_ASSERT(rows_of(parse_csv(content, "d.csv", {.header = false})) == rows);
  content.resize(content.size() - line_end.size());
  RC_ASSERT(rows_of(parse_csv(content, "d.csv", {.header = false})) == rows);
}

RC_GTEST_PROP(Csv, knows_the_place_of_every_field, ()) {
  const Rows rows =
      *rc::gen::nonEmpty(rc::gen::container<Rows>(rc::gen::container<std::vector<std::string>>(2, fields())));
  std::string content;
  for (const auto& row : rows) content += to_csv_line(row) + "\n";
  const Table table = parse_csv(content, "d.csv", {.header = false});
  std::vector<size_t> line_starts = {0};
  for (size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\n') line_starts.push_back(i + 1);
  }
  for (int64_t row = 0; row < table.row_count(); ++row) {
    for (int64_t column = 0; column < 2; ++column) {
      const DataPlace place = table.place(row, column);
      const size_t start =
          line_starts.at(static_cast<size_t>(place.line - 1)) + static_cast<size_t>(place.column - 1);
      // From its place on, the rest of the row reads as this field.
      const std::string rest = content.substr(start);
      const bool after_delimiter = start == 0 || content[start - 1] == ',' || content[start - 1] == '\n';
      RC_ASSERT(after_delimiter);
      const std::string line = to_csv_line(std::vector<std::string>{table.text(row, column), ""});
      RC_ASSERT(rest.starts_with(line.substr(0, line.size() - 1)));
    }
  }
}

RC_GTEST_PROP(Csv, survives_damage, (std::vector<std::pair<size_t, char>> changes, size_t cut, bool tabs)) {
  std::string content = "text,label\n\"one, \"\"two\"\"\nthree\",pos\r\nfour\té,neg\n";
  for (const auto& [place, byte] : changes) content[place % content.size()] = byte;
  content.resize(content.size() - cut % content.size());
  try {
    tabs ? parse_tsv(content, "d") : parse_csv(content, "d");
  } catch (const DataError& error) {
    RC_ASSERT(error.place().file == "d");
  }
}

RC_GTEST_PROP(Csv, survives_any_mixture_of_its_special_characters, ()) {
  const auto content =
      *rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', '\t', ' '));
  try {
    parse_csv(content, "d");
  } catch (const DataError& error) {
    RC_ASSERT(error.place().file == "d");
  }
}

}  // namespace
}  // namespace runnel
