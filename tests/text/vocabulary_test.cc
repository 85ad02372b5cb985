#include "runnel/text/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;

TokenCounts counts_of(const std::vector<std::string>& tokens) {
  TokenCounts counts;
  counts.add_all(tokens);
  return counts;
}

TEST(TokenCounts, counts_text_by_text) {
  TokenCounts counts = counts_of({"b", "a", "b"});
  counts.add("c", 5);
  counts.add_all(std::vector<std::string>{"a", "b"});
  EXPECT_EQ(counts.size(), 3);
  EXPECT_EQ(counts.count("b"), 3);
  EXPECT_EQ(counts.count("x"), 0);
  EXPECT_THAT(counts.sorted(), ElementsAre(std::pair("c", 5), std::pair("b", 3), std::pair("a", 2)));
}

TEST(Vocabulary, puts_the_most_frequent_word_first) {
  const Vocabulary vocabulary(counts_of({"the", "cat", "the", "mat", "cat", "the", "Zoo", "été"}));
  EXPECT_THAT(vocabulary.tokens(), ElementsAre("<pad>", "<unk>", "the", "cat", "Zoo", "mat", "été"));
  EXPECT_EQ(vocabulary.size(), 7);
}

TEST(Vocabulary, gives_each_word_its_number_and_back) {
  const Vocabulary vocabulary(counts_of({"the", "cat", "the"}));
  EXPECT_EQ(vocabulary.id("the"), 2);
  EXPECT_EQ(vocabulary.id("cat"), 3);
  EXPECT_EQ(vocabulary.id("dog"), Vocabulary::kUnk);
  EXPECT_EQ(vocabulary.id("<pad>"), Vocabulary::kPad);
  EXPECT_EQ(vocabulary.token(3), "cat");
  EXPECT_TRUE(vocabulary.contains("cat"));
  EXPECT_FALSE(vocabulary.contains("dog"));
  EXPECT_THAT(vocabulary.ids(std::vector<std::string>{"cat", "dog", "the"}), ElementsAre(3, 1, 2));
}

TEST(Vocabulary, never_takes_a_word_of_a_text_for_padding) {
  const Vocabulary vocabulary(counts_of({"<pad>", "<unk>", "a"}));
  EXPECT_THAT(vocabulary.tokens(), ElementsAre("<pad>", "<unk>", "a"));
  EXPECT_THAT(vocabulary.ids(std::vector<std::string>{"<pad>", "<unk>", "a"}), ElementsAre(1, 1, 2));
}

TEST(Vocabulary, leaves_rare_words_out) {
  const Vocabulary vocabulary(counts_of({"a", "b", "b", "c", "c", "c"}), {.min_count = 2});
  EXPECT_THAT(vocabulary.tokens(), ElementsAre("<pad>", "<unk>", "c", "b"));
}

TEST(Vocabulary, counts_the_two_specials_in_max_size) {
  const TokenCounts counts = counts_of({"a", "b", "b", "c", "c", "c"});
  EXPECT_THAT(Vocabulary(counts, {.max_size = 4}).tokens(), ElementsAre("<pad>", "<unk>", "c", "b"));
  EXPECT_EQ(Vocabulary(counts, {.max_size = 100}).size(), 5);
  EXPECT_EQ(Vocabulary(counts, {.max_size = 0}).size(), 5);
}

TEST(Vocabulary, refuses_options_that_leave_no_word) {
  EXPECT_EQ(error_of([] { Vocabulary(TokenCounts(), {.min_count = 0}); }),
            "OptionError Vocabulary: min_count is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { Vocabulary(TokenCounts(), {.max_size = 2}); }),
            "OptionError Vocabulary: max_size is 2, expected 0 (no limit) or 3 or more\n"
            "  why  <pad> and <unk> count too, so that 3 is room for one word\n"
            "  fix  max_size 10000, or 0");
  EXPECT_THROW(Vocabulary(TokenCounts(), {.max_size = -1}), OptionError);
}

TEST(Vocabulary, refuses_a_number_that_no_word_has) {
  EXPECT_EQ(error_of([] { Vocabulary().token(2); }),
            "OptionError Vocabulary: id 2 is outside 0 … 1\n"
            "  why  it has 2 words; an id is the number of one of them");
  EXPECT_EQ(error_of([] { Vocabulary().token(-1); }),
            "OptionError Vocabulary: id -1 is outside 0 … 1\n"
            "  why  it has 2 words; an id is the number of one of them");
}

TEST(Vocabulary, comes_back_from_its_tokens) {
  const Vocabulary saved(counts_of({"the", "cat", "the"}));
  const Vocabulary loaded = Vocabulary::from_tokens(saved.tokens());
  EXPECT_EQ(loaded.tokens(), saved.tokens());
  EXPECT_EQ(loaded.id("cat"), 3);
}

TEST(Vocabulary, refuses_tokens_that_are_no_vocabulary) {
  EXPECT_EQ(error_of([] { Vocabulary::from_tokens({"the", "cat"}); }),
            "DataError vocabulary: word 0 is \"the\", expected \"<pad>\"\n"
            "  why  id 0 is padding and id 1 every unknown word, in each vocabulary\n"
            "  fix  Vocabulary::from_tokens({\"<pad>\", \"<unk>\", \"the\", …})");
  EXPECT_EQ(error_of([] { Vocabulary::from_tokens({"<pad>", "cat"}, "m.safetensors"); }),
            "DataError m.safetensors: word 1 is \"cat\", expected \"<unk>\"\n"
            "  why  id 0 is padding and id 1 every unknown word, in each vocabulary\n"
            "  fix  Vocabulary::from_tokens({\"<pad>\", \"<unk>\", \"the\", …})");
  EXPECT_EQ(error_of([] { Vocabulary::from_tokens({"<pad>"}); }),
            "DataError vocabulary: word 1 is missing, expected \"<unk>\"\n"
            "  why  id 0 is padding and id 1 every unknown word, in each vocabulary\n"
            "  fix  Vocabulary::from_tokens({\"<pad>\", \"<unk>\", \"the\", …})");
  EXPECT_EQ(error_of([] { Vocabulary::from_tokens({"<pad>", "<unk>", "a", "b", "a"}); }),
            "DataError vocabulary: \"a\" occurs twice: as word 2 and as word 4\n"
            "  why  a word has one id, which picks one row of the Embedding\n"
            "  fix  tokens.erase(tokens.begin() + 4)");
  EXPECT_EQ(error_of([] { Vocabulary::from_tokens({"<pad>", "<unk>", "<pad>"}); }),
            "DataError vocabulary: \"<pad>\" occurs twice: as word 0 and as word 2\n"
            "  why  a word has one id, which picks one row of the Embedding\n"
            "  fix  tokens.erase(tokens.begin() + 2)");
}

RC_GTEST_PROP(Vocabulary, does_not_depend_on_the_order_of_the_text, (std::vector<std::string> tokens)) {
  const Vocabulary forwards(counts_of(tokens));
  std::reverse(tokens.begin(), tokens.end());
  const Vocabulary backwards(counts_of(tokens));
  RC_ASSERT(forwards.tokens() == backwards.tokens());
  for (int64_t id = 0; id < forwards.size(); ++id) RC_ASSERT(forwards.id(forwards.token(id)) == id);
}

}  // namespace
}  // namespace runnel
