#include "runnel/explain/terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "runnel/base/files.h"
#include "runnel/explain/layout.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/lstm.h"
#include "runnel/sequence/packed.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Whether a term stands in the text as a word, also in the plural. Names of axes are no words yet: [batch=3].
bool says(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    if (at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1]))) return true;
  }
  return false;
}

std::string example_of(const std::string& name) {
  for (const TermStory& term : terms()) {
    if (term.name == name) return term.example[0] + "\n" + term.example[1];
  }
  return "no such term";
}

TEST(Terms, are_used_only_once_they_are_explained) {
  const std::vector<TermStory> all = terms();
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string text =
        lower(all[i].meaning + "\n" + all[i].example.at(0) + "\n" + all[i].example.at(1));
    for (size_t later = i + 1; later < all.size(); ++later) {
      EXPECT_FALSE(says(text, lower(all[later].name))) << all[i].name << " speaks of " << all[later].name;
    }
  }
}

TEST(Terms, are_all_that_a_reader_asks_for) {
  std::vector<std::string> names;
  for (const TermStory& term : terms()) {
    names.push_back(term.name);
    EXPECT_EQ(term.example.size(), 2u) << term.name;
  }
  EXPECT_THAT(
      names, testing::IsSupersetOf({"feature", "hidden state", "cell state", "seq_len", "batch", "layer",
                                    "direction", "embedding", "padding", "packing", "logits", "input_size"}));
}

TEST(Terms, have_the_numbers_of_a_real_forward_pass) {
  const Tensor x = Tensor(Shape{{"batch", 3}, {"seq", 10}, {"feature", 100}});
  GRU gru({.input_size = 100, .hidden_size = 20, .batch_first = true});
  GRU both({.input_size = 100, .hidden_size = 20, .batch_first = true, .bidirectional = true});
  LSTM lstm({.input_size = 100, .hidden_size = 20, .batch_first = true});
  EXPECT_THAT(example_of("hidden state"),
              testing::HasSubstr(gru.forward({.data = Variable(x)}).h_n.shape().to_string()));
  EXPECT_THAT(example_of("direction"),
              testing::HasSubstr(both.forward({.data = Variable(x)}).shape().to_string()));
  EXPECT_THAT(example_of("cell state"),
              testing::HasSubstr(lstm.forward({.data = Variable(x)}).c_n.shape().to_string()));
  EXPECT_THAT(example_of("packing"),
              testing::HasSubstr(pack_padded_sequence(x, {10, 4, 7}).data.shape().to_string()));
}

TEST(Terms, stand_on_a_page_of_80_columns_that_is_on_file) {
  EXPECT_EQ(terms_text(), read_file(RUNNEL_SOURCE_DIR "/tests/explain/texts/terms.txt"));
  std::istringstream lines(terms_text());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), kPageWidth) << line;
}

TEST(Terms, come_as_json_too) {
  const auto json = nlohmann::ordered_json::parse(terms_json());
  ASSERT_EQ(json["terms"].size(), terms().size());
  EXPECT_EQ(json["terms"][0]["name"], "tensor");
  EXPECT_EQ(json["terms"][0]["example"].size(), 2u);
}

}  // namespace
}  // namespace runnel
