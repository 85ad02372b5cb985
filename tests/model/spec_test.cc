#include "runnel/model/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;

std::vector<std::string> kinds(const ChainSpec& chain) {
  std::vector<std::string> kinds;
  for (const LayerSpec& layer : chain.layers) kinds.push_back(layer.kind);
  return kinds;
}

/// The value of the only argument of the only layer.
SpecValue value_of(const std::string& text) {
  return parse_chain("L(" + text + ")").layers[0].arguments[0].value;
}

std::string error_for(const std::string& text) {
  return error_of([&] { parse_chain(text); });
}

/// What every error of the grammar says: the text, the mark below it, what was expected there.
std::string expected_at(const std::string& text, size_t column, const std::string& expected,
                        const std::string& fix = "") {
  const std::string space = fix.empty() ? "" : " ";
  return "OptionError the network cannot be read\n  at  " + space + text + "\n      " + space +
         std::string(column, ' ') + "^ expected " + expected + (fix.empty() ? "" : "\n  fix  " + fix);
}

TEST(ParseChain, reads_one_layer_as_pytorch_writes_it) {
  for (const std::string text :
       {"GRU(100, 20)", "nn.GRU(100, 20)", "torch.nn.GRU(100, 20)", " GRU ( 100,20, ) "}) {
    const ChainSpec chain = parse_chain(text);
    EXPECT_TRUE(chain.lone());
    EXPECT_THAT(kinds(chain), ElementsAre("GRU"));
    ASSERT_EQ(chain.layers[0].arguments.size(), 2u) << text;
    EXPECT_EQ(chain.layers[0].arguments[1].value, SpecValue(int64_t{20}));
  }
}

TEST(ParseChain, reads_layers_one_behind_the_other) {
  const ChainSpec chain = parse_chain("Embedding(5000, 100)->LSTM(128)\n -> last -> nn.Linear(6)");
  EXPECT_FALSE(chain.lone());
  EXPECT_THAT(kinds(chain), ElementsAre("Embedding", "LSTM", "last", "Linear"));
  EXPECT_TRUE(chain.layers[2].arguments.empty());
}

TEST(ParseChain, takes_parentheses_around_nothing) {
  EXPECT_TRUE(parse_chain("Tanh()").layers[0].arguments.empty());
  EXPECT_TRUE(parse_chain("Tanh").layers[0].arguments.empty());
}

TEST(ParseChain, reads_every_kind_of_value) {
  EXPECT_EQ(value_of("128"), SpecValue(int64_t{128}));
  EXPECT_EQ(value_of("-1"), SpecValue(int64_t{-1}));
  EXPECT_EQ(value_of("+5_000"), SpecValue(int64_t{5000}));
  EXPECT_EQ(value_of("0.3"), SpecValue(0.3));
  EXPECT_EQ(value_of(".5"), SpecValue(0.5));
  EXPECT_EQ(value_of("1e-3"), SpecValue(1e-3));
  EXPECT_EQ(value_of("True"), SpecValue(true));
  EXPECT_EQ(value_of("False"), SpecValue(false));
  EXPECT_EQ(value_of("None"), SpecValue(std::monostate()));
  EXPECT_EQ(value_of("'relu'"), SpecValue(std::string("relu")));
  EXPECT_EQ(value_of("\"re'lu\""), SpecValue(std::string("re'lu")));
}

TEST(ParseChain, keeps_names_and_places_of_arguments) {
  const ChainSpec chain = parse_chain("LSTM(3, bias = False)");
  const SpecArgument& bias = chain.layers[0].arguments[1];
  EXPECT_EQ(chain.layers[0].arguments[0].name, "");
  EXPECT_EQ(bias.name, "bias");
  EXPECT_EQ(bias.place.column, 8u);
  EXPECT_EQ(bias.place.length, 12u);
  EXPECT_EQ(chain.layers[0].place.length, 4u);
}

TEST(ParseChain, marks_where_the_grammar_breaks) {
  EXPECT_EQ(error_for(""),
            "OptionError the network cannot be read\n"
            "  at   \n"
            "       ^ expected the name of a layer, such as LSTM\n"
            "  why  the text is empty");
  EXPECT_EQ(error_for("LSTM(3) ->"),
            expected_at("LSTM(3) ->", 10, "the name of a layer, such as LSTM", "LSTM(3)"));
  EXPECT_EQ(error_for("-> LSTM(3)"), expected_at("-> LSTM(3)", 0, "the name of a layer, such as LSTM"));
  EXPECT_EQ(error_for("LSTM(3) GRU(4)"),
            expected_at("LSTM(3) GRU(4)", 8, "'->' and another layer, or the end", "LSTM(3) -> GRU(4)"));
  EXPECT_EQ(error_for("LSTM(3 4)"), expected_at("LSTM(3 4)", 7, "',' or ')'", "LSTM(3, 4)"));
  EXPECT_EQ(error_for("LSTM(3, 4"), expected_at("LSTM(3, 4", 9, "',' or ')'", "LSTM(3, 4)"));
  EXPECT_EQ(error_for("torch.LSTM(3)"), expected_at("torch.LSTM(3)", 6, "'nn.'"));
}

TEST(ParseChain, reads_a_line_of_a_program) {
  const ChainSpec chain = parse_chain("self.lstm = nn.LSTM(100, 20)");
  EXPECT_EQ(chain.layers.at(0).kind, "LSTM");
  EXPECT_EQ(chain.layers[0].arguments.size(), 2U);
  EXPECT_EQ(error_for("lstm = -> LSTM(3)"),
            expected_at("lstm = -> LSTM(3)", 7, "the name of a layer, such as LSTM"));
}

TEST(ParseChain, leaves_out_where_and_as_what_pytorch_computes) {
  const ChainSpec chain =
      parse_chain("LSTM(3, 4, device=torch.device('cpu', 0), dtype=torch.float64, bias=False)");
  EXPECT_TRUE(chain.placed);
  EXPECT_EQ(chain.layers.at(0).arguments.size(), 3U);
  EXPECT_FALSE(parse_chain("LSTM(3, 4)").placed);
  EXPECT_EQ(error_for("LSTM(3, 4, device=cpu"),
            expected_at("LSTM(3, 4, device=cpu", 21, "',' or ')'", "LSTM(3, 4, device=cpu)"));
}

TEST(ParseChain, marks_a_place_in_its_line) {
  EXPECT_EQ(error_for("LSTM(3) ->\n\tGRU(x)\n-> last\n"),
            "OptionError the network cannot be read\n"
            "  at    GRU(x)\n"
            "            ^ expected a number, True, False, None or a text in quotes\n"
            "  why  Python is not run: what x is, the program alone knows\n"
            "  fix  numbers in place of names, or what PyTorch prints of the model:\n"
            "       python -c 'from net import model; print(model)' > model.txt");
  EXPECT_EQ(error_for("LSTM(3, 4\r\n\r\n"), expected_at("LSTM(3, 4", 9, "',' or ')'", "LSTM(3, 4)"));
}

TEST(ParseChain, says_of_a_line_of_a_program_that_it_is_not_run) {
  const char* fix = "\n       python -c 'from net import model; print(model)' > model.txt";
  EXPECT_THAT(error_for("self.rnn = nn.GRU(input_dim, hidden)"),
              testing::AllOf(testing::HasSubstr("what input_dim is, the program"), testing::EndsWith(fix)));
  EXPECT_THAT(error_for("nn.Sequential(nn.LSTM(3, 4))"),
              testing::AllOf(testing::HasSubstr("what nn.LSTM is, the program"), testing::EndsWith(fix)));
  EXPECT_THAT(error_for("GRU(3, 4, bias=true)"), testing::EndsWith("\n  fix  GRU(3, 4, bias=True)"));
}

TEST(ParseChain, marks_values_that_are_none) {
  const std::string value = "a number, True, False, None or a text in quotes";
  EXPECT_EQ(error_for("LSTM(,)"), expected_at("LSTM(,)", 5, value));
  EXPECT_EQ(error_for("LSTM(3, 4x)"), expected_at("LSTM(3, 4x)", 8, value));
  EXPECT_EQ(error_for("LSTM(3, bias=true)"),
            expected_at("LSTM(3, bias=true)", 13, value, "LSTM(3, bias=True)"));
  EXPECT_EQ(error_for("LSTM(bias=)"), expected_at("LSTM(bias=)", 10, value));
  EXPECT_EQ(error_for("LSTM(99999999999999999999999"),
            expected_at("LSTM(99999999999999999999999", 28, "',' or ')'", "LSTM(99999999999999999999999)"));
  EXPECT_EQ(error_for("RNN(3, 'relu)"), expected_at("RNN(3, 'relu)", 8, "a closing '"));
}

TEST(ParseChain, counts_characters_and_not_bytes_in_front_of_the_mark) {
  EXPECT_EQ(error_for("LSTM('é' x"),
            "OptionError the network cannot be read\n"
            "  at   LSTM('é' x\n"
            "                ^ expected ',' or ')'\n"
            "  fix  LSTM('é', x");
}

}  // namespace
}  // namespace runnel
