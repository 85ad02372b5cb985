#include "runnel/model/change.h"

#include <gtest/gtest.h>
#include <vector>

#include "runnel/base/error.h"

namespace runnel {
namespace {

const std::string kChain =
    "Embedding(50, 10) -> LSTM(10, 8) -> GRU(8, 4, 2) -> last -> Dropout(0.3) -> Linear(4, 6)";

std::string changed(const std::string& network, const std::vector<std::string>& texts) {
  std::vector<OptionChange> changes;
  for (const std::string& text : texts) changes.push_back(parse_change(text));
  return changed_network(network, changes);
}

std::string error_of(const std::string& network, const std::string& text) {
  try {
    changed(network, {text});
  } catch (const OptionError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ChangedNetwork, leaves_out_what_the_layer_before_tells) {
  EXPECT_EQ(
      changed("Embedding(50, 10) -> nn.GRU(10, 8, 2, True) -> Linear(8, 6)", {}),
      "Embedding(num_embeddings=50, embedding_dim=10) -> GRU(hidden_size=8, num_layers=2, bias=True) -> "
      "Linear(out_features=6)");
}

TEST(ChangedNetwork, keeps_the_size_that_a_first_layer_reads) {
  EXPECT_EQ(changed("Dropout(0.25) -> RNN(3, 4, nonlinearity='relu') -> last", {"input_size=5"}),
            "Dropout(p=0.25) -> RNN(input_size=5, hidden_size=4, nonlinearity='relu') -> last");
}

TEST(ChangedNetwork, finds_the_layer_by_its_number_its_kind_or_its_option) {
  const std::string by_number = changed(kChain, {"2.hidden_size=7"});
  EXPECT_EQ(by_number, changed(kChain, {"GRU.hidden_size=7"}));
  EXPECT_NE(by_number.find("GRU(hidden_size=7, num_layers=2)"), std::string::npos) << by_number;
  EXPECT_NE(changed(kChain, {"proj_size=2"}).find("LSTM(hidden_size=8, proj_size=2)"), std::string::npos);
  EXPECT_NE(changed(kChain, {"p=0.5", "padding_idx=0"}).find("Dropout(p=0.5)"), std::string::npos);
}

TEST(ChangedNetwork, refuses_what_is_no_change) {
  EXPECT_EQ(
      error_of("GRU(3, 4)", "hidden_size"),
      "hidden_size is no change of a network\n"
      "  expected  an option and its new value; where several layers take it, the layer's number from 0 in "
      "front\n"
      "  fix       hidden_size=40, or 1.hidden_size=40");
  EXPECT_EQ(error_of("GRU(3, 4)", "hidden_size=4) -> Linear(3").substr(0, 43),
            "hidden_size=4) -> Linear(3 is no change of ");
  EXPECT_EQ(error_of("GRU(3, 4)", ".a=3").substr(0, 4), ".a=3");
}

TEST(ChangedNetwork, refuses_an_option_of_no_layer) {
  EXPECT_EQ(error_of("GRU(3, 4)", "hiden_size=5"),
            "no layer of the network has an option hiden_size\n"
            "  may change  input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional\n"
            "  fix         hidden_size=5");
  EXPECT_EQ(error_of(kChain, "5.hidden_size=5"),
            "layer 5 has no option hidden_size\n"
            "  may change  in_features, out_features, bias");
  EXPECT_EQ(error_of("GRU(3, 4) -> last", "2.hidden_size=5"),
            "2.hidden_size=5: the network has no layer 2\n"
            "  layers  0. GRU, 1. last\n"
            "  why     layers are numbered from 0, each in the chain, or named by their kind\n"
            "  fix     hidden_size=5, or with one of these numbers in front");
}

TEST(ChangedNetwork, asks_which_layer_where_several_have_the_option) {
  EXPECT_EQ(error_of(kChain, "hidden_size=5"),
            "hidden_size=5: several layers have the option hidden_size\n"
            "  layers  1. LSTM, 2. GRU\n"
            "  why     only one of them is to change\n"
            "  fix     1.hidden_size=5");
}

TEST(ChangedNetwork, names_what_decides_a_size_that_follows) {
  EXPECT_EQ(error_of(kChain, "1.input_size=5"),
            "input_size of 1. LSTM follows from the layer before\n"
            "  why         a layer reads what the one before gives\n"
            "  decided by  0.embedding_dim\n"
            "  fix         0.embedding_dim=5");
}

TEST(OptionChange, as_a_size_is_one_or_more) {
  EXPECT_EQ(parse_change("batch=64").size(), 64);
  for (const std::string text : {"batch=0", "batch=x", "batch=3.5", "batch=99999999999999999999"}) {
    try {
      parse_change(text).size();
      ADD_FAILURE() << text;
    } catch (const OptionError& error) {
      EXPECT_EQ(error.summary(), "batch is " + text.substr(6) + ", expected a whole number, 1 or more");
    }
  }
}

}  // namespace
}  // namespace runnel
