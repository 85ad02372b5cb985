#include "runnel/explain/layer_text.h"

#include <gtest/gtest.h>

#include "runnel/model/network.h"
#include "runnel/nn/init.h"

namespace runnel {
namespace {

std::string with_names(const std::string& layer) {
  const ShapesOnly shapes;
  return layer_text_with_names(*make_network(layer).module);
}

TEST(LayerText, gives_each_size_its_name) {
  EXPECT_EQ(with_names("nn.GRU(100, 20, 1, batch_first=True)"),
            "GRU(input_size=100, hidden_size=20, batch_first=True)");
  EXPECT_EQ(with_names("RNN(1, 2, nonlinearity='relu')"),
            "RNN(input_size=1, hidden_size=2, nonlinearity='relu')");
  EXPECT_EQ(with_names("Embedding(5000, 100)"), "Embedding(num_embeddings=5000, embedding_dim=100)");
  EXPECT_EQ(with_names("Linear(256, 6)"), "Linear(in_features=256, out_features=6)");
  EXPECT_EQ(with_names("LSTMCell(3, 4)"), "LSTMCell(input_size=3, hidden_size=4)");
  EXPECT_EQ(with_names("Dropout(0.3)"), "Dropout(p=0.3)");
}

TEST(LayerText, leaves_a_layer_without_sizes_as_it_is) {
  EXPECT_EQ(with_names("max"), "max");
  EXPECT_EQ(with_names("ReLU"), "ReLU()");
}

TEST(LayerText, writes_the_name_of_an_axis_for_a_size_that_only_data_tell) {
  const ShapesOnly shapes;
  const Network network = make_network("Embedding(100) -> LSTM(128) -> last -> Linear");
  EXPECT_EQ(layer_text_with_names(*network.layers().front()),
            "Embedding(num_embeddings=vocab, embedding_dim=100)");
  EXPECT_EQ(layer_text_with_names(*network.layers().back()), "Linear(in_features=128, out_features=class)");
}

}  // namespace
}  // namespace runnel
