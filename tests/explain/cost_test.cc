#include "runnel/explain/cost.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/explain/story.h"
#include "runnel/model/work.h"
#include "runnel/nn/init.h"

#include "tests/explain/formula.h"
#include "tests/explain/random_network.h"

namespace runnel {
namespace {

CostStory cost(const std::string& network, const StorySizes& sizes = {}) {
  return tell_costs(make_network(network), sizes)->sum;
}

TEST(Cost, is_worked_out_from_batch_and_seq) {
  const CostStory of = cost("GRU(100, 20)", {.batch = 3, .seq = 10});
  EXPECT_EQ(of.multiply_adds.formula, "3 · 10 · 7,200");
  EXPECT_EQ(of.multiply_adds.value, 216'000);
  EXPECT_EQ(of.weight_bytes.formula, "4 · 7,320");
  EXPECT_EQ(of.activation_bytes.formula, "3 · (10 · 1,360 + 80)");
}

TEST(Cost, stays_a_formula_where_the_data_are_not_known) {
  EXPECT_EQ(cost("GRU(100, 20)").multiply_adds.formula, "batch · seq · 7,200");
  EXPECT_FALSE(cost("GRU(100, 20)").multiply_adds.value);
  EXPECT_EQ(cost("GRU(100, 20)", {.batch = 3}).activation_bytes.formula, "3 · (seq · 1,360 + 80)");
  EXPECT_EQ(cost("RNN(5, 4) -> last -> Linear(6)").multiply_adds.formula, "batch · (seq · 36 + 24)");
  EXPECT_EQ(cost("GRUCell(100, 20)").multiply_adds.formula, "batch · 7,200");
}

TEST(Cost, needs_no_vocabulary_but_all_that_is_multiplied) {
  const ShapesOnly shapes;
  const auto words =
      tell_costs(make_network("Embedding(100) -> GRU(20) -> last -> Linear(6)"), {.batch = 1, .seq = 1});
  ASSERT_TRUE(words);
  EXPECT_EQ(words->sum.multiply_adds.value, 7'200 + 120);
  EXPECT_FALSE(words->sum.weight_bytes.value);
  EXPECT_FALSE(tell_costs(make_network("GRU(3, 4) -> last -> Linear()"), {}));
  EXPECT_FALSE(tell_costs(make_network("Tanh"), {}));
}

TEST(Cost, that_does_not_fit_stays_a_formula) {
  EXPECT_FALSE(cost("GRU(100, 20)", {.batch = 1'000'000'000, .seq = 1'000'000'000}).multiply_adds.value);
}

TEST(Cost, of_words_is_told_word_for_word_and_that_a_small_table_needs_less) {
  const StorySizes sizes{.batch = 3, .seq = 10};
  const Story few = tell_story("Embedding(15, 100) -> GRU(20)", sizes);
  const Story many = tell_story("Embedding(16, 100) -> GRU(20)", sizes);
  EXPECT_EQ(few.cost->multiply_adds.value, 216'000);
  EXPECT_EQ(many.cost->multiply_adds.value, 216'000);
  EXPECT_LT(work_of(make_network("Embedding(15, 100) -> GRU(20)"), Schedule::uniform(3, 10), Pass::inference)
                .multiply_adds,
            216'000);
  EXPECT_EQ(few.notes.size(), many.notes.size() + 1);
  EXPECT_EQ(few.notes.back().substr(0, 31), "There are at most half as many ");
}

/// What a formula says must be what the count of a call says, whatever the batch.
RC_GTEST_PROP(Cost, is_that_of_a_call, ()) {
  const Network network = make_network(any_network());
  const StorySizes sizes = any_sizes();
  const Schedule schedule = Schedule::uniform(*sizes.batch, *sizes.seq);
  const Story story = tell_story(network, sizes);
  const Schedule data = story.tensors[0].shape.has("seq") ? schedule : Schedule::uniform(*sizes.batch, 1);
  const NetworkCosts costs = *tell_costs(network, sizes);
  const CostStory& cost = costs.sum;
  int64_t multiply_adds = 0, activations = 0;
  for (const PartWork& part : parts_work(network, data, Pass::inference, SmallTables::copied))
    multiply_adds += part.multiply_adds;
  for (const PartWork& part : parts_work(network, data, Pass::training, SmallTables::copied))
    activations += part.activations;
  RC_ASSERT(cost.multiply_adds.value == multiply_adds);
  RC_ASSERT(cost.activation_bytes.value == activations);
  RC_ASSERT(cost.weight_bytes.value == memory_of(network, data, Pass::training).parameters);
  const bool told = !story.notes.empty() && story.notes.back().starts_with("There are at most half");
  RC_ASSERT(told == (work_of(network, data, Pass::inference).multiply_adds < multiply_adds));
  std::vector<ParameterCount> counts{cost.multiply_adds, cost.activation_bytes, cost.weight_bytes};
  CostStory sum{};
  for (const CostStory& part : costs.parts) {
    *sum.multiply_adds.value += *part.multiply_adds.value;
    *sum.activation_bytes.value += *part.activation_bytes.value;
    *sum.weight_bytes.value += *part.weight_bytes.value;
    counts.insert(counts.end(), {part.multiply_adds, part.activation_bytes, part.weight_bytes});
  }
  RC_ASSERT(sum.multiply_adds.value == cost.multiply_adds.value);
  RC_ASSERT(sum.activation_bytes.value == cost.activation_bytes.value);
  RC_ASSERT(sum.weight_bytes.value == cost.weight_bytes.value);
  for (const ParameterCount& count : counts) {
    if (!count.formula.empty()) RC_ASSERT(formula_value(count.formula) == *count.value);
  }
}

}  // namespace
}  // namespace runnel
