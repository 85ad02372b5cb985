#include "runnel/data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/data/csv.h"

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Table reviews() {
  return parse_csv(
      "label,text\n"
      "pos,A good film.\n"
      "neg,\"A bad, bad film!\"\n"
      "Ärger,\n"
      "pos,Unseen words\n",
      "reviews.csv");
}

const std::vector<int64_t> kTrain = {0, 1, 2};
constexpr TextColumns kColumns = {.text = 1, .label = 0};

TextCoding coding() {
  const Table table = reviews();
  const Tokenizer tokenizer;
  return {.tokenizer = tokenizer,
          .vocabulary = Vocabulary(count_tokens(table, kTrain, kColumns.text, tokenizer)),
          .labels = label_list(table, kTrain, kColumns.label)};
}

TEST(LabelList, is_in_the_order_of_bytes) {
  EXPECT_THAT(label_list(reviews(), all_rows(reviews()), 0), ElementsAre("neg", "pos", "Ärger"));
  EXPECT_THAT(label_list(reviews(), std::vector<int64_t>{0, 3}, 0), ElementsAre("pos"));
}

TEST(LabelList, refuses_an_empty_label) {
  EXPECT_EQ(error_of([] { label_list(reviews(), all_rows(reviews()), 1); }),
            "DataError reviews.csv:4:8: the label is empty\n"
            "  why  what a network learns is the label that belongs to the text\n"
            "  fix  write the label, or leave the line out: sed 4d reviews.csv > NEW");
}

TEST(CountTokens, counts_the_chosen_rows) {
  const TokenCounts counts = count_tokens(reviews(), kTrain, 1, Tokenizer());
  EXPECT_EQ(counts.count("bad"), 2);
  EXPECT_EQ(counts.count("film"), 2);
  EXPECT_EQ(counts.count("unseen"), 0);
}

TEST(MakeTextDataset, turns_texts_and_labels_into_numbers) {
  const TextCoding by = coding();
  EXPECT_THAT(by.vocabulary.tokens(),
              ElementsAre("<pad>", "<unk>", "a", "bad", "film", "!", ",", ".", "good"));
  const TextDataset dataset = make_text_dataset(reviews(), std::vector<int64_t>{3, 1, 2}, kColumns, by);
  EXPECT_EQ(dataset.size(), 3);
  EXPECT_THAT(dataset.labels, ElementsAre("neg", "pos", "Ärger"));
  EXPECT_THAT(dataset.examples[0].ids, ElementsAre(1, 1));
  EXPECT_EQ(dataset.examples[0].label, 1);
  EXPECT_EQ(dataset.examples[0].row, 3);
  EXPECT_THAT(dataset.examples[1].ids, ElementsAre(2, 3, 6, 3, 4, 5));
  EXPECT_EQ(dataset.examples[1].label, 0);
  EXPECT_THAT(dataset.examples[2].ids, IsEmpty());
  EXPECT_EQ(dataset.examples[2].label, 2);
}

TEST(MakeTextDataset, refuses_a_label_that_training_did_not_have) {
  const Table dev = parse_csv("label,text\npos,x\nposs,y\n", "dev.csv");
  EXPECT_EQ(error_of([&] { make_text_dataset(dev, all_rows(dev), kColumns, coding()); }),
            "DataError dev.csv:3:1: unknown label \"poss\"\n"
            "  known  neg, pos, Ärger\n"
            "  fix    did you mean \"pos\"?");
}

}  // namespace
}  // namespace runnel
