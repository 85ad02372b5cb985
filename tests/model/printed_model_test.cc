#include "runnel/model/printed_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/base/error.h"

namespace runnel {
namespace {

const std::string kTagger = R"(Tagger(
  (embedding): Embedding(5000, 100, padding_idx=0)
  (encoder): Encoder(
    (lstm): LSTM(100, 128, num_layers=2, batch_first=True, dropout=0.2)
    (cells): ModuleList(
      (0): LSTMCell(10, 20)
      (1-3): 3 x LSTMCell(20, 20)
    )
  )
)
)";

/// "path|times|text", a line a module.
std::string outline(const PrintedModule& module) {
  std::string text = module.path + "|" + std::to_string(module.times) + "|" + module.text;
  for (const PrintedModule& part : module.parts) text += "\n" + outline(part);
  return text;
}

TEST(PrintedModel, has_the_parts_with_their_paths_and_how_many_there_are) {
  EXPECT_EQ(outline(parse_printed_model(kTagger)),
            "|1|Tagger()\n"
            "embedding|1|Embedding(5000, 100, padding_idx=0)\n"
            "encoder|1|Encoder()\n"
            "encoder.lstm|1|LSTM(100, 128, num_layers=2, batch_first=True, dropout=0.2)\n"
            "encoder.cells|1|ModuleList()\n"
            "encoder.cells.0|1|LSTMCell(10, 20)\n"
            "encoder.cells.1-3|3|LSTMCell(20, 20)");
}

TEST(PrintedModel, is_the_same_with_all_line_breaks_lost) {
  std::string squashed;
  for (const char c : kTagger) squashed += c == '\n' ? ' ' : c;
  EXPECT_EQ(outline(parse_printed_model(squashed)), outline(parse_printed_model(kTagger)));
}

TEST(PrintedModel, keeps_what_a_module_says_of_itself) {
  EXPECT_EQ(outline(parse_printed_model("M(\n  depth=(3, 4), act='):('\n  (n): Norm((16,), eps=1e-05)\n)")),
            "|1|M(depth=(3, 4), act='):(')\nn|1|Norm((16,), eps=1e-05)");
  EXPECT_EQ(outline(parse_printed_model(
                "M(\n  (w): ParameterList(  (0): Parameter containing: [float of size 2x3])\n)")),
            "|1|M()\nw|1|ParameterList()\nw.0|1|Parameter containing: [float of size 2x3]");
}

TEST(PrintedModel, has_parts_of_any_name) {
  EXPECT_EQ(
      outline(parse_printed_model("Größe(\n  (größe): LSTM(3, 4)\n  (d): ModuleDict(\n    (b c): GRU(5, 6)\n"
                                  "    (x(y)): Tanh()\n    (e: f): M(\n      (a): ReLU()\n    )\n  )\n)")),
      "|1|Größe()\n"
      "größe|1|LSTM(3, 4)\n"
      "d|1|ModuleDict()\n"
      "d.b c|1|GRU(5, 6)\n"
      "d.x(y)|1|Tanh()\n"
      "d.e: f|1|M()\n"
      "d.e: f.a|1|ReLU()");
  EXPECT_EQ(outline(parse_printed_model("M(\n  (3, 4) are sizes\n  (a): GRU(3, 4) (b): LSTM(3, 4)\n)")),
            "|1|M((3, 4) are sizes)\na|1|GRU(3, 4)\nb|1|LSTM(3, 4)");
}

TEST(PrintedModel, may_be_one_part_by_itself) {
  EXPECT_EQ(outline(parse_printed_model("  (lstm): LSTM(3, 4)\n")), "lstm|1|LSTM(3, 4)");
}

TEST(PrintedModel, is_told_from_a_chain) {
  EXPECT_TRUE(is_printed_model(kTagger));
  EXPECT_TRUE(is_printed_model("M((a.b-1): LSTM(3, 4))"));
  EXPECT_FALSE(is_printed_model("Embedding(5000, 100) -> LSTM(128) -> last"));
  EXPECT_FALSE(is_printed_model("(lstm) : LSTM()"));
  EXPECT_FALSE(is_printed_model(""));
}

std::string error_of(const std::string& text) {
  try {
    parse_printed_model(text);
  } catch (const OptionError& error) {
    return error.what();
  }
  return "no error";
}

TEST(PrintedModel, that_cannot_be_read_is_marked_at_the_place) {
  EXPECT_EQ(error_of("M(\n  (a): LSTM(3, 4)\n"),
            "the text of print(model) cannot be read, line 2\n"
            "  at     (a): LSTM(3, 4)\n"
            "                        ^ expected ')', the end of M(\n"
            "  why  it is not as PyTorch prints it: something was cut off or changed\n"
            "  fix  python -c 'from net import model; print(model)' > model.txt");
  EXPECT_EQ(error_of("M(\n  (a): ->\n)"),
            "the text of print(model) cannot be read, line 2\n"
            "  at     (a): ->\n"
            "              ^ expected the name of a module, such as LSTM\n"
            "  why  it is not as PyTorch prints it: something was cut off or changed\n"
            "  fix  python -c 'from net import model; print(model)' > model.txt");
  EXPECT_EQ(error_of("M(\n  (a): LSTM(3, 4)\n)\n)"),
            "the text of print(model) cannot be read, line 4\n"
            "  at   )\n"
            "       ^ expected the end: the model's last ) stands before\n"
            "  why  it is not as PyTorch prints it: something was cut off or changed\n"
            "  fix  python -c 'from net import model; print(model)' > model.txt");
  EXPECT_EQ(error_of(">>> print(model)\nM(\n  (a): LSTM(3, 4)\n)"),
            "the text of print(model) cannot be read, line 1\n"
            "  at   >>> print(model)\n"
            "       ^ expected the name of a module, such as LSTM\n"
            "  why  it is not as PyTorch prints it: something was cut off or changed\n"
            "  fix  python -c 'from net import model; print(model)' > model.txt");
  EXPECT_EQ(error_of("M(\n  (a): 100001 x LSTM(3, 4)\n)"),
            "the text of print(model) cannot be read, line 2\n"
            "  at     (a): 100001 x LSTM(3, 4)\n"
            "              ^ expected a number of modules from 1 to 100000\n"
            "  why  it is not as PyTorch prints it: something was cut off or changed\n"
            "  fix  python -c 'from net import model; print(model)' > model.txt");
  EXPECT_EQ(error_of("(a): M"),
            "the text of print(model) cannot be read, line 1\n"
            "  at   (a): M\n"
            "             ^ expected '(' behind the name of the model\n"
            "  why  it is not as PyTorch prints it: something was cut off or changed\n"
            "  fix  python -c 'from net import model; print(model)' > model.txt");
}

TEST(PrintedModel, is_not_read_at_any_depth) {
  std::string deep = "M(";
  for (int i = 0; i < 100'000; ++i) deep += "(a): M(";
  EXPECT_THAT(error_of(deep), testing::HasSubstr("no more than 100 modules inside each other"));
}

}  // namespace
}  // namespace runnel
