#include "runnel/model/work.h"

#include <gtest/gtest.h>

#include "runnel/autograd/tape.h"
#include "runnel/base/memory.h"
#include "runnel/model/input_shape.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

Work work(const std::string& network, const Schedule& schedule, Pass pass = Pass::inference) {
  return work_of(make_network(network), schedule, pass);
}
int64_t multiply_adds(const std::string& network, const Schedule& schedule) {
  return work(network, schedule).multiply_adds;
}
CallMemory memory(const std::string& network, const Schedule& schedule, Pass pass = Pass::inference) {
  return memory_of(make_network(network), schedule, pass);
}

const Schedule kFiveRows = Schedule::uniform(1, 5);

TEST(Work, counts_each_weight_once_a_row) {
  EXPECT_EQ(multiply_adds("LSTM(3, 2)", kFiveRows), 5 * (4 * 2 * (3 + 2)));
  EXPECT_EQ(multiply_adds("GRU(3, 2, bias=False)", kFiveRows), 5 * (3 * 2 * (3 + 2)));
  EXPECT_EQ(multiply_adds("RNN(3, 2, num_layers=2, bidirectional=True)", kFiveRows),
            5 * 2 * (2 * (3 + 2) + 2 * (4 + 2)));
  EXPECT_EQ(multiply_adds("LSTM(3, 4, proj_size=2)", kFiveRows), 5 * (4 * 4 * (3 + 2) + 2 * 4));
  EXPECT_EQ(multiply_adds("GRUCell(3, 2)", Schedule::uniform(7, 1)), 7 * (3 * 2 * (3 + 2)));
}

TEST(Work, leaves_padding_out) {
  EXPECT_EQ(multiply_adds("GRU(3, 2)", Schedule({4, 0, 1})), 5 * (3 * 2 * (3 + 2)));
}

TEST(Work, counts_what_follows_a_pooling_once_a_sequence) {
  EXPECT_EQ(multiply_adds("Embedding(9, 3) -> RNN(2) -> Linear(5) -> last -> Linear(6)", Schedule({3, 2})),
            5 * (2 * (3 + 2)) + 5 * (2 * 5) + 2 * (5 * 6));
}

TEST(Work, multiplies_a_small_table_of_words_once) {
  const Schedule ten = Schedule::uniform(2, 5);
  EXPECT_EQ(multiply_adds("Embedding(6, 3) -> RNN(4)", ten), 10 * 4 * 3 + 10 * 4 * 4);
  EXPECT_EQ(multiply_adds("Embedding(5, 3) -> RNN(4)", ten), 5 * 4 * 3 + 10 * 4 * 4);
  EXPECT_EQ(multiply_adds("Embedding(5, 3) -> Dropout(0.1) -> RNN(4)", ten), 10 * 4 * 3 + 10 * 4 * 4);
}

TEST(Work, is_three_times_as_much_in_training) {
  const Work once = work("LSTM(3, 2)", kFiveRows), trained = work("LSTM(3, 2)", kFiveRows, Pass::training);
  EXPECT_EQ(trained.multiply_adds, 3 * once.multiply_adds);
  EXPECT_EQ(trained.weight_bytes, once.weight_bytes);
  EXPECT_EQ(trained.step_weights[0].times, 2 * once.step_weights[0].times);
}

TEST(Work, knows_the_weights_that_are_read_at_every_step) {
  const Work of = work("LSTM(3, 4, num_layers=2, proj_size=2) -> Linear(5)", Schedule({5, 3}));
  ASSERT_EQ(of.step_weights.size(), 2U);
  for (const StepWeights& weights : of.step_weights) {
    EXPECT_EQ(weights.bytes, 4 * (16 * 2 + 2 * 4));
    EXPECT_EQ(weights.times, 5);
  }
  EXPECT_EQ(of.weight_bytes, 4 * ((16 * 3 + 16 * 2 + 2 * 4) + (16 * 2 + 16 * 2 + 2 * 4) + 5 * 2));
}

TEST(CallMemory, is_parameters_and_what_goes_in_and_out) {
  const CallMemory of = memory("LSTM(3, 2) -> last -> Linear(6)", Schedule::uniform(10, 5));
  EXPECT_EQ(of.parameters, 4 * (8 * (3 + 2 + 2) + 6 * 3));
  EXPECT_EQ(of.gradients, 0);
  EXPECT_EQ(of.activations, 4 * 10 * (5 * 3 + 5 * 2 + 2 + 6));
  EXPECT_EQ(of.workspace, 4 * 8 * (3 + 2));
  EXPECT_EQ(of.total(), of.parameters + of.activations + of.workspace);
}

TEST(CallMemory, holds_what_stacked_layers_hand_on) {
  EXPECT_EQ(memory("GRU(3, 2, num_layers=3, bidirectional=True)", kFiveRows).activations,
            4 * 5 * (3 + 2 * 4 + 4));
}

TEST(CallMemory, holds_in_training_the_gates_and_states_and_all_gradients) {
  const CallMemory of = memory("LSTM(3, 4, proj_size=2)", Schedule({4, 1}), Pass::training);
  EXPECT_EQ(of.gradients, of.parameters);
  const int64_t data = 2 * 4 * (3 + 2);  // padded
  EXPECT_EQ(of.activations, 4 * (2 * data + 5 * 16 + (5 + 2) * (2 + 4) + 5 * 4));
}

TEST(CallMemory, holds_of_a_sparse_gradient_a_row_a_word_at_most) {
  const auto gradients = [](const std::string& embedding, int64_t seq) {
    return memory(embedding, Schedule::uniform(2, seq), Pass::training).gradients;
  };
  EXPECT_EQ(gradients("Embedding(50, 10)", 3), 4 * 50 * 10);
  EXPECT_EQ(gradients("Embedding(50, 10, sparse=True)", 3), 4 * 2 * 3 * 10);
  EXPECT_EQ(gradients("Embedding(50, 10, sparse=True)", 30), 4 * 50 * 10);
}

/// The most that was in use while a network made one training step, its parameters and data included.
int64_t bytes_of_a_training_step(const std::string& text, int64_t batch, int64_t seq) {
  release_memory();  // or what others have left, which may be larger, is taken for it
  const int64_t before = memory_use().in_use;
  const Network network = make_network(text);
  const Shape shape = input_shape(network).with_size(axes::batch, batch).with_size(axes::seq, seq);
  const Variable x(Tensor::full(shape, 0.5f), true);
  reset_most_memory();
  const Recording recording;
  const Variable output = network.module->forward({.data = x}).features("the loss");
  output.backward(Tensor::full(output.shape(), 1));
  return memory_use().most - before;
}

TEST(CallMemory, is_what_a_training_step_takes) {
  for (const std::string network :
       {"LSTM(100, 256)", "GRU(64, 300, num_layers=2)", "LSTM(64, 128, proj_size=64)",
        "RNN(200, 200, bidirectional=True) -> Linear(100)"}) {
    const int64_t told = memory(network, Schedule::uniform(32, 50), Pass::training).total();
    const int64_t taken = bytes_of_a_training_step(network, 32, 50);
    EXPECT_NEAR(static_cast<double>(taken) / static_cast<double>(told), 1, 0.15) << network;
  }
}

}  // namespace
}  // namespace runnel
