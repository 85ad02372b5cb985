#include "runnel/nn/constructor_text.h"

#include <gtest/gtest.h>

#include "runnel/nn/embedding.h"
#include "runnel/nn/init.h"
#include "runnel/nn/linear.h"

#include "tests/text/error_text.h"

namespace runnel {
namespace {

TEST(ConstructorText, separates_arguments_by_commas) {
  EXPECT_EQ(ConstructorText("ReLU").finish(), "ReLU()");
  EXPECT_EQ(ConstructorText("GRU")
                .positional({"feature", 100})
                .positional({"hidden", 20})
                .flag("batch_first", true)
                .number("dropout", 0.1)
                .finish(),
            "GRU(100, 20, batch_first=True, dropout=0.1)");
}

TEST(ConstructorText, writes_the_name_of_an_axis_for_a_size_that_only_data_tell) {
  EXPECT_EQ(ConstructorText("Embedding").positional({"vocab"}).positional({"feature", 100}).finish(),
            "Embedding(vocab, 100)");
  const ShapesOnly shapes;
  EXPECT_EQ(Embedding({.num_embeddings = Axis::kSymbolic, .embedding_dim = 3, .padding_idx = 0}).to_string(),
            "Embedding(vocab, 3, padding_idx=0)");
  EXPECT_EQ(Linear({.in_features = 4, .out_features = Axis::kSymbolic, .out_axis = "class"}).to_string(),
            "Linear(4, class)");
}

TEST(Linear, leaves_a_size_open_in_a_fix_when_only_data_tell_it) {
  const ShapesOnly shapes;
  const Linear linear({.in_features = 4, .out_features = Axis::kSymbolic});
  EXPECT_EQ(error_of([&] { linear.output_shape(Shape{{"batch"}, {"feature", 5}}); }),
            "ShapeError Linear: axis feature has size 5, expected 4\n"
            "  expected  [batch, feature=4]    4 = in_features\n"
            "  got       [batch, feature=5]\n"
            "  why       in_features counts the numbers along the last axis\n"
            "  fix       Linear({.in_features = 5, .out_features = …})");
}

}  // namespace
}  // namespace runnel
