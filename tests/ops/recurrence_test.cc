#include "runnel/ops/recurrence.h"

#include "runnel/sequence/packed.h"
#include "runnel/tensor/axes.h"

#include "tests/ops/op_testing.h"

// The layers in tests/nn are held against PyTorch and against a plain twin; here is what this operation promises
// about the layouts of its rows and about the tape.

namespace runnel {
namespace {

using namespace op_testing;

const Lengths kLengths{2, 4, 0, 3};

/// x [batch=4, seq=5, feature=3] and an LSTM of 5 units that reads it in both directions.
struct Example {
  std::shared_ptr<const Schedule> schedule = std::make_shared<const Schedule>(kLengths);
  Tensor x = random({{"batch", 4}, {"seq", 5}, {"feature", 3}});
  Variable h_0{random({{"direction", 2}, {"batch", 4}, {"hidden", 5}}, 2), true};
  std::vector<RecurrentParameters> directions{parameters(10), parameters(20)};

  static RecurrentParameters parameters(uint64_t seed) {
    const Axis gates{"gate·hidden", 20};
    return {Variable(random({gates, {"feature", 3}}, seed), true),
            Variable(random({gates, {"hidden", 5}}, seed + 1), true),
            Variable(random({gates}, seed + 2), true),
            Variable(random({gates}, seed + 3), true),
            {}};
  }
  RecurrenceResult run(const Variable& rows, const Shape& output_rows) const {
    return recurrence(Cell::lstm,
                      {.x = rows, .schedule = schedule, .output_rows = output_rows, .h_0 = h_0, .c_0 = {}},
                      directions);
  }
};

TEST(Recurrence, reads_and_writes_any_layout_of_the_rows) {
  const Example example;
  const PackedSequence packed = pack_padded_sequence(example.x, kLengths);
  const Tensor seq_first = example.x.transpose({"seq", "batch", "feature"});
  const Axis batch{"batch", 4}, seq{"seq", 5}, row{"row", example.schedule->rows()};
  const RecurrenceResult expected = example.run(packed.data, Shape{row});
  EXPECT_EQ(expected.output.shape(), (Shape{row, {"hidden·direction", 10}}));
  EXPECT_EQ(expected.h_n.shape(), example.h_0.shape());
  EXPECT_EQ(expected.c_n.shape(), example.h_0.shape());
  for (const Tensor& x : {packed.data, example.x, seq_first}) {
    for (const Shape& rows : {Shape{row}, Shape{batch, seq}, Shape{seq, batch}}) {
      const RecurrenceResult result = example.run(x, rows);
      EXPECT_EQ(numbers(result.h_n), numbers(expected.h_n));
      EXPECT_EQ(numbers(result.c_n), numbers(expected.c_n));
      const PackedSequence output = rows.rank() == 1 ? PackedSequence{result.output.value(), example.schedule}
                                                     : pack_padded_sequence(result.output.value(), kLengths);
      EXPECT_EQ(numbers(output.data), numbers(expected.output));
    }
  }
}

TEST(Recurrence, calls_its_output_hidden_when_there_is_one_direction) {
  Example example;
  example.directions.pop_back();
  example.h_0 = {};
  const RecurrenceResult result = example.run(example.x, Shape{{"batch", 4}, {"seq", 5}});
  EXPECT_EQ(result.output.shape(), (Shape{{"batch", 4}, {"seq", 5}, {"hidden", 5}}));
  EXPECT_EQ(result.h_n.shape(), (Shape{{"direction", 1}, {"batch", 4}, {"hidden", 5}}));
}

TEST(Recurrence, gives_gradients_only_where_they_are_required) {
  Example example;
  example.directions[0].weight_ih = example.directions[0].weight_ih.detach();
  const Variable x(example.x, true);
  Recording recording;
  const RecurrenceResult result = example.run(x, Shape{{"batch", 4}, {"seq", 5}});
  result.h_n.backward(Tensor::full(result.h_n.shape(), 1));
  EXPECT_FALSE(example.directions[0].weight_ih.has_grad());
  EXPECT_TRUE(example.directions[0].weight_hh.has_grad());
  EXPECT_TRUE(x.has_grad());
}

TEST(Recurrence, walks_back_through_the_weights_that_it_ran_with) {
  const Example example;
  Recording recording;
  const RecurrenceResult result = example.run(example.x, Shape{{"batch", 4}, {"seq", 5}});
  const Tensor ones = Tensor::full(result.output.shape(), 1);
  result.output.backward(ones, /*retain_graph=*/true);
  Variable h_0 = example.h_0, weight = example.directions[0].weight_hh;
  const std::vector<float> expected = numbers(h_0.grad());
  h_0.zero_grad();
  weight.mutable_value() = random(weight.shape(), 99);
  result.output.backward(ones);
  EXPECT_EQ(numbers(h_0.grad()), expected);
}

TEST(Recurrence, is_one_node_of_the_tape) {
  const Example example;
  Recording recording;
  const RecurrenceResult result = example.run(example.x, Shape{{"batch", 4}, {"seq", 5}});
  EXPECT_EQ(result.output.producer(), result.h_n.producer());
  EXPECT_EQ(result.output.producer(), result.c_n.producer());
  EXPECT_EQ(result.output.producer()->name(), "recurrence");
}

}  // namespace
}  // namespace runnel
