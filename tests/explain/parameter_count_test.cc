#include "runnel/explain/parameter_count.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/explain/story.h"
#include "runnel/nn/init.h"

#include "tests/explain/formula.h"
#include "tests/explain/random_network.h"

namespace runnel {
namespace {

ParameterCount count_of(const std::string& layer) {
  const ShapesOnly shapes;
  return count_parameters(*make_network(layer).module);
}

TEST(ParameterCount, works_out_one_layer_in_one_direction) {
  EXPECT_EQ(count_of("GRU(100, 20)").formula, "3 gates · 20 · (100 + 20 + 2)");
  EXPECT_EQ(count_of("GRU(100, 20)").value, 7320);
}

TEST(ParameterCount, leaves_the_gates_out_where_there_are_none) {
  EXPECT_EQ(count_of("RNN(100, 20)").formula, "20 · (100 + 20 + 2)");
}

TEST(ParameterCount, leaves_the_biases_out) {
  EXPECT_EQ(count_of("GRU(100, 20, bias=False)").formula, "3 gates · 20 · (100 + 20)");
  EXPECT_EQ(count_of("Linear(100, 20, bias=False)").formula, "20 · 100");
}

TEST(ParameterCount, takes_directions_together) {
  EXPECT_EQ(count_of("LSTM(100, 128, bidirectional=True)").formula,
            "2 directions · 4 gates · 128 · (100 + 128 + 2)");
}

TEST(ParameterCount, takes_equal_layers_together) {
  EXPECT_EQ(count_of("LSTM(100, 128, num_layers=3, bidirectional=True)").formula,
            "2 directions · 4 gates · 128 · (100 + 128 + 2) + 2 layers · 2 directions · 4 gates · 128 · (256 "
            "+ 128 + 2)");
  EXPECT_EQ(count_of("GRU(20, 20, num_layers=2)").formula, "2 layers · 3 gates · 20 · (20 + 20 + 2)");
}

TEST(ParameterCount, counts_a_projection) {
  EXPECT_EQ(count_of("LSTM(100, 128, proj_size=32)").formula, "4 gates · 128 · (100 + 32 + 2) + 32 · 128");
  EXPECT_EQ(count_of("LSTM(100, 128, bidirectional=True, proj_size=32, bias=False)").formula,
            "2 directions · (4 gates · 128 · (100 + 32) + 32 · 128)");
}

TEST(ParameterCount, keeps_unknown_sizes_by_name) {
  EXPECT_EQ(count_of("Embedding(100)").formula, "vocab · 100");
  EXPECT_EQ(count_of("Embedding(100)").value, std::nullopt);
  const Story story = tell_story("Embedding(100) -> LSTM(128) -> last -> Linear");
  EXPECT_EQ(story.count.formula, "vocab · 100 + 117,760 + class · (128 + 1)");
  EXPECT_EQ(story.count.value, std::nullopt);
}

TEST(ParameterCount, is_nothing_for_a_layer_without_parameters) {
  EXPECT_EQ(count_of("Dropout(0.5)").formula, "");
  EXPECT_EQ(count_of("Dropout(0.5)").value, 0);
}

TEST(ParameterCount, of_one_layer_among_others_is_the_whole_sum) {
  EXPECT_EQ(tell_story("GRU(100, 20) -> last").count.formula, "3 gates · 20 · (100 + 20 + 2)");
}

RC_GTEST_PROP(ParameterCount, has_a_formula_that_gives_the_real_sum, ()) {
  const std::string text = any_network();
  const Network network = make_network(text);
  const Story story = tell_story(network);
  RC_LOG() << text << "\n" << story.count.formula;
  RC_ASSERT(story.count.value == network.module->parameter_count());
  RC_ASSERT(formula_value(story.count.formula) == network.module->parameter_count());
  for (const LayerStory& layer : story.layers) {
    RC_ASSERT(layer.count.value == formula_value(layer.count.formula));
  }
}

}  // namespace
}  // namespace runnel
