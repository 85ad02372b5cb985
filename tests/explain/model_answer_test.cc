#include "runnel/explain/model_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "runnel/base/error.h"
#include "runnel/base/files.h"

namespace runnel {
namespace {

const std::string kTwo =
    "Net(\n  (encoder): Encoder(\n    (rnn): GRU(3, 4, batch_first=True)\n  )\n  (decoder): LSTM(4, 5)\n"
    "  (head): Sequential(\n    (0): Linear(5, 6)\n    (1): ReLU()\n    (2): Linear(6, 2)\n  )\n)";

ModelStory model(const std::string& text = kTwo) { return tell_story(parse_printed_model(text)); }

template <class Function>
std::string error_of_model(const Function& function) {
  try {
    function();
  } catch (const OptionError& error) {
    return error.what();
  }
  return "no error";
}

std::string what_if_error(const std::vector<std::string>& changes) {
  return error_of_model([&] { what_if(model(), changes); });
}

TEST(ModelAnswer, is_that_of_the_part_that_the_name_begins_with) {
  const Answer answer = ask(model(), "encoder.rnn.h_n");
  EXPECT_EQ(answer.name, "encoder.rnn.h_n");
  ASSERT_EQ(answer.tensors.size(), 1U);
  EXPECT_EQ(answer.tensors[0].name, "encoder.rnn.h_n");
  EXPECT_EQ(answer.tensors[0].shape.to_string(), "[layer·direction=1, batch, hidden=4]");
  EXPECT_EQ(ask(model(), "head.2.weight").parameters.at(0).name, "head.2.weight");
}

TEST(ModelAnswer, needs_no_part_where_one_alone_has_the_name) {
  EXPECT_EQ(ask(model(), "c_n").name, "decoder.c_n");
  EXPECT_EQ(error_of_model([] { ask(model(), "h_n"); }),
            "several parts of Net have h_n\n"
            "  parts  encoder.rnn, decoder\n"
            "  why    each part has its own\n"
            "  fix    encoder.rnn.h_n");
  EXPECT_EQ(error_of_model([] { ask(model(), "logits"); }),
            "no part of Net has logits\n"
            "  parts     encoder.rnn, decoder, head, head.0, head.1, head.2\n"
            "  expected  a part and a name in it\n"
            "  fix       encoder.rnn.output");
}

TEST(ModelAnswer, about_what_a_part_does_not_have_is_that_parts_error) {
  EXPECT_THAT(error_of_model([] { ask(model(), "decoder.hn"); }),
              testing::StartsWith("nothing is called hn in LSTM(4, 5)"));
}

TEST(ModelAnswer, knows_each_of_equal_parts_by_its_own_name) {
  const ModelStory equal = model(
      "Net(\n  (cells): ModuleList(\n    (0-2): 3 x Sequential(\n      (0): GRU(4, 4)\n    )\n  )\n  (a-b): "
      "GRU(5, 5)\n)");
  EXPECT_EQ(ask(equal, "cells.1.0.h_n").name, "cells.0-2.0.h_n");
  EXPECT_EQ(ask(equal, "cells.0-2.0.h_n").name, "cells.0-2.0.h_n");
  EXPECT_EQ(ask(equal, "a-b.h_n").name, "a-b.h_n");
  EXPECT_EQ(what_if(equal, std::vector<std::string>{"cells.2.0.hidden_size=7"}).changes.after, "GRU(4, 7)");
  EXPECT_THAT(error_of_model([&] { ask(equal, "cells.3.0.h_n"); }),
              testing::StartsWith("no part of Net has cells.3.0.h_n\n"));
}

TEST(ModelAnswer, about_a_part_by_itself_is_all_of_it) {
  const Answer answer = ask(model(), "decoder");
  EXPECT_EQ(answer.name, "decoder");
  EXPECT_EQ(answer.tensors.size(), 6U);
  EXPECT_EQ(answer.parameters.at(0).name, "decoder.weight_ih_l0");
  EXPECT_THAT(answer.sentences, testing::Contains("h_n[0] = output[last real step, :, :]"));
  EXPECT_EQ(ask(model(), "head").tensors.back().name, "head.features");
}

TEST(ModelAnswer, of_a_sequential_is_about_the_way_through_it) {
  const Answer answer =
      ask(model("Sequential(\n  (0): Embedding(60, 11)\n  (1): Linear(11, 2)\n)"), "logits");
  EXPECT_EQ(answer.tensors.at(0).shape.to_string(), "[batch, seq, class=2]");
}

TEST(ModelWhatIf, compares_one_part) {
  const PartWhatIf part = what_if(model(), std::vector<std::string>{"encoder.rnn.hidden_size=7", "batch=2"});
  EXPECT_EQ(part.path, "encoder.rnn");
  EXPECT_EQ(part.changes.after, "GRU(3, 7, batch_first=True)");
  EXPECT_EQ(part.changes.tensors.back().after->to_string(), "[layer·direction=1, batch=2, hidden=7]");
  EXPECT_EQ(what_if(model(), std::vector<std::string>{"proj_size=2"}).path, "decoder");
  EXPECT_THAT(what_if_text(part),
              testing::EndsWith("Which parts read what this one gives, and must change with it, "
                                "print(model)\n  does not tell.\n"));
}

TEST(ModelWhatIf, of_a_size_of_the_data_needs_no_name_where_one_part_alone_reads_data) {
  const PartWhatIf part = what_if(model("Net(\n  (rnn): GRU(3, 4)\n)"), std::vector<std::string>{"batch=2"});
  EXPECT_EQ(part.path, "rnn");
  EXPECT_EQ(part.changes.tensors.at(0).after->to_string(), "[seq, batch=2, feature=3]");
}

TEST(ModelWhatIf, carries_on_through_a_sequential) {
  const PartWhatIf part = what_if(model(), std::vector<std::string>{"head.0.out_features=9"});
  EXPECT_EQ(part.path, "head");
  EXPECT_EQ(part.changes.after, "Linear(5, 9) -> ReLU() -> Linear(9, 2)");
  const auto json = nlohmann::json::parse(what_if_json(part));
  EXPECT_EQ(json["path"], "head");
  EXPECT_EQ(json["changes"]["parameters"][2]["name"], "2.weight");
}

TEST(ModelWhatIf, takes_an_option_for_no_part_of_its_name) {
  const ModelStory named = model("Net(\n  (rnn): GRU(3, 4, num_layers=2)\n  (dropout): Dropout(p=0.3)\n)");
  EXPECT_EQ(what_if(named, std::vector<std::string>{"dropout=0.5"}).path, "rnn");
}

TEST(ModelWhatIf, finds_the_place_of_a_part_of_a_sequential_inside_another_one) {
  const ModelStory nested = model(
      "Net(\n  (head): Sequential(\n    (0): Sequential(\n      (0): Linear(3, 4)\n      (1): ReLU()\n    )\n"
      "    (1): Sequential(\n      (0): Linear(4, 5)\n    )\n    (2): Linear(5, 6)\n  )\n)");
  EXPECT_EQ(what_if(nested, std::vector<std::string>{"head.1.0.out_features=9"}).changes.after,
            "Linear(3, 4) -> ReLU() -> Linear(4, 9) -> Linear(9, 6)");
  const PartWhatIf last = what_if(nested, std::vector<std::string>{"head.2.out_features=9"});
  EXPECT_EQ(last.changes.after, "Linear(3, 4) -> ReLU() -> Linear(4, 5) -> Linear(5, 9)");
  EXPECT_EQ(last.changes.tensors.at(0).name, "3.features");
  EXPECT_EQ(last.changes.tensors.at(0).after->to_string(), "[batch, feature=9]")
      << "a part scores no classes";
}

TEST(ModelWhatIf, refuses_changes_of_no_part_of_several_and_of_different_ones) {
  EXPECT_THAT(what_if_error({"hidden_size=7"}), testing::HasSubstr("  fix    encoder.rnn.hidden_size=7"));
  EXPECT_THAT(what_if_error({"decoder.size=7"}),
              testing::StartsWith("no layer of the network has an option size\n"));
  EXPECT_THAT(what_if_error({"coder.hidden_size=7"}),
              testing::StartsWith("no part of Net has coder.hidden_size\n"));
  EXPECT_EQ(what_if_error({"batch=3"}),
            "batch=3 is a change for every part that reads data\n"
            "  parts  encoder.rnn, decoder, head, head.0, head.1, head.2\n"
            "  fix    --batch 3 in place of --what-if tells all parts with that size");
  EXPECT_EQ(what_if_error({"decoder.bias=False", "head.0.bias=False"}),
            "decoder.bias=False and head.0.bias=False are changes of different parts\n"
            "  why  print(model) does not tell which part reads what another one gives\n"
            "  fix  decoder.bias=False");
}

}  // namespace
}  // namespace runnel
