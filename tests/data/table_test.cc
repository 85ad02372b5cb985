#include "runnel/data/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;

Table small_table() {
  Table table("reviews.csv", {"text", "label", "2", "twice", "twice"});
  table.add_row({{"good", 2, 1}, {"pos", 2, 6}, {"x", 2, 10}, {"", 2, 12}, {"", 2, 13}});
  table.add_row({{"bad", 3, 1}, {"neg", 3, 5}, {"y", 3, 9}, {"", 3, 11}, {"", 3, 12}});
  return table;
}

TEST(Table, finds_a_column_by_name_then_by_number) {
  const Table table = small_table();
  EXPECT_EQ(table.column("label"), 1);
  EXPECT_EQ(table.column("1"), 0);
  EXPECT_EQ(table.column("2"), 2);  // the name wins
  EXPECT_EQ(table.column("5"), 4);
}

TEST(Table, lists_the_columns_when_there_is_none_of_that_name) {
  EXPECT_EQ(error_of([] { small_table().column("lable"); }),
            "DataError reviews.csv: there is no column \"lable\"\n"
            "  columns  text, label, 2, twice, twice\n"
            "  fix      did you mean \"label\"?");
  EXPECT_EQ(error_of([] { small_table().column("6789"); }),
            "DataError reviews.csv: there is no column \"6789\"\n"
            "  columns  text, label, 2, twice, twice");
  for (const char* none : {"0", "-1", "6000", "1.0", "", "99999999999999999999"}) {
    EXPECT_THROW(small_table().column(none), DataError) << none;
  }
}

TEST(Table, asks_for_the_number_of_a_name_that_occurs_twice) {
  EXPECT_EQ(error_of([] { small_table().column("twice"); }),
            "DataError reviews.csv: columns 4 and 5 are both named \"twice\"\n"
            "  why  a name must tell which column is meant\n"
            "  fix  take the column by its number, 4 or 5");
}

TEST(Table, gives_texts_and_their_places) {
  const Table table = small_table();
  EXPECT_EQ(table.row_count(), 2);
  EXPECT_EQ(table.text(1, 0), "bad");
  EXPECT_THAT(table.texts(1), ElementsAre("pos", "neg"));
  EXPECT_EQ(table.place(1, 1).to_string(), "reviews.csv:3:5");
}

TEST(Table, has_no_text_for_a_cell_that_holds_none) {
  Table table("a.jsonl", {"k"});
  for (auto content : {TableCell::Content::missing, TableCell::Content::null, TableCell::Content::list,
                       TableCell::Content::object}) {
    table.add_row({{.text = {}, .line = table.row_count() + 1, .content = content}});
  }
  EXPECT_EQ(error_of([&] { table.text(0, 0); }),
            "DataError a.jsonl:1: key \"k\" is missing\n"
            "  expected  text, a number, true or false\n"
            "  fix       without such rows:\n"
            "            jq -c 'select(.k != null)' a.jsonl > NEW");
  EXPECT_EQ(error_of([&] { table.text(1, 0); }),
            "DataError a.jsonl:2: key \"k\" is null\n"
            "  expected  text, a number, true or false\n"
            "  fix       without such rows:\n"
            "            jq -c 'select(.k != null)' a.jsonl > NEW");
  EXPECT_EQ(error_of([&] { table.text(2, 0); }),
            "DataError a.jsonl:3: key \"k\" is a list\n"
            "  expected  text, a number, true or false\n"
            "  fix       the list as one text:\n"
            "            jq -c '.k |= if type == \"array\" then join(\" \") else . end' a.jsonl > NEW");
  EXPECT_EQ(error_of([&] { table.text(3, 0); }),
            "DataError a.jsonl:4: key \"k\" is an object\n"
            "  expected  text, a number, true or false\n"
            "  fix       its JSON as the text:\n"
            "            jq -c '.k |= tostring' a.jsonl > NEW");
  EXPECT_THROW(table.texts(0), DataError);
}

}  // namespace
}  // namespace runnel
