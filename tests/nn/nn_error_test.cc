#include "runnel/nn/nn_error.h"

#include "runnel/nn/cells.h"
#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/pooling.h"
#include "runnel/nn/rnn.h"
#include "runnel/nn/sequential.h"

#include "tests/ops/op_testing.h"

// Each sentence as a user meets it. Those about files of weights stand in state_test.cc.

namespace runnel {
namespace {

using op_testing::error_of;

TEST(NnError, says_which_size_is_missing) {
  EXPECT_EQ(error_of([] { GRU({.input_size = 4}); }),
            "OptionError: GRU: hidden_size is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { RNN({.input_size = -1, .hidden_size = 2}); }),
            "OptionError: RNN: input_size is -1, expected 1 or more");
  EXPECT_EQ(error_of([] { LSTM({.input_size = 4, .hidden_size = 2, .num_layers = 0}); }),
            "OptionError: LSTM: num_layers is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { LSTM({.input_size = 4, .hidden_size = 2, .proj_size = -1}); }),
            "OptionError: LSTM: proj_size is -1, expected 0 or more");
  EXPECT_EQ(error_of([] { LSTMCell({.hidden_size = 2}); }),
            "OptionError: LSTMCell: input_size is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { GRUCell({.input_size = 2}); }),
            "OptionError: GRUCell: hidden_size is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { Linear({.out_features = 2}); }),
            "OptionError: Linear: in_features is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { Linear({.in_features = 2}); }),
            "OptionError: Linear: out_features is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { Embedding({.embedding_dim = 2}); }),
            "OptionError: Embedding: num_embeddings is 0, expected 1 or more");
  EXPECT_EQ(error_of([] { Embedding({.num_embeddings = 2}); }),
            "OptionError: Embedding: embedding_dim is 0, expected 1 or more");
}

TEST(NnError, says_what_an_option_may_be) {
  EXPECT_EQ(error_of([] { GRU({.input_size = 4, .hidden_size = 2, .dropout = 1.5}); }),
            "OptionError: GRU: dropout probability is 1.5, expected 0 … 1\n"
            "  why  it is the share of values that are set to zero");
  EXPECT_EQ(error_of([] { Dropout({.p = -0.25}); }),
            "OptionError: Dropout: dropout probability is -0.25, expected 0 … 1\n"
            "  why  it is the share of values that are set to zero");
  EXPECT_EQ(error_of([] { Dropout({.p = std::nan("")}); }),
            "OptionError: Dropout: dropout probability is nan, expected 0 … 1\n"
            "  why  it is the share of values that are set to zero");
  EXPECT_EQ(error_of([] { LSTM({.input_size = 4, .hidden_size = 2, .proj_size = 2}); }),
            "OptionError: LSTM: proj_size is 2, expected less than hidden_size, which is 2\n"
            "  why  a projection makes h smaller than the cell state\n"
            "  fix  proj_size = 1, or 0 for none");
  EXPECT_EQ(error_of([] { RNN({.input_size = 4, .hidden_size = 2, .nonlinearity = "sin"}); }),
            "OptionError: RNN: nonlinearity is \"sin\", expected \"tanh\" or \"relu\"");
  const std::string padding =
      "OptionError: Embedding: padding_idx is {}, expected -5 … 4 (num_embeddings is 5)\n"
      "  why  it is the number of the row that stays zero, from the end where it is negative\n"
      "  fix  padding_idx = 0, or num_embeddings = 6";
  for (const int64_t row : {5, -6}) {
    EXPECT_EQ(error_of([&] { Embedding({.num_embeddings = 5, .embedding_dim = 2, .padding_idx = row}); }),
              std::string(padding).replace(padding.find("{}"), 2, std::to_string(row)));
  }
}

TEST(NnError, says_that_an_embedding_is_missing_or_too_many) {
  Sequential words(Embedding({.num_embeddings = 5, .embedding_dim = 2}));
  EXPECT_EQ(error_of([&] { words(Variable(Tensor({{"batch", 2}, {"feature", 3}}))); }),
            "ShapeError: Embedding: expected ids, got numbers\n"
            "  got  [batch=2, feature=3]\n"
            "  why  an Embedding looks up word numbers; these data are features already\n"
            "  fix  leave Embedding out, or give it ids");
  Sequential reader(LSTM({.input_size = 2, .hidden_size = 3}));
  reader[0].set_name("reader");
  EXPECT_EQ(error_of([&] { reader(Ids({{"batch", 2}, {"seq", 3}})); }),
            "ShapeError: LSTM \"reader\": expected numbers that describe a step, got ids\n"
            "  got  [batch=2, seq=3]\n"
            "  why  ids are names without a size or an order; an Embedding turns each into features\n"
            "  fix  Embedding(num_embeddings, embedding_dim) -> LSTM \"reader\"");
}

TEST(NnError, says_which_option_sets_the_number_of_features) {
  GRU gru({.input_size = 100, .hidden_size = 20, .batch_first = true});
  gru.set_name("encoder");
  EXPECT_EQ(error_of([&] { gru(Tensor({{"batch", 32}, {"seq", 57}, {"feature", 64}})); }),
            "ShapeError: GRU \"encoder\": axis feature has size 64, expected 100\n"
            "  expected  [batch, seq, feature=100]         100 = input_size\n"
            "  got       [batch=32, seq=57, feature=64]\n"
            "  why       input_size counts the numbers along the last axis\n"
            "  fix       GRU({.input_size = 64, …})");
  EXPECT_EQ(error_of([&] { gru(Tensor({{"seq", 57}, {"hidden", 64}})); }),
            "ShapeError: GRU \"encoder\": axis hidden has size 64, expected 100\n"
            "  expected  [seq, feature=100]     100 = input_size\n"
            "  got       [seq=57, hidden=64]\n"
            "  why       input_size counts the numbers along the last axis\n"
            "  fix       GRU({.input_size = 64, …})");
  const Linear linear({.in_features = 256, .out_features = 6});
  EXPECT_EQ(error_of([&] { linear(Tensor({{"batch", 3}, {"hidden", 128}})); }),
            "ShapeError: Linear: axis hidden has size 128, expected 256\n"
            "  expected  [batch=3, hidden=256]    256 = in_features\n"
            "  got       [batch=3, hidden=128]\n"
            "  why       in_features counts the numbers along the last axis\n"
            "  fix       Linear({.in_features = 128, .out_features = 6})");
  const GRUCell cell({.input_size = 4, .hidden_size = 2});
  EXPECT_EQ(error_of([&] { cell(Tensor({{"batch", 3}, {"feature", 5}})); }),
            "ShapeError: GRUCell: axis feature has size 5, expected 4\n"
            "  expected  [batch=3, feature=4]    4 = input_size\n"
            "  got       [batch=3, feature=5]\n"
            "  why       input_size counts the numbers along the last axis\n"
            "  fix       GRUCell({.input_size = 5, …})");
}

TEST(NnError, says_which_axis_comes_first) {
  RNN seq_first({.input_size = 4, .hidden_size = 2});
  EXPECT_EQ(error_of([&] { seq_first(Tensor({{"batch", 32}, {"seq", 57}, {"feature", 4}})); }),
            "ShapeError: RNN: axis 0 is batch, expected seq\n"
            "  expected  [seq, batch, feature=4]          batch_first is off\n"
            "  got       [batch=32, seq=57, feature=4]\n"
            "  why       the layer walks along the steps, and batch_first says which axis they are; in "
            "PyTorch, where "
            "axes have no names, it would run along batch\n"
            "  fix       batch_first = true, or transpose(x, {\"seq\", \"batch\", …})");
  RNN batch_first({.input_size = 4, .hidden_size = 2, .batch_first = true});
  EXPECT_EQ(error_of([&] { batch_first(Tensor({{"seq", 57}, {"batch", 32}, {"feature", 4}})); }),
            "ShapeError: RNN: axis 0 is seq, expected batch\n"
            "  expected  [batch, seq, feature=4]          batch_first is on\n"
            "  got       [seq=57, batch=32, feature=4]\n"
            "  why       the layer walks along the steps, and batch_first says which axis they are; in "
            "PyTorch, where "
            "axes have no names, it would run along batch\n"
            "  fix       batch_first = false, or transpose(x, {\"batch\", \"seq\", …})");
  EXPECT_EQ(
      error_of([&] { batch_first(Tensor({{"batch", 32}, {"feature", 4}})); }),
      "ShapeError: RNN: expected [batch, seq, feature=4] axes, got [batch=32, feature=4]\n"
      "  expected  [batch, seq, feature=4]    or [seq, feature], one sequence without a batch\n"
      "  got       [batch=32, feature=4]\n"
      "  why       two axes are one sequence, [seq, feature]; a batch of them needs the axis seq as well\n"
      "  fix       steps of one number: reshape(x, x.shape().inserted(2, {\"feature\", 1}))");
}

TEST(NnError, says_what_shape_a_state_has) {
  LSTM lstm({.input_size = 4,
             .hidden_size = 3,
             .num_layers = 2,
             .batch_first = true,
             .bidirectional = true,
             .proj_size = 2});
  const Variable x = Tensor({{"batch", 5}, {"seq", 7}, {"feature", 4}});
  EXPECT_EQ(
      error_of([&] { lstm(x, {.h_0 = Tensor({{"batch", 5}, {"layer·direction", 4}, {"hidden", 2}})}); }),
      "ShapeError: LSTM: h_0 has the wrong shape\n"
      "  expected  [layer·direction=4, batch=5, hidden=2]    4 = num_layers 2 × 2 directions\n"
      "  got       [batch=5, layer·direction=4, hidden=2]\n"
      "  why       batch_first moves axes of input and output only, never of the states\n"
      "  fix       Tensor h_0(Shape{{\"layer·direction\", 4}, {\"batch\", 5}, {\"hidden\", 2}})");
  EXPECT_EQ(
      error_of([&] { lstm(x, {.c_0 = Tensor({{"layer·direction", 4}, {"batch", 5}, {"hidden", 2}})}); }),
      "ShapeError: LSTM: c_0 has the wrong shape\n"
      "  expected  [layer·direction=4, batch=5, hidden=3]    4 = num_layers 2 × 2 directions\n"
      "  got       [layer·direction=4, batch=5, hidden=2]\n"
      "  why       batch_first moves axes of input and output only, never of the states\n"
      "  fix       Tensor c_0(Shape{{\"layer·direction\", 4}, {\"batch\", 5}, {\"hidden\", 3}})");
  GRU gru({.input_size = 4, .hidden_size = 3});
  EXPECT_EQ(error_of([&] {
              gru(Tensor({{"seq", 7}, {"feature", 4}}),
                  Tensor({{"layer·direction", 1}, {"batch", 1}, {"hidden", 3}}));
            }),
            "ShapeError: GRU: h_0 has the wrong shape\n"
            "  expected  [layer·direction=1, hidden=3]             1 = num_layers 1 × 1 direction\n"
            "  got       [layer·direction=1, batch=1, hidden=3]\n"
            "  why       batch_first moves axes of input and output only, never of the states\n"
            "  fix       Tensor h_0(Shape{{\"layer·direction\", 1}, {\"hidden\", 3}})");
}

TEST(NnError, says_what_shape_a_cells_state_has) {
  const LSTMCell cell({.input_size = 4, .hidden_size = 3});
  const Tensor x({{"batch", 5}, {"feature", 4}}), h({{"batch", 5}, {"hidden", 3}});
  EXPECT_EQ(error_of([&] { cell(x, {Tensor({{"hidden", 3}}), {}}); }),
            "ShapeError: LSTMCell: h has the wrong shape\n"
            "  expected  [batch=5, hidden=3]    like its output: a cell has neither layers nor directions\n"
            "  got       [hidden=3]\n"
            "  why       each sequence of the batch has a state of its own\n"
            "  fix       Tensor h(Shape{{\"batch\", 5}, {\"hidden\", 3}}) at the first step, then what the "
            "cell gave");
  EXPECT_EQ(error_of([&] { cell(x, {h, Tensor({{"batch", 5}, {"hidden", 4}})}); }),
            "ShapeError: LSTMCell: c has the wrong shape\n"
            "  expected  [batch=5, hidden=3]    like its output: a cell has neither layers nor directions\n"
            "  got       [batch=5, hidden=4]\n"
            "  why       each sequence of the batch has a state of its own\n"
            "  fix       Tensor c(Shape{{\"batch\", 5}, {\"hidden\", 3}}) at the first step, then what the "
            "cell gave");
}

TEST(NnError, says_that_only_an_LSTM_has_a_cell_state) {
  GRU gru({.input_size = 4, .hidden_size = 3});
  const Tensor c({{"layer·direction", 1}, {"hidden", 3}});
  EXPECT_EQ(
      error_of([&] { gru.forward({.data = Variable(Tensor({{"seq", 7}, {"feature", 4}})), .c_0 = c}); }),
      "ShapeError: GRU: c_0 is given, but the layer has no cell state\n"
      "  got  [layer·direction=1, hidden=3]    c_0\n"
      "  why  only an LSTM keeps c beside h\n"
      "  fix  leave c_0 out, or an LSTM");
}

TEST(NnError, says_which_axis_is_missing) {
  EXPECT_EQ(
      error_of([] { Pooling{PoolingKind::mean}(Tensor({{"batch", 2}, {"feature", 3}})); }),
      "ShapeError: mean: the input has no axis seq\n"
      "  got  [batch=2, feature=3]\n"
      "  why  it goes over the steps of a sequence; a layer before it has done that, or there were none\n"
      "  fix  leave out mean");
  EXPECT_EQ(error_of([] { Linear({.in_features = 1, .out_features = 1})(Tensor({}, {1})); }),
            "ShapeError: Linear: the input has no axis feature\n"
            "  got  []");
}

TEST(NnError, says_that_a_cell_reads_one_step) {
  EXPECT_EQ(
      error_of([] {
        RNNCell({.input_size = 4, .hidden_size = 3})(Tensor({{"batch", 2}, {"seq", 5}, {"feature", 4}}));
      }),
      "ShapeError: RNNCell: expected [batch, feature=4], got [batch=2, seq=5, feature=4]\n"
      "  expected  [batch, feature=4]             or [feature], one step without a batch\n"
      "  got       [batch=2, seq=5, feature=4]\n"
      "  why       a cell reads one step of each sequence; RNN walks along all steps\n"
      "  fix       RNN in place of RNNCell");
}

TEST(NnError, passes_on_what_is_wrong_with_lengths_and_ids) {
  GRU gru({.input_size = 1, .hidden_size = 1, .batch_first = true});
  const Variable x = Tensor({{"batch", 2}, {"seq", 3}, {"feature", 1}});
  EXPECT_THAT(error_of([&] { gru(x, {.lengths = Lengths{4, 1}}); }),
              testing::StartsWith("ShapeError: lengths: sequence 0 has length 4, but the batch has 3 steps"));
  EXPECT_THAT(error_of([&] { gru(x, {.lengths = Lengths{1}}); }),
              testing::StartsWith("ShapeError: lengths: got 1 lengths for a batch of 2 sequences"));
  const PackedVariable surplus(Tensor({{"row", 3}, {"feature", 1}}),
                               std::make_shared<const Schedule>(Lengths{1, 1}));
  EXPECT_THAT(error_of([&] { gru(surplus); }),
              testing::StartsWith("ShapeError: packed sequence: the data do not fit the schedule"));
  EXPECT_THAT(
      error_of([] { Embedding({.num_embeddings = 5, .embedding_dim = 2})(Ids({{"batch", 2}}, {4, 5})); }),
      testing::StartsWith("ShapeError: Embedding: id 5 at [batch=1] is outside the vocabulary of 5 words"));
}

}  // namespace
}  // namespace runnel
