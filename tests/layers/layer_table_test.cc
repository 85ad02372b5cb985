#include "tests/layers/layer_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

#include "runnel/base/files.h"

namespace runnel::layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kPage = R"(# A page

Besides what those may include in turn; only `ops` and
`optim` see `kernels`.

| folder | may include |
|---|---|
| base | the standard library |
| kernels | base, Highway |
| tensor | base |
| ops, optim | tensor, kernels |
| nn | ops |
| cli | everything above |

| another | table |
|---|---|
| x | y |
)";

std::string message_of(const std::string& page) {
  try {
    read_layer_table(page);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "read without an error";
}

TEST(LayerTable, keeps_the_order_of_the_page) {
  EXPECT_THAT(read_layer_table(kPage).order,
              ElementsAre("base", "kernels", "tensor", "ops", "optim", "nn", "cli"));
}

TEST(LayerTable, adds_what_the_named_folders_may_include_in_turn) {
  const LayerTable table = read_layer_table(kPage);
  EXPECT_THAT(table.named.at("nn"), ElementsAre("ops"));
  EXPECT_THAT(table.all.at("base"), IsEmpty());
  EXPECT_THAT(table.all.at("tensor"), ElementsAre("base"));
}

TEST(LayerTable, shows_a_hidden_folder_only_to_those_who_see_it) {
  const LayerTable table = read_layer_table(kPage);
  EXPECT_THAT(table.all.at("ops"), ElementsAre("base", "kernels", "tensor"));
  EXPECT_THAT(table.all.at("nn"), ElementsAre("base", "ops", "tensor"));
  EXPECT_THAT(table.all.at("cli"), ElementsAre("base", "nn", "ops", "optim", "tensor"));
}

TEST(LayerTable, knows_who_may_use_highway) {
  EXPECT_THAT(read_layer_table(kPage).highway, ElementsAre("kernels"));
}

TEST(LayerTable, refuses_a_page_without_the_table) {
  EXPECT_EQ(message_of("| a | b |\n|---|---|\n"), "no table with the head | folder | may include |");
}

TEST(LayerTable, refuses_an_arrow_to_a_row_below) {
  EXPECT_EQ(message_of("| folder | may include |\n|---|---|\n| base | tensor |\n| tensor | base |\n"),
            "the row of base names tensor, which has no row above it");
}

TEST(LayerTable, refuses_a_sentence_that_the_rows_deny) {
  EXPECT_EQ(message_of("only `b` see `a`\n| folder | may include |\n|---|---|\n| a | the standard library |\n"
                       "| b | the standard library |\n"),
            "the row of b does not name a");
}

TEST(LayerTable, is_what_the_build_links) {
  const std::string root = RUNNEL_SOURCE_DIR;
  LayerTable table = read_layer_table(read_file(root + "/docs/architecture.md"));
  table.named.erase("cli");
  EXPECT_EQ(read_cmake_folders(read_file(root + "/runnel/CMakeLists.txt")), table.named);
}

TEST(CMakeFolders, are_the_words_after_FOLDERS) {
  const auto folders =
      read_cmake_folders("runnel_folder(base PRIVATE fmt::fmt)\nrunnel_folder(a FOLDERS b c PRIVATE d)\n");
  EXPECT_THAT(folders.at("base"), IsEmpty());
  EXPECT_THAT(folders.at("a"), ElementsAre("b", "c"));
}

}  // namespace
}  // namespace runnel::layers
