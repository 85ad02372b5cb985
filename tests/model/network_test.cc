#include "runnel/model/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/nn/init.h"
#include "runnel/nn/recurrent.h"

#include "tests/tensor/expect_error.h"
#include "tests/text/error_text.h"

namespace runnel {
namespace {

std::string made(const std::string& text, const NetworkContext& context = {}) {
  return make_network(text, context).module->to_string();
}
std::string error_for(const std::string& text, const NetworkContext& context = {}) {
  return error_of([&] { make_network(text, context); });
}
std::string output_of(const std::string& text, const Shape& input) {
  const ShapesOnly shapes;
  return make_network(text).module->output_shape(input).to_string();
}

TEST(MakeNetwork, infers_the_sizes_that_follow_from_the_layer_before) {
  EXPECT_EQ(
      made("Embedding(50, 10) -> LSTM(8, bidirectional=True) -> Dropout(0.3) -> GRU(6) -> last -> Linear(4)"),
      "Embedding(50, 10) -> LSTM(10, 8, batch_first=True, bidirectional=True) -> Dropout(0.3) -> "
      "GRU(16, 6, batch_first=True) -> last -> Linear(6, 4)");
}

TEST(MakeNetwork, takes_from_the_data_what_the_text_leaves_out) {
  EXPECT_EQ(made("Embedding(10) -> RNN(8) -> max -> Linear", {.num_embeddings = 50, .classes = 3}),
            "Embedding(50, 10) -> RNN(10, 8, batch_first=True) -> max -> Linear(8, 3)");
  EXPECT_EQ(made("Dropout(0.5) -> LSTM(8)", {.input_size = 5}),
            "Dropout(0.5) -> LSTM(5, 8, batch_first=True)");
  EXPECT_EQ(made("GRU(8)", {.input_size = 5}), "GRU(5, 8)");
}

TEST(MakeNetwork, reads_sizes_by_name_in_any_order) {
  EXPECT_EQ(made("LSTM(hidden_size=4, input_size=3)"), "LSTM(3, 4)");
  EXPECT_EQ(made("Embedding(5, embedding_dim=7)"), "Embedding(5, 7)");
  EXPECT_EQ(made("Linear(6, in_features=2)"), "Linear(2, 6)");
  EXPECT_EQ(made("LSTM(3, 4, num_layers=None)"), "LSTM(3, 4)");
}

TEST(MakeNetwork, reads_pytorchs_order_of_options) {
  EXPECT_EQ(
      made("LSTM(3, 4, 2, False, True, 0.5, True, 2)"),
      "LSTM(3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True, proj_size=2)");
  EXPECT_EQ(made("RNN(3, 4, 1, 'relu')"), "RNN(3, 4, nonlinearity='relu')");
}

TEST(MakeNetwork, makes_a_network_again_from_its_own_text) {
  for (const std::string text :
       {"Embedding(50, 10, padding_idx=0) -> GRU(10, 4, num_layers=2, batch_first=True) -> mean -> Tanh -> "
        "Linear(4, 2, bias=False)",
        "LSTM(3, 4, batch_first=True, proj_size=2)", "LSTMCell(3, 4)", "GRUCell(3, 4, bias=False)",
        "RNNCell(3, 4, nonlinearity='relu')", "ReLU", "Sigmoid"}) {
    EXPECT_EQ(made(made(text)), made(text)) << text;
  }
}

TEST(MakeNetwork, puts_batch_first_in_a_chain_and_seq_first_in_a_lone_layer) {
  const Network lone = make_network("LSTM(3, 4)"), chain = make_network("LSTM(3, 4) -> last");
  EXPECT_FALSE(lone.batch_first());
  EXPECT_FALSE(lone.batch_first_by_default);
  EXPECT_TRUE(chain.batch_first());
  EXPECT_TRUE(chain.batch_first_by_default);
}

TEST(MakeNetwork, lets_the_first_recurrent_layer_say_what_comes_first) {
  const Network first = make_network("LSTM(3, 4, batch_first=False) -> GRU(5) -> last");
  EXPECT_FALSE(first.batch_first());
  EXPECT_EQ(first.module->to_string(),
            "LSTM(3, 4, batch_first=False) -> GRU(4, 5, batch_first=False) -> last");
  EXPECT_TRUE(make_network("LSTM(3, 4, batch_first=True)").batch_first());
  EXPECT_FALSE(make_network("LSTM(3, 4, batch_first=True) -> last").batch_first_by_default);
}

TEST(MakeNetwork, names_parameters_as_pytorch_does) {
  EXPECT_EQ(make_network("GRU(3, 4)").module->named_parameters()[0].name, "weight_ih_l0");
  EXPECT_EQ(make_network("Dropout(0.1) -> GRU(3, 4)").module->named_parameters()[0].name, "1.weight_ih_l0");
}

TEST(MakeNetwork, calls_the_last_axis_class_behind_the_last_linear_only) {
  EXPECT_EQ(output_of("Embedding(9, 5) -> last -> Linear(4) -> Linear(3)", {{"batch"}, {"seq"}}),
            "[batch, class=3]");
  EXPECT_EQ(output_of("Embedding(9, 5) -> last -> Linear(4) -> Tanh", {{"batch"}, {"seq"}}),
            "[batch, feature=4]");
  EXPECT_EQ(output_of("Linear(4, 2)", {{"batch"}, {"feature", 4}}), "[batch, feature=2]");
}

TEST(MakeNetwork, knows_which_networks_read_ids) {
  EXPECT_TRUE(make_network("Embedding(9, 5) -> GRU(3)").reads_ids());
  EXPECT_TRUE(make_network("Embedding(9, 5)").reads_ids());
  EXPECT_FALSE(make_network("GRU(5, 3)").reads_ids());
  EXPECT_EQ(make_network("GRU(5, 3)").layers().size(), 1u);
  EXPECT_EQ(make_network("GRU(5, 3) -> last").layers().size(), 2u);
}

TEST(MakeNetwork, leaves_sizes_symbolic_when_only_shapes_count) {
  const ShapesOnly shapes;
  EXPECT_EQ(make_network("Embedding(100) -> LSTM(128) -> last -> Linear")
                .module->output_shape(Shape{{"batch"}, {"seq"}})
                .to_string(),
            "[batch, class]");
}

TEST(MakeNetwork, draws_the_same_weights_from_the_same_generator) {
  Generator one(7), two(7);
  const Network a = make_network("LSTM(3, 4)", {}, one), b = make_network("LSTM(3, 4)", {}, two);
  const auto first = a.module->parameters()[0].value().values(),
             second = b.module->parameters()[0].value().values();
  EXPECT_TRUE(std::equal(first.begin(), first.end(), second.begin(), second.end()));
}

TEST(MakeNetwork, refuses_a_size_that_nothing_tells) {
  EXPECT_EQ(error_for("LSTM(4)"),
            "OptionError LSTM: input_size is not known\n"
            "  at   LSTM(4)\n"
            "       ^^^^ nothing tells input_size\n"
            "  why  it is how many numbers describe a step; a layer in front would tell\n"
            "  fix  LSTM(4, input_size=100)");
  EXPECT_EQ(error_for("LSTM(3, 4) -> last -> Linear"),
            "OptionError Linear: out_features is not known\n"
            "  at   LSTM(3, 4) -> last -> Linear\n"
            "                             ^^^^^^ nothing tells out_features\n"
            "  why  it is how many numbers come out; the labels tell it only of the last layer\n"
            "  fix  LSTM(3, 4) -> last -> Linear(out_features=6)");
  EXPECT_EQ(error_for("Embedding"),
            "OptionError Embedding: embedding_dim is not known\n"
            "  at   Embedding\n"
            "       ^^^^^^^^^ nothing tells embedding_dim\n"
            "  why  it is how many numbers stand for a word: yours to choose\n"
            "  fix  Embedding(5000, 100)");
}

/// The fix that an error gives: a network as text.
std::string fix_of(const std::string& text) {
  const std::string error = error_for(text);
  const size_t fix = error.find("\n  fix");
  return fix == std::string::npos ? "" : error.substr(error.find_first_not_of(' ', fix + 6));
}

TEST(MakeNetwork, mends_the_text_and_keeps_all_else_of_it) {
  EXPECT_EQ(fix_of("GRU(100, 20"), "GRU(100, 20)");
  EXPECT_EQ(fix_of("GRU(100 20)"), "GRU(100, 20)");
  EXPECT_EQ(fix_of("GRU(100, 20,"), "GRU(100, 20)");
  EXPECT_EQ(fix_of("GRU(100, 20) LSTM(30)"), "GRU(100, 20) -> LSTM(30)");
  EXPECT_EQ(fix_of("GRU(100, 20) ->"), "GRU(100, 20)");
  EXPECT_EQ(fix_of("GRU(100, 20, batch_first=true)"), "GRU(100, 20, batch_first=True)");
  EXPECT_EQ(fix_of("GRU(100, 20, batch_first=1)"), "GRU(100, 20, batch_first=True)");
  EXPECT_EQ(fix_of("nn.GRUU(100, 20, bias=False)"), "nn.GRU(100, 20, bias=False)");
  EXPECT_EQ(fix_of("GRU(100, 20, batchfirst=True)"), "GRU(100, 20, batch_first=True)");
  EXPECT_EQ(fix_of("GRU(100, hidden=20)"), "GRU(100, hidden_size=20)");
  EXPECT_EQ(fix_of("GRU(100, 20, 2.0)"), "GRU(100, 20, 2)");
  EXPECT_EQ(fix_of("GRU(100, 20, hidden_size=30)"), "GRU(100, 20)");
  EXPECT_EQ(fix_of("GRU(100, 20, zzz=30, bias=False)"), "GRU(100, 20, bias=False)");
  EXPECT_EQ(fix_of("GRU(3, 4) -> last(2) -> Linear(5)"), "GRU(3, 4) -> last() -> Linear(5)");
}

TEST(MakeNetwork, gives_the_layer_the_size_that_comes_in_and_keeps_all_else) {
  EXPECT_EQ(fix_of("LSTM(100, 20, bias=False) -> last -> Linear(30, 5)"),
            "LSTM(100, 20, bias=False) -> last -> Linear(20, 5)");
  EXPECT_EQ(fix_of("LSTM(100, 20, bidirectional=True) -> GRU(input_size=20, hidden_size=5)"),
            "LSTM(100, 20, bidirectional=True) -> GRU(input_size=40, hidden_size=5)");
  EXPECT_EQ(fix_of("LSTM(100, 20) -> last -> GRU(5)"), "LSTM(100, 20) -> GRU(5)");
  EXPECT_EQ(fix_of("LSTM(100, 20) -> last -> mean"), "LSTM(100, 20) -> mean");
}

TEST(MakeNetwork, has_fixes_that_are_networks) {
  for (const std::string text : {"GRU(100, 20",
                                 "GRU(100 20)",
                                 "GRU(100, 20,",
                                 "GRU(100, 20) LSTM(30)",
                                 "GRU(100, 20) ->",
                                 "GRU(100, 20, batch_first=true)",
                                 "nn.GRUU(100, 20)",
                                 "GRU(100, hidden=20)",
                                 "GRU(100, 20, 2.0)",
                                 "GRU(100, 0)",
                                 "GRU",
                                 "GRU(20)",
                                 "GRU(batch_first=True)",
                                 "Embedding(5000, 100) -> LSTM()",
                                 "Linear(5)",
                                 "LSTM()",
                                 "Embedding(5000, 100) -> Linear(bias=False) -> Linear(5)",
                                 "LSTM(100, 20) -> Linear(30, 5)",
                                 "LSTM(100, 20) -> last -> GRU(5)",
                                 "RNN(20, 300, 5, True)",
                                 "GRU(3, 4) -> last(2)"}) {
    const std::string fix = fix_of(text);
    ASSERT_NE(fix, "") << text;
    EXPECT_NO_THROW(make_network(fix)) << text << " became " << fix;
  }
}

TEST(MakeNetwork, refuses_an_unknown_layer_and_suggests_one) {
  EXPECT_EQ(error_for("LTSM(3, 4) -> last"),
            "OptionError there is no layer LTSM\n"
            "  at     LTSM(3, 4) -> last\n"
            "         ^^^^ no such layer; did you mean LSTM?\n"
            "  known  last, first, mean, max, Dropout, Embedding, GRU, GRUCell, LSTM, LSTMCell, Linear, RNN, "
            "RNNCell, ReLU, Sigmoid, Tanh\n"
            "  fix    LSTM(3, 4) -> last");
}

TEST(MakeNetwork, refuses_arguments_that_a_layer_does_not_take) {
  EXPECT_EQ(error_for("GRU(3, 4, bidirectonal=True)"),
            "OptionError GRU has no option bidirectonal\n"
            "  at     GRU(3, 4, bidirectonal=True)\n"
            "                   ^^^^^^^^^^^^^^^^^ no such option; did you mean bidirectional?\n"
            "  takes  input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional\n"
            "  fix    GRU(3, 4, bidirectional=True)");
  EXPECT_EQ(error_for("GRU(3, 4) -> last(2)"),
            "OptionError last takes no more than 0 arguments\n"
            "  at     GRU(3, 4) -> last(2)\n"
            "                           ^ one too many\n"
            "  takes  nothing\n"
            "  fix    GRU(3, 4) -> last()");
  EXPECT_EQ(error_for("GRU(3, 4, hidden_size=5)"),
            "OptionError hidden_size is given twice\n"
            "  at   GRU(3, 4, hidden_size=5)\n"
            "                 ^^^^^^^^^^^^^ given before\n"
            "  fix  GRU(3, 4)");
}

TEST(MakeNetwork, refuses_an_inplace_that_is_neither_True_nor_False) {
  EXPECT_EQ(error_for("GRU(3, 4) -> ReLU(3)"),
            "OptionError inplace cannot have this value\n"
            "  at   GRU(3, 4) -> ReLU(3)\n"
            "                         ^ inplace: expected True or False\n"
            "  fix  GRU(3, 4) -> ReLU(True)");
  EXPECT_THAT(error_for("GRU(3, 4) -> Dropout(0.5, 3)"),
              testing::HasSubstr("^ inplace: expected True or False"));
  EXPECT_EQ(make_network("GRU(3, 4) -> ReLU(inplace=True)").module->to_string(),
            "GRU(3, 4, batch_first=True) -> ReLU()");
}

TEST(MakeNetwork, refuses_values_of_the_wrong_kind) {
  const auto wrong = [](const std::string& text, const std::string& option, const std::string& mark,
                        const std::string& expected, const std::string& fix = "") {
    const std::string space = fix.empty() ? "" : " ";
    return "OptionError " + option + " cannot have this value\n  at  " + space + text + "\n      " + space +
           mark + " " + option + ": expected " + expected + (fix.empty() ? "" : "\n  fix  " + fix);
  };
  EXPECT_EQ(error_for("GRU(0, 4)"), wrong("GRU(0, 4)", "input_size", "    ^", "1 or more", "GRU(100, 4)"));
  EXPECT_EQ(error_for("GRU(3, 4.5)"),
            wrong("GRU(3, 4.5)", "hidden_size", "       ^^^", "a whole number", "GRU(3, 4)"));
  EXPECT_EQ(error_for("GRU(3, 4, bias=1)"),
            wrong("GRU(3, 4, bias=1)", "bias", "          ^^^^^^", "True or False", "GRU(3, 4, bias=True)"));
  EXPECT_EQ(error_for("Dropout('a')"), wrong("Dropout('a')", "p", "        ^^^", "a number"));
  EXPECT_EQ(error_for("RNNCell(3, 4, nonlinearity=1)"),
            wrong("RNNCell(3, 4, nonlinearity=1)", "nonlinearity", "              ^^^^^^^^^^^^^^",
                  "a text in quotes"));
}

TEST(MakeNetwork, refuses_more_layers_than_any_network_has) {
  EXPECT_EQ(error_for("GRU(3, 4, 1000000000)"),
            "OptionError num_layers cannot have this value\n"
            "  at  GRU(3, 4, 1000000000)\n"
            "                ^^^^^^^^^^ num_layers: expected at most 1000");
}

TEST(MakeNetwork, refuses_sizes_that_fit_in_no_memory) {
  const ShapesOnly shapes;
  EXPECT_EQ(error_for("GRU(1, 6148914691236517206)"),
            "OptionError hidden_size cannot have this value\n"
            "  at  GRU(1, 6148914691236517206)\n"
            "             ^^^^^^^^^^^^^^^^^^^ hidden_size: expected at most 1000000000000");
  EXPECT_EQ(error_for("Linear(800000000, 800000000) -> Linear(800000000)"),
            "OptionError a network of so many parameters fits in no memory\n"
            "  expected  at most 1000000000000000000\n"
            "  fix       smaller sizes, or fewer layers");
}

TEST(MakeNetwork, refuses_a_written_size_that_does_not_fit_the_layer_before) {
  EXPECT_EQ(shape_error_of([] { make_network("Embedding(50, 10) -> LSTM(12, 8)"); }),
            "LSTM: axis feature has size 10, expected 12\n"
            "  expected  [batch, seq, feature=12]    12 = input_size\n"
            "  got       [batch, seq, feature=10]\n"
            "  why       input_size counts the numbers along the last axis\n"
            "  fix       Embedding(50, 10) -> LSTM(10, 8)");
}

std::string refusal_of(const std::string& text) {
  try {
    make_network(text);
  } catch (const OptionError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Network, points_out_a_flag_that_lands_on_another_option_than_batch_first) {
  const std::string fix = "nn.GRU(20, 300, 5, batch_first=True)";
  EXPECT_THAT(make_network("nn.GRU(20, 300, 5, True)").remarks,
              testing::ElementsAre(
                  "The fourth argument of GRU by place is bias, not batch_first. With batch_first: " + fix));
  const Network fixed = make_network(fix);
  EXPECT_TRUE(fixed.batch_first());
  EXPECT_TRUE(fixed.remarks.empty());
  // With the fifth by place too, it was meant.
  EXPECT_TRUE(make_network("GRU(20, 300, 5, True, True)").remarks.empty());
  EXPECT_TRUE(make_network("GRU(20, 300, 5, False, batch_first=True)").remarks.empty());
}

TEST(Network, says_that_it_leaves_out_device_and_dtype) {
  EXPECT_THAT(make_network("nn.GRU(20, 30, device='cuda')").remarks,
              testing::ElementsAre(
                  "device and dtype change no shape; Runnel computes on the CPU, with 4 bytes a number."));
}

TEST(Network, of_an_RNN_with_a_flag_for_its_nonlinearity_shows_what_was_meant) {
  EXPECT_EQ(refusal_of("nn.RNN(20, 300, 5, True)"),
            "nonlinearity cannot have this value\n"
            "  at   nn.RNN(20, 300, 5, True)\n"
            "                          ^^^^ nonlinearity: expected a text in quotes\n"
            "  why  the fourth argument by place is nonlinearity, not batch_first\n"
            "  fix  nn.RNN(20, 300, 5, batch_first=True)");
  EXPECT_TRUE(make_network("nn.RNN(20, 300, 5, batch_first=True)").batch_first());
}

TEST(Network, looks_ids_up_in_front_of_all_other_layers) {
  EXPECT_EQ(refusal_of("LSTM(3, 4) -> Embedding(5, 6)"),
            "Embedding cannot read what LSTM gives\n"
            "  at   LSTM(3, 4) -> Embedding(5, 6)\n"
            "                     ^^^^^^^^^ expected in front of all other layers\n"
            "  why  it looks up whole numbers, ids; LSTM gives numbers with fractions\n"
            "  fix  Embedding(5, 6) -> …");
}

TEST(Fixes, of_networks_that_cannot_be_are_networks) {
  for (const std::string wrong :
       {"RNN(20, 300, 5, True)", "GRU(hidden_size=4)", "LSTM(3, 4) -> Linear(4, 2) -> Linear", "Linear(3)",
        "Embedding", "LSTMCell(hidden_size=3)", "Embedding(3)", "GRU(num_layers=2)"}) {
    try {
      make_network(wrong);
      ADD_FAILURE() << wrong;
    } catch (const OptionError& error) {
      size_t fixes = 0;
      for (const ErrorDetail& detail : error.details()) {
        if (detail.label != "fix") continue;
        EXPECT_NO_THROW(make_network(detail.text)) << wrong << ": " << detail.text;
        ++fixes;
      }
      EXPECT_EQ(fixes, 1U) << error.what();
    }
  }
}

TEST(Fixes, of_a_flag_by_place_are_networks) {
  const std::vector<std::string> remarks = make_network("nn.GRU(20, 30, 5, True)").remarks;
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_TRUE(make_network(remarks[0].substr(remarks[0].find("batch_first: ") + 13)).batch_first());
}

}  // namespace
}  // namespace runnel
