#include "runnel/base/spelling.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace runnel {
namespace {

TEST(EditDistance, counts_inserted_removed_replaced_and_swapped_bytes) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("label", "lable"), 1);
  EXPECT_EQ(edit_distance("Saturday", "Sunday"), 3);
}

RC_GTEST_PROP(EditDistance, behaves_like_a_distance, ()) {
  const auto word = rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
  const std::string a = *word, b = *word;
  RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
  RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
  RC_ASSERT(edit_distance(a, b) <= static_cast<int64_t>(std::max(a.size(), b.size())));
  RC_ASSERT(edit_distance(a + 'x', b + 'x') == edit_distance(a, b));
  RC_ASSERT(edit_distance(a, a + b) == static_cast<int64_t>(b.size()));
}

TEST(NearestSpelling, finds_what_was_meant) {
  const std::vector<std::string> names = {"text", "label", "Source", "text_2"};
  EXPECT_EQ(nearest_spelling("txt", names), "text");
  EXPECT_EQ(nearest_spelling("LABEL", names), "label");
  EXPECT_EQ(nearest_spelling("lable", names), "label");
  EXPECT_EQ(nearest_spelling("source", names), "Source");
  EXPECT_EQ(nearest_spelling("text2", names), "text");
  EXPECT_EQ(nearest_spelling("sentence", names), std::nullopt);
  EXPECT_EQ(nearest_spelling("x", {}), std::nullopt);
}

TEST(MeantBy, takes_the_only_name_that_begins_like_the_word_where_none_is_near) {
  const std::vector<std::string> names = {"input_size", "hidden_size", "num_layers", "batch_first",
                                          "batch_size"};
  EXPECT_EQ(meant_by("hidden", names), "hidden_size");
  EXPECT_EQ(meant_by("hiden_size", names), "hidden_size");
  EXPECT_EQ(meant_by("batch", names), std::nullopt);  // two begin like this
  EXPECT_EQ(meant_by("", names), std::nullopt);
}

}  // namespace
}  // namespace runnel
