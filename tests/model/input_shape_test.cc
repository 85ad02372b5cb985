#include "runnel/model/input_shape.h"

#include <gtest/gtest.h>

#include "runnel/nn/init.h"

namespace runnel {
namespace {

struct Case {
  const char* network;
  const char* whole;     ///< with batch and seq
  const char* no_batch;  ///< one sequence, or one step
  const char* no_seq;    ///< rows
  bool steps;
};

constexpr Case kCases[] = {
    {"GRU(3, 4)", "[seq, batch, feature=3]", "[seq, feature=3]", "[batch, feature=3]", true},
    {"GRU(3, 4, batch_first=True)", "[batch, seq, feature=3]", "[seq, feature=3]", "[batch, feature=3]",
     true},
    {"GRU(3, 4) -> last", "[batch, seq, feature=3]", "[seq, feature=3]", "[batch, feature=3]", true},
    {"LSTM(3, 4, batch_first=False) -> last", "[seq, batch, feature=3]", "[seq, feature=3]",
     "[batch, feature=3]", true},
    {"Embedding(5, 3) -> GRU(4)", "[batch, seq]", "[seq]", "[batch]", true},
    {"LSTMCell(3, 4)", "[batch, feature=3]", "[feature=3]", "[batch, feature=3]", false},
    {"Linear(3, 4)", "[batch, seq, feature=3]", "[seq, feature=3]", "[batch, feature=3]", false},
    {"Dropout(0.5) -> Linear(3, 4)", "[batch, seq, feature=3]", "[seq, feature=3]", "[batch, feature=3]",
     false},
    {"max -> Linear(3, 4)", "[batch, seq, feature=3]", "[seq, feature=3]", "[batch, feature=3]", true},
    {"Tanh", "[batch, seq, feature]", "[seq, feature]", "[batch, feature]", false},
};

TEST(InputShape, is_what_the_first_layer_with_sizes_reads) {
  const ShapesOnly shapes;
  for (const Case& c : kCases) {
    const Network network = make_network(c.network);
    EXPECT_EQ(input_shape(network).to_string(), c.whole) << c.network;
    EXPECT_EQ(input_shape(network, {.batch = false}).to_string(), c.no_batch) << c.network;
    EXPECT_EQ(input_shape(network, {.seq = false}).to_string(), c.no_seq) << c.network;
    EXPECT_EQ(reads_steps(network), c.steps) << c.network;
  }
}

TEST(InputShape, fits_the_network) {
  const ShapesOnly shapes;
  for (const Case& c : kCases) {
    const Network network = make_network(c.network);
    EXPECT_NO_THROW(network.module->output_shape(input_shape(network))) << c.network;
  }
}

TEST(InputShape, of_a_layer_that_reads_any_number_of_features_is_not_known) {
  EXPECT_FALSE(input_shape(*make_network("Tanh").module));
  EXPECT_FALSE(input_shape(*make_network("max").module));
  EXPECT_EQ(reading_layer(make_network("max -> Tanh")), nullptr);
  const Network network = make_network("Tanh -> Linear(3, 4)");
  EXPECT_EQ(reading_layer(network), network.layers()[1]);
}

}  // namespace
}  // namespace runnel
