#include "runnel/ops/embedding.h"

#include "runnel/base/thread_pool.h"
#include "runnel/ops/elementwise.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

const Tensor kTable({{"vocab", 3}, {"feature", 2}}, {0, 1, 10, 11, 20, 21});

TEST(Embedding, looks_rows_up) {
  const Ids ids({{"batch", 2}, {"seq", 2}}, {2, 0, 1, 2});
  const Variable y = embedding(ids, kTable);
  EXPECT_EQ(y.shape(), (Shape{{"batch", 2}, {"seq", 2}, {"feature", 2}}));
  EXPECT_THAT(numbers(y), ElementsAre(20, 21, 0, 1, 10, 11, 20, 21));
}

TEST(Embedding, takes_ids_of_any_axes) {
  EXPECT_EQ(embedding(Ids({}, {1}), kTable).shape(), (Shape{{"feature", 2}}));
  EXPECT_EQ(embedding(Ids({{"row", 0}}), kTable).shape(), (Shape{{"row", 0}, {"feature", 2}}));
}

TEST(Embedding, adds_up_the_gradients_of_a_word) {
  const Ids ids({{"seq", 4}}, {2, 0, 2, 2});
  expect_gradients(
      of_one([ids](const Variable& weight) { return embedding(ids, weight); }), {kTable},
      twin_of_one([](const Doubles& w) { return Doubles{w[4], w[5], w[0], w[1], w[4], w[5], w[4], w[5]}; }));
}

TEST(Embedding, gives_the_padding_row_no_gradient) {
  const Ids ids({{"seq", 3}}, {0, 1, 0});
  const auto look_up = [&](const Variable& weight) { return embedding(ids, weight, {.padding_idx = 0}); };
  EXPECT_THAT(numbers(look_up(kTable)), ElementsAre(0, 1, 10, 11, 0, 1));
  EXPECT_THAT(numbers(gradient_of(look_up, kTable)), ElementsAre(0, 0, 1, 1, 0, 0));
}

TEST(Embedding, sums_in_one_order_on_any_number_of_threads) {
  const int64_t words = 20'000, features = 70;
  Ids ids({{"seq", words}});
  Generator generator(4);
  for (int32_t& id : ids.values()) id = static_cast<int32_t>(generator.below(5));
  const Tensor table({{"vocab", 5}, {"feature", features}});
  const std::vector<float> weights = numbers(random({{"any", words * features}}));
  const auto gradient = [&](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    const Tensor d =
        gradient_of([&](const Variable& weight) { return embedding(ids, weight); }, table, weights);
    set_thread_count(before);
    return numbers(d);
  };
  const std::vector<float> one = gradient(1);
  EXPECT_EQ(one, gradient(2));
  EXPECT_EQ(one, gradient(5));
}

TEST(Embedding, gives_a_sparse_gradient_the_rows_that_occurred) {
  Variable table(kTable, true);
  const Ids ids({{"seq", 4}}, {2, 0, 1, 2});
  Recording recording;
  const Tensor d({{"seq", 4}, {"feature", 2}}, {1, 2, 3, 4, 5, 6, 7, 8});
  embedding(ids, table, {.padding_idx = 1, .sparse = true}).backward(d);
  EXPECT_THAT(table.sparse_grad().rows, ElementsAre(0, 2));
  EXPECT_THAT(table.sparse_grad().values.values(), ElementsAre(3, 4, 8, 10));
  EXPECT_EQ(table.sparse_grad().values.shape(), (Shape{{"row", 2}, {"feature", 2}}));
  EXPECT_THAT(table.sparse_grad().dense(kTable.shape()).values(), ElementsAre(3, 4, 0, 0, 8, 10));
  EXPECT_THROW((void)table.grad(), AutogradError);
  embedding(ids, table, {.padding_idx = 2, .sparse = true}).backward(d);
  EXPECT_THAT(table.sparse_grad().rows, ElementsAre(0, 1, 2));
  EXPECT_THAT(table.sparse_grad().values.values(), ElementsAre(6, 8, 5, 6, 8, 10));
  embedding(ids, table, {.padding_idx = 1}).backward(d);
  EXPECT_THAT(table.grad().values(), ElementsAre(9, 12, 5, 6, 16, 20)) << "sparse and dense make dense";
}

TEST(Embedding, gives_the_same_sums_sparse_and_dense) {
  Generator generator(5);
  Ids ids({{"batch", 7}, {"seq", 33}});
  for (int32_t& id : ids.values()) id = static_cast<int32_t>(generator.below(60));
  const Shape shape{{"vocab", 100}, {"feature", 17}};
  const Tensor d = random({{"batch", 7}, {"seq", 33}, {"feature", 17}});
  const auto gradient = [&](bool sparse) {
    Variable table(Tensor(shape), true);
    Recording recording;
    embedding(ids, table, {.padding_idx = 3, .sparse = sparse}).backward(d);
    return numbers(sparse ? table.sparse_grad().dense(shape) : table.grad());
  };
  EXPECT_EQ(gradient(true), gradient(false));
}

TEST(Embedding, gives_a_table_that_an_operation_made_a_dense_gradient) {
  const auto look_up = [](const Variable& weight) {
    return embedding(Ids({{"seq", 2}}, {1, 1}), mul(weight, weight), {.sparse = true});
  };
  EXPECT_THAT(numbers(gradient_of(look_up, kTable)), ElementsAre(0, 0, 40, 44, 0, 0));
}

TEST(Embedding, names_an_id_past_the_vocabulary) {
  EXPECT_EQ(error_of([] { embedding(Ids({{"batch", 2}, {"seq", 3}}, {0, 1, 2, 0, 7, 9}), kTable); }),
            "ShapeError: embedding: id 7 at [batch=1, seq=1] is outside the vocabulary of 3 words\n"
            "  expected  [vocab=3, feature=2]    the weight; ids are 0 … 2\n"
            "  got       [batch=2, seq=3]        the ids\n"
            "  why       an id is the number of a row of the weight\n"
            "  fix       ids from the vocabulary that this embedding was made for, or an embedding of 10 "
            "words or more");
}

TEST(Embedding, names_a_negative_id) {
  EXPECT_EQ(error_of([] { embedding(Ids({}, {-1}), kTable); }),
            "ShapeError: embedding: id -1 is outside the vocabulary of 3 words\n"
            "  expected  [vocab=3, feature=2]    the weight; ids are 0 … 2\n"
            "  got       []                      the ids\n"
            "  why       an id is the number of a row of the weight\n"
            "  fix       number words from 0; Vocabulary gives unknown words the id of <unk>");
}

TEST(Embedding, wants_a_table_of_words) {
  EXPECT_EQ(error_of([] { embedding(Ids({}, {0}), Tensor({{"feature", 3}, {"vocab", 2}})); }),
            "ShapeError: embedding: the weight has one row a word\n"
            "  expected  [vocab, feature]\n"
            "  got       [feature=3, vocab=2]\n"
            "  why       the axes tell rows from columns by their names\n"
            "  fix       reshape(weight, Shape{{\"vocab\", 3}, {\"feature\", 2}})");
  EXPECT_EQ(error_of([] { embedding(Ids({}, {0}), kTable, {.padding_idx = 3}); }),
            "OptionError: embedding: padding_idx is 3, expected 0 … 2, or -1 for none\n"
            "  why  it is the id of the row that stays zero");
}

}  // namespace
}  // namespace runnel
