#include "runnel/explain/what_if.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "runnel/base/error.h"

#include "tests/explain/random_network.h"

namespace runnel {
namespace {

WhatIf changes_of(const std::string& network, const std::vector<std::string>& changes) {
  return what_if(network, changes);
}

std::vector<std::string> changed_names(const std::vector<ShapeChange>& changes) {
  std::vector<std::string> names;
  for (const ShapeChange& each : changes) names.push_back(each.name);
  return names;
}

TEST(WhatIf, of_another_hidden_size_shows_before_and_after) {
  EXPECT_THAT(
      what_if_text(changes_of("GRU(100, 20, batch_first=True)", {"hidden_size=40"})),
      testing::StartsWith("GRU(100, 20, batch_first=True)  →  GRU(100, 40, batch_first=True)\n"
                          "\n"
                          "  h_0     [layer·direction=1, batch, hidden=20]  →  hidden=40\n"
                          "  output  [batch, seq, hidden=20]                →  hidden=40\n"
                          "  h_n     [layer·direction=1, batch, hidden=20]  →  hidden=40\n"
                          "\n"
                          "  weight_ih_l0  [gate·hidden=60, feature=100]  →  gate·hidden=120\n"
                          "  weight_hh_l0  [gate·hidden=60, hidden=20]    →  gate·hidden=120, hidden=40\n"
                          "  bias_ih_l0    [gate·hidden=60]               →  gate·hidden=120\n"
                          "  bias_hh_l0    [gate·hidden=60]               →  gate·hidden=120\n"
                          "\n"
                          "  parameters            7,320                       →  17,040\n"
                          "  multiply-adds         batch · seq · 7,200         →  batch · seq · 16,800\n"
                          "  bytes of weights      29,280                      →  68,160\n"));
}

TEST(WhatIf, carries_on_to_the_layers_behind) {
  const WhatIf changes = changes_of(
      "Embedding(50, 10) -> LSTM(10, 8) -> last -> Dropout(0.3) -> Linear(8, 6)", {"hidden_size=7"});
  EXPECT_THAT(changed_names(changes.tensors),
              testing::ElementsAre("h_0", "c_0", "output", "h_n", "c_n", "sentence"));
  EXPECT_EQ(changes.parameters.back().name, "4.weight");
  EXPECT_EQ(changes.parameters.back().after->to_string(), "[out=6, in=7]");
}

TEST(WhatIf, names_the_layer_where_several_have_a_state) {
  const WhatIf changes = changes_of("GRU(3, 4) -> GRU(5)", {"1.hidden_size=6"});
  EXPECT_THAT(changed_names(changes.tensors), testing::ElementsAre("1.h_0", "1.output", "1.h_n"));
}

TEST(WhatIf, of_another_layout_shows_the_axes_in_their_new_order_and_what_holds_now) {
  const WhatIf changes = changes_of("GRU(3, 4)", {"batch_first=True"});
  const std::string text = what_if_text(changes);
  EXPECT_THAT(text, testing::HasSubstr("  output  [seq, batch, hidden=4]   →  [batch, seq, hidden=4]\n"));
  EXPECT_THAT(text, testing::HasSubstr("No longer:\n  h_n[0] = output[last real step, :, :]\nNow:\n"
                                       "  h_n[0] = output[:, last real step, :]\n"));
  EXPECT_TRUE(changes.parameters.empty());
}

TEST(WhatIf, of_a_second_direction_has_parameters_that_are_new) {
  const std::string text = what_if_text(changes_of("GRU(3, 4)", {"bidirectional=True"}));
  EXPECT_THAT(text, testing::HasSubstr("  weight_ih_l0_reverse  none  →  [gate·hidden=12, feature=3]\n"));
  EXPECT_THAT(what_if_text(changes_of("GRU(3, 4, bidirectional=True)", {"bidirectional=False"})),
              testing::HasSubstr("  bias_hh_l0_reverse    [gate·hidden=12]             →  gone\n"));
}

TEST(WhatIf, of_other_data_changes_no_parameter) {
  const WhatIf changes = what_if("GRU(3, 4)", std::vector<std::string>{"batch=64"}, {.batch = 3, .seq = 5});
  EXPECT_THAT(changed_names(changes.tensors), testing::ElementsAre("input", "h_0", "output", "h_n"));
  EXPECT_TRUE(changes.parameters.empty());
}

TEST(WhatIf, says_that_nothing_changes_and_what_does_nothing) {
  EXPECT_THAT(what_if_text(changes_of("GRU(3, 4)", {"hidden_size=4"})),
              testing::EndsWith("\nNothing changes: no shape, no number, no sentence of the story.\n"));
  EXPECT_THAT(
      what_if_text(changes_of("GRU(3, 4)", {"dropout=0.5"})),
      testing::EndsWith("\nNo shape changes.\n\nNow:\n"
                        "  dropout=0.5 does nothing: it acts between layers, and num_layers is 1.\n"));
}

TEST(WhatIf, tells_tensors_of_the_same_name_apart) {
  const WhatIf changes = changes_of("Linear(3, 4) -> Linear(5) -> ReLU -> Linear(6)", {"1.out_features=9"});
  EXPECT_THAT(changed_names(changes.tensors), testing::ElementsAre("1.features"));
  EXPECT_EQ(changes.tensors[0].before->to_string(), "[batch, feature=5]");
  EXPECT_EQ(changes.tensors[0].after->to_string(), "[batch, feature=9]");
}

TEST(WhatIf, says_what_a_layer_without_parameters_does_then) {
  EXPECT_THAT(what_if_text(changes_of("Dropout(0.3) -> Linear(3, 4)", {"p=0.9"})),
              testing::EndsWith("\nNo shape changes.\n\nNow:\n"
                                "  0. Dropout: sets 90 % of the numbers to 0 while training\n"));
}

TEST(WhatIf, writes_rows_that_change_alike_together_where_there_are_many) {
  EXPECT_THAT(
      what_if_text(changes_of("GRU(3, 4, num_layers=20)", {"hidden_size=5"})),
      testing::HasSubstr("  weight_hh_l0 + 38 more  [gate·hidden=12, hidden=4]   →  gate·hidden=15,"));
}

TEST(WhatIf, comes_as_json_too) {
  const auto json = nlohmann::json::parse(what_if_json(changes_of("GRU(3, 4)", {"bias=False"})));
  EXPECT_EQ(json["before"], "GRU(3, 4)");
  EXPECT_EQ(json["after"], "GRU(3, 4, bias=False)");
  EXPECT_TRUE(json["tensors"].empty());
  EXPECT_EQ(json["parameters"][0]["name"], "bias_ih_l0");
  EXPECT_EQ(json["parameters"][0]["before"]["shape"], (std::vector<int>{12}));
  EXPECT_TRUE(json["parameters"][0]["after"].is_null());
  EXPECT_EQ(json["numbers"][0]["before"], 108);
  EXPECT_EQ(json["numbers"][0]["after"], 84);
}

RC_GTEST_PROP(WhatIf, finds_nothing_where_nothing_was_changed, ()) {
  RC_ASSERT(what_if(any_network(), {}, any_sizes()).nothing());
}

}  // namespace
}  // namespace runnel
