#include "runnel/data/jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Table jsonl(std::string_view content) { return parse_jsonl(content, "d.jsonl"); }
std::string jsonl_error(std::string_view content) {
  return error_of([&] { jsonl(content); });
}

TEST(ParseJsonl, takes_the_keys_of_the_first_object_as_columns) {
  const Table table = jsonl(
      "{\"text\": \"good\", \"label\": \"pos\"}\r\n\n{\"label\": \"neg\", \"more\": 1, \"text\": \"bad\"}");
  EXPECT_THAT(table.columns(), ElementsAre("text", "label"));
  EXPECT_THAT(table.texts(0), ElementsAre("good", "bad"));
  EXPECT_THAT(table.texts(1), ElementsAre("pos", "neg"));
  EXPECT_EQ(table.place(1, 0).to_string(), "d.jsonl:3");
}

TEST(ParseJsonl, spells_values_as_the_file_does) {
  const Table table = jsonl(
      "{\"v\": \"a\\n\\u00e9 \\ud83d\\ude00\"}\n{\"v\": 3}\n{\"v\": -7}\n{\"v\": 1.50}\n{\"v\": 1e5}\n"
      "{\"v\": 123456789012345678901234567890}\n{\"v\": true}\n{\"v\": false}\n{\"v\": \"\"}");
  EXPECT_THAT(table.texts(0), ElementsAre("a\né 😀", "3", "-7", "1.50", "1e5",
                                          "123456789012345678901234567890", "true", "false", ""));
}

TEST(ParseJsonl, refuses_a_value_that_is_no_text_where_it_is_used) {
  const Table table =
      jsonl("{\"a\": [1, {\"a\": 2}], \"b\": {\"b\": \"x\", \"c\": [[]]}, \"c\": null, \"d\": 1}\n{}\n");
  EXPECT_THAT(table.columns(), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(table.text(0, 3), "1");
  EXPECT_THAT(error_of([&] { table.text(0, 0); }), StartsWith("DataError d.jsonl:1: key \"a\" is a list\n"));
  EXPECT_THAT(error_of([&] { table.text(0, 1); }),
              StartsWith("DataError d.jsonl:1: key \"b\" is an object\n"));
  EXPECT_THAT(error_of([&] { table.text(0, 2); }), StartsWith("DataError d.jsonl:1: key \"c\" is null\n"));
  EXPECT_THAT(error_of([&] { table.text(1, 3); }), StartsWith("DataError d.jsonl:2: key \"d\" is missing\n"));
}

TEST(ParseJsonl, refuses_what_is_not_json_with_its_place) {
  EXPECT_THAT(jsonl_error("{\"a\": 1}\n{\"a\": tru}\n"),
              StartsWith("DataError d.jsonl:2:10: not JSON, at \"}\"\n  why  "));
  EXPECT_THAT(jsonl_error("{\"a\": 1}\n{\"a\": tru}\n"), HasSubstr("invalid literal"));
  EXPECT_THAT(jsonl_error("{\"a\": 1} x"), StartsWith("DataError d.jsonl:1:10: not JSON, at \"x\"\n"));
  EXPECT_THAT(jsonl_error("{\"a\": \"open"),
              StartsWith("DataError d.jsonl:1:12: not JSON, at the end of the line\n"));
  EXPECT_THAT(jsonl_error("{\"a\": 1,}"), StartsWith("DataError d.jsonl:1:9: not JSON, at \"}\"\n"));
  EXPECT_THAT(jsonl_error("{\"a\": 1e999}"), StartsWith("DataError d.jsonl:1:11: not JSON, at "));
  EXPECT_THAT(jsonl_error("{\"a\": 'it''s'}"), testing::Not(HasSubstr("last read")));
  EXPECT_THAT(jsonl_error("{\"a\": \"\\ud800\"}"), HasSubstr("surrogate"));
  EXPECT_THAT(jsonl_error(std::string(100'000, '[')), StartsWith("DataError d.jsonl:1: not a JSON object\n"));
  EXPECT_THAT(jsonl_error("{\"a\":" + std::string(100'000, '[')),
              StartsWith("DataError d.jsonl:1:100006: not JSON, at the end of the line"));
}

TEST(ParseJsonl, refuses_what_is_no_object) {
  EXPECT_EQ(jsonl_error("{\"a\": 1}\n[1, 2]\n"),
            "DataError d.jsonl:2: not a JSON object\n"
            "  expected  one object a line: {\"text\": \"…\", \"label\": \"…\"}\n"
            "  why       the keys of the objects are the names of the columns\n"
            "  fix       of one list of objects: jq -c '.[]' d.jsonl > NEW");
  for (const char* line : {"1", "-1", "1.5", "\"a\"", "null", "true", "[]"}) {
    EXPECT_THAT(jsonl_error(line), StartsWith("DataError d.jsonl:1: not a JSON object\n")) << line;
  }
}

TEST(ParseJsonl, refuses_a_key_that_occurs_twice) {
  EXPECT_EQ(jsonl_error("{\"a\": 1, \"b\": 2, \"a\": 3}"),
            "DataError d.jsonl:1: key \"a\" occurs twice\n"
            "  why  a column has one value a row; which of the two is meant?\n"
            "  fix  keeps the last one: jq -c . d.jsonl > NEW");
}

TEST(ParseJsonl, refuses_a_file_without_rows_or_utf8) {
  EXPECT_EQ(jsonl_error(""), "DataError d.jsonl: is empty, expected rows");
  EXPECT_EQ(jsonl_error("\n \t\r\n"), "DataError d.jsonl: is empty, expected rows");
  EXPECT_EQ(jsonl_error("\xEF\xBB\xBF\n"), "DataError d.jsonl: is empty, expected rows");
  EXPECT_THAT(jsonl_error("{\"a\": 1}\n{\"a\": \"\xFF\"}"),
              StartsWith("DataError d.jsonl:2:8: invalid UTF-8: byte 0xFF"));
}

TEST(ParseJsonl, skips_a_byte_order_mark) {
  EXPECT_THAT(jsonl("\xEF\xBB\xBF{\"a\": 1}").columns(), ElementsAre("a"));
}

RC_GTEST_PROP(ParseJsonl, survives_damage, (std::vector<std::pair<size_t, char>> changes, size_t cut)) {
  std::string content =
      "{\"text\": \"one\\n\\u00e9\", \"n\": [1.5e3, null]}\n{\"text\": true, \"n\": {\"m\": -3}}\n";
  for (const auto& [place, byte] : changes) content[place % content.size()] = byte;
  content.resize(content.size() - cut % content.size());
  try {
    const Table table = jsonl(content);
    for (size_t column = 0; column < table.columns().size(); ++column)
      table.texts(static_cast<int64_t>(column));
  } catch (const DataError& error) {
    RC_ASSERT(error.place().file == "d.jsonl");
  }
}

}  // namespace
}  // namespace runnel
