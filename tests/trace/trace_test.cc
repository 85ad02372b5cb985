#include "runnel/trace/trace.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "runnel/base/random.h"
#include "runnel/tensor/axes.h"
#include "runnel/trace/trace_error.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

TextClassifier some_model(const std::string& chain) {
  TextClassifier model{.vocabulary = Vocabulary::from_tokens({"<pad>", "<unk>", "the", "cat", "sat"}),
                       .labels = {"no", "yes"}};
  Generator generator(3);
  model.make_network_from(chain, generator);
  return model;
}

/// [batch = 2, seq = 3, feature = 2], of which the second has one step.
Signal some_batch() {
  Tensor x(Shape{{axes::batch, 2}, {axes::seq, 3}, {axes::feature, 2}});
  Generator generator(4);
  generator.fill_uniform(x.values(), -1, 1);
  return {.data = Variable(x), .lengths = Lengths{3, 1}};
}

std::string text_of(const Error& error) { return error.what(); }
template <class Function>
std::string error_of(const Function& function) {
  try {
    function();
  } catch (const OptionError& error) {
    return text_of(error);
  }
  return "nothing thrown";
}

TEST(Trace, says_after_each_word_what_the_model_says_of_the_text_up_to_it) {
  for (const char* chain : {"Embedding(4) -> LSTM(5) -> last -> Linear",
                            "Embedding(4) -> GRU(5, bidirectional=True) -> mean -> Linear",
                            "Embedding(4) -> GRU(5, bidirectional=True) -> last -> Linear",
                            "Embedding(4) -> RNN(5) -> max -> Linear",
                            "Embedding(4) -> LSTM(6, num_layers=2, proj_size=3) -> Linear(7) -> Tanh -> "
                            "GRU(4) -> Dropout(0.5) -> last "
                            "-> Dropout(0.5) -> Linear(8) -> ReLU -> Linear",
                            "Embedding(4) -> GRU(5) -> Linear(3) -> last -> Linear",
                            "Embedding(4) -> RNN(5) -> first -> Linear"}) {
    TextClassifier model = some_model(chain);
    const Trace trace = trace_of(model, "The cat sat down");
    ASSERT_EQ(trace.words.size(), 4U);
    std::string beginning;
    for (const TracedWord& word : trace.words) {
      beginning += word.token + " ";
      const std::vector<Prediction> expected = model.predict(std::vector{beginning})[0];
      ASSERT_EQ(word.predictions.size(), 2U);
      EXPECT_EQ(word.predictions[0].label, expected[0].label) << beginning;
      EXPECT_EQ(word.predictions[0].probability, expected[0].probability) << beginning;
    }
    EXPECT_EQ(trace.words[3].id, Vocabulary::kUnk);
    EXPECT_EQ(trace.words[1].id, 3);
  }
}

TEST(Trace, says_of_a_long_text_what_it_says_of_its_beginnings) {
  TextClassifier model = some_model("Embedding(4) -> GRU(3) -> last -> Linear");
  std::string text;
  for (int i = 0; i < 70; ++i) text += i % 3 == 0 ? "cat " : "sat ";
  const Trace trace = trace_of(model, text);
  ASSERT_EQ(trace.words.size(), 70U);
  EXPECT_EQ(trace.words[69].predictions[0].probability, model.predict(std::vector{text})[0][0].probability);
}

TEST(Trace, has_every_layer_and_direction_under_the_names_of_its_parameters) {
  TextClassifier model = some_model(
      "Embedding(4) -> LSTM(4, 5, 2, bidirectional=True, proj_size=3) -> GRU(2) -> last -> Linear");
  const Trace trace = trace_of(model, "the cat");
  std::vector<std::string> names;
  for (const NamedArrays::Item& item : trace_arrays(trace)) {
    names.push_back(item.name + " " + shape_text(item.array.shape()));
  }
  std::vector<std::string> expected;
  for (const char* suffix : {"_l0", "_l0_reverse", "_l1", "_l1_reverse"}) {
    expected.push_back(std::string("1.h") + suffix + " (2, 1, 3)");
    for (const char* name : {"c", "i", "f", "g", "o"})
      expected.push_back(std::string("1.") + name + suffix + " (2, 1, 5)");
  }
  for (const char* name : {"h", "r", "z", "n"})
    expected.push_back(std::string("2.") + name + "_l0 (2, 1, 2)");
  expected.insert(expected.end(), {"lengths (1)", "ids (2)", "probabilities (2, 2)"});
  EXPECT_EQ(names, expected);
}

TEST(Trace, sums_up_a_step_by_norms_and_means) {
  const TracedLayer layer{
      .kind = "LSTM",
      .steps = {.gates = {{"i", Tensor(Shape{{axes::seq, 1}, {axes::batch, 2}, {axes::hidden, 2}},
                                       {9, 9, 0.25, 0.75})}},
                .h = Tensor(Shape{{axes::seq, 1}, {axes::batch, 2}, {axes::hidden, 2}}, {9, 9, -3, 4}),
                .c = Tensor(Shape{{axes::seq, 1}, {axes::batch, 2}, {axes::hidden, 2}}, {9, 9, 12, 5})}};
  const StepSummary summary = summary_of(layer, 0, 1);
  EXPECT_EQ(summary.h_norm, 5);
  EXPECT_EQ(summary.c_norm, 13);
  EXPECT_THAT(summary.gate_means, ElementsAre(0.5));
}

TEST(Trace, shows_a_line_a_step_and_what_its_columns_mean) {
  TextClassifier model = some_model("Embedding(4) -> GRU(5) -> last -> Linear");
  const std::string text = trace_text(trace_of(model, "the dog sat"));
  EXPECT_THAT(text,
              HasSubstr("1.GRU, layer 1\n  step  word      |h|     r     z  prediction\n     0  the    "));
  EXPECT_THAT(text, HasSubstr("\n     1  dog *  "));
  EXPECT_THAT(text, HasSubstr("\n  *    not in the vocabulary"));
  EXPECT_THAT(text, HasSubstr("  z    update gate"));
  EXPECT_THAT(text, Not(HasSubstr("forget gate")));
  EXPECT_THAT(text, Not(HasSubstr("|c|")));
}

TEST(Trace, keeps_to_80_columns) {
  TextClassifier model = some_model("Embedding(4) -> LSTM(5) -> last -> Linear");
  model.labels[0] = "a label that goes on and on and on and on";
  model.labels[1] = "öäüöäüöäüöäüöäüöäüöäüöäüöäüöäü";
  std::string text = trace_text(trace_of(model, std::string(70, 'a') + " ääääääääääääääääääääääääää the"));
  text.erase(0, text.find('\n') + 1);  // the network
  EXPECT_THAT(text, HasSubstr("aaaaaaaaaaaa… *"));
  while (!text.empty()) {
    const std::string line = text.substr(0, text.find('\n'));
    const auto width = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    EXPECT_LE(width, 80) << line;
    text.erase(0, line.size() + 1);
  }
}

TEST(Trace, shows_one_sequence_of_a_batch_with_its_own_steps) {
  const Network network = make_network("RNN(2, 3, batch_first=True)");
  const Trace trace = trace_of(network, some_batch());
  EXPECT_THAT(trace_text(trace), HasSubstr("sequence 0 of 0 to 1\n\nRNN, layer 1\n  step     |h|\n     0  "));
  EXPECT_THAT(trace_text(trace), HasSubstr("\n     2  "));
  EXPECT_THAT(trace_text(trace, 1), Not(HasSubstr("\n     1  ")));
  EXPECT_EQ(trace_arrays(trace)[0].name, "h_l0");
}

TEST(Trace, draws_a_heat_map_of_every_state_and_gate) {
  TextClassifier model = some_model("Embedding(4) -> LSTM(5) -> last -> Linear");
  const Trace trace = trace_of(model, "the <b> sat");
  const std::string page = trace_html(trace);
  for (const char* name : {"h", "c", "i", "f", "g", "o"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<h2>1.LSTM, layer 1: ") + name + "</h2>"));
  }
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  // 3 words, 6 arrays of 5 units: a cell for every number that is not about 0, and a frame for each array.
  size_t cells = 0, visible = 0;
  for (size_t at = page.find("<rect class=\"up\""); at != std::string::npos;
       at = page.find("<rect class=\"up\"", at + 1))
    ++cells;
  for (size_t at = page.find("<rect class=\"down\""); at != std::string::npos;
       at = page.find("<rect class=\"down\"", at + 1))
    ++cells;
  const auto count = [&](const Tensor& values) {
    visible += static_cast<size_t>(std::count_if(values.values().begin(), values.values().end(),
                                                 [](float v) { return std::abs(v) >= 0.005f; }));
  };
  count(trace.layers[0].steps.h);
  count(*trace.layers[0].steps.c);
  for (const RecordedGate& gate : trace.layers[0].steps.gates) count(gate.values);
  EXPECT_EQ(cells, visible);
}

TEST(Trace, gives_every_number_as_json_without_padding) {
  const Network network = make_network("LSTM(2, 3, batch_first=True)");
  const Trace trace = trace_of(network, some_batch());
  const Json json = Json::parse(trace_json(trace));
  EXPECT_EQ(json["lengths"], Json({3, 1}));
  EXPECT_FALSE(json.contains("words"));
  const Json& layer = json["layers"][0];
  EXPECT_EQ(layer["suffix"], "_l0");
  EXPECT_EQ(layer["h"][0].size(), 3U);
  EXPECT_EQ(layer["h"][1].size(), 1U);
  EXPECT_EQ(layer["gates"].size(), 4U);
  const Tensor& h = trace.layers[0].steps.h;
  for (size_t i = 0; i < 3; ++i) {  // sequence 0, step 1, of [seq, batch, hidden]
    EXPECT_EQ(layer["h"][0][1][i].get<float>(), h.values()[(1 * 2 + 0) * 3 + i]);
  }
  EXPECT_EQ(layer["h_norm"][0][1].get<double>(), summary_of(trace.layers[0], 1, 0).h_norm);
  EXPECT_EQ(layer["gates"][1]["mean"][0][2].get<double>(), summary_of(trace.layers[0], 2, 0).gate_means[1]);
}

TEST(Trace, names_the_words_in_json) {
  TextClassifier model = some_model("Embedding(4) -> GRU(5) -> last -> Linear");
  const Json words = Json::parse(trace_json(trace_of(model, "the dog")))["words"];
  EXPECT_EQ(words[0]["word"], "the");
  EXPECT_EQ(words[0]["known"], true);
  EXPECT_EQ(words[1]["known"], false);
  EXPECT_EQ(words[1]["predictions"].size(), 2U);
}

TEST(Trace, refuses_what_has_no_step) {
  TextClassifier model = some_model("Embedding(4) -> GRU(5) -> last -> Linear");
  TextClassifier bag = some_model("Embedding(4) -> mean -> Linear");
  EXPECT_EQ(error_of([&] { trace_of(model, " \t"); }),
            "there is no word in the text \" \\t\"\n"
            "  why  each word is a step; without one the network takes none\n"
            "  fix  a text with a word that the model's tokenizer sees, such as 'the cat sat'");
  EXPECT_EQ(error_of([&] { trace_of(bag, "the cat"); }),
            "there are no steps to trace in Embedding(5, 4) -> mean -> Linear(4, 2)\n"
            "  expected  an RNN, LSTM, GRU or a cell among the layers\n"
            "  why       only these have a state that goes from step to step\n"
            "  fix       Embedding(100) -> LSTM(128) -> last -> Linear");
  const Trace trace = trace_of(model, "the cat");
  EXPECT_EQ(error_of([&] { trace_text(trace, 1); }),
            "there is no sequence 1 in a batch of 1\n"
            "  expected  0 to 0\n"
            "  why       sequences are counted from 0\n"
            "  fix       --sequence 0");
}

}  // namespace
}  // namespace runnel
