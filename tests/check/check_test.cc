#include "runnel/check/check.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "runnel/data/read_table.h"
#include "runnel/nn/init.h"

#include "tests/check/check_testing.h"
#include "tests/check/sample_data.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Finding& first(const DataCheck& check) { return check.findings.at(0); }

/// The page on file in tests/check/texts; what differs is left in the folder for temporary files.
void expect_page(const std::string& name, const DataCheck& check) {
  const std::string page = check_text(check), file = name + ".txt";
  std::ifstream there(std::string(RUNNEL_SOURCE_DIR "/tests/check/texts/") + file);
  const std::string expected{std::istreambuf_iterator<char>(there), {}};
  EXPECT_EQ(page, expected);
  if (page != expected) std::ofstream(testing::TempDir() + file) << page;
}

const Lengths kLengths = sample_lengths(8, 12);

// ---- the seven mistakes that run without a word

TEST(Check, sees_batch_first_data_in_a_layer_that_reads_seq_first_by_the_lengths) {
  const DataCheck check = check_of("GRU(5, 20)", padded_noise(kLengths, 12, 5), lengths_array(kLengths));
  EXPECT_THAT(found(check),
              ElementsAre("FAULT axis_order", "note last_step_is_padding", "note padding_not_packed"));
  EXPECT_EQ(check.as_found->shape, Shape({{"batch", 8}, {"seq", 12}, {"feature", 5}}));
  expect_page("axis_order_by_lengths", check);
}

TEST(Check, sees_the_same_by_the_padding_when_there_are_no_lengths) {
  const DataCheck check = check_of("LSTM(5, 20)", padded_noise(kLengths, 12, 5));
  EXPECT_EQ(first(check).mistake, "axis_order");
  expect_page("axis_order_by_padding", check);
}

TEST(Check, warns_of_the_same_by_smoothness_when_there_is_no_padding) {
  const DataCheck check = check_of("RNN(5, 20, batch_first=True)",
                                   cube(30, 8, 5, [](auto t, auto n, auto f) { return wave(n, t, f); }));
  EXPECT_THAT(found(check), ElementsAre("axis_order_likely"));
  EXPECT_TRUE(check.fits());
  expect_page("axis_order_by_smoothness", check);
}

TEST(Check, says_that_both_orders_fit_when_nothing_tells) {
  const DataCheck check = check_of("GRU(5, 20)", cube(8, 12, 5, noise()));
  EXPECT_THAT(found(check), ElementsAre("axis_order_unknown"));
  EXPECT_TRUE(check.fits());
  expect_page("axis_order_unknown", check);
}

TEST(Check, finds_nothing_where_the_order_is_right) {
  for (const bool batch_first : {true, false}) {
    const Array x = batch_first ? cube(8, 30, 5, wave)
                                : cube(30, 8, 5, [](auto t, auto n, auto f) { return wave(n, t, f); });
    const DataCheck check = check_of(batch_first ? "GRU(5, 20, batch_first=True)" : "GRU(5, 20)", x);
    EXPECT_THAT(found(check), IsEmpty());
    EXPECT_FALSE(check.as_found.has_value());
    EXPECT_THAT(check.remarks, ElementsAre(HasSubstr("steps follow smoothly along axis ")));
  }
}

TEST(Check, decides_between_equal_axes_by_where_the_zeros_begin) {
  const Lengths lengths = sample_lengths(12, 12);
  const DataCheck check = check_of("GRU(5, 20)", padded_noise(lengths, 12, 5), lengths_array(lengths));
  EXPECT_EQ(first(check).mistake, "axis_order");
  EXPECT_THAT(first(check).error.what(), HasSubstr("the zeros along axis 1 begin where the lengths say"));
}

TEST(Check, points_out_two_axes_that_are_taken_for_one_sequence) {
  Tensor rows(Shape{{"n", 32}, {"f", 10}});
  const ValueAt value = noise();
  for (float& x : rows.values()) x = value(0, 0, 0);
  const DataCheck two = check_of("GRU(10, 20)", Array::from(rows));
  EXPECT_THAT(found(two), ElementsAre("one_sequence"));
  expect_page("one_sequence", two);
}

TEST(Check, refuses_two_axes_with_a_length_a_row) {
  Tensor rows(Shape{{"n", 8}, {"f", 12}});
  const DataCheck check = check_of("GRU(12, 20)", Array::from(rows), lengths_array(kLengths));
  EXPECT_THAT(found(check), ElementsAre("FAULT one_sequence"));
  expect_page("one_sequence_by_lengths", check);
}

TEST(Check, believes_that_two_axes_are_one_sequence_whose_steps_follow_smoothly) {
  Tensor rows(Shape{{"t", 90}, {"f", 3}});
  for (int64_t i = 0; i < rows.count(); ++i) rows.data()[i] = wave(0, i / 3, i % 3);
  const DataCheck check = check_of("GRU(3, 20)", Array::from(rows));
  EXPECT_THAT(found(check), IsEmpty());
  EXPECT_THAT(check.remarks, ElementsAre(HasSubstr("one sequence without a batch: its steps follow")));
}

TEST(Check, finds_a_length_past_the_end) {
  Lengths lengths = kLengths;
  lengths[3] = 13;
  const DataCheck check =
      check_of("GRU(5, 20, batch_first=True)", padded_noise(kLengths, 12, 5), lengths_array(lengths));
  EXPECT_EQ(found(check).front(), "FAULT lengths");
  expect_page("length_past_the_end", check);
}

TEST(Check, finds_lengths_with_fractions) {
  const DataCheck check = check_of("GRU(5, 20, batch_first=True)", padded_noise(kLengths, 12, 5),
                                   numbers({4, 3, 11, 12, 5, 6.5f, 3, 2}));
  EXPECT_EQ(found(check).front(), "FAULT lengths_not_whole");
  EXPECT_STREQ(first(check).error.what(),
               "l.npy: the lengths are float32, expected whole numbers\n"
               "  why  length 5 is 6.5; PyTorch cuts the fraction off without a word\n"
               "  fix  lengths.astype(numpy.int64), after a look at where the fractions come from");
}

TEST(Check, notes_the_last_step_of_padding_and_padding_that_is_not_packed) {
  const DataCheck check =
      check_of("GRU(5, 20, batch_first=True)", padded_noise(kLengths, 12, 5), lengths_array(kLengths));
  EXPECT_THAT(found(check), ElementsAre("note last_step_is_padding", "note padding_not_packed"));
  EXPECT_TRUE(check.fits());
  expect_page("padding", check);
}

TEST(Check, notes_that_a_view_of_h_n_mixes_the_sequences) {
  const DataCheck check = check_of("LSTM(5, 20, bidirectional=True, batch_first=True)", cube(8, 30, 5, wave));
  EXPECT_THAT(found(check), ElementsAre("note view_mixes_sequences"));
  expect_page("view", check);
}

TEST(Check, notes_neither_where_a_chain_does_it_right) {
  const std::string chain = "GRU(5, 20, bidirectional=True) -> last -> Linear(3)";
  EXPECT_THAT(found(check_of(chain, padded_noise(kLengths, 12, 5), lengths_array(kLengths))), IsEmpty());
  EXPECT_THAT(found(check_of(chain, padded_noise(kLengths, 12, 5))), ElementsAre("lengths_not_given"));
}

// ---- kinds, sizes and ids

TEST(Check, finds_ids_where_features_belong) {
  const DataCheck check = check_of("GRU(100, 20, batch_first=True)", ids_of({4, 8, 15, 16, 23, 42}, {2, 3}));
  EXPECT_THAT(found(check), ElementsAre("FAULT ids_for_features"));
  expect_page("ids_for_features", check);
}

TEST(Check, finds_numbers_where_ids_belong) {
  const std::string chain = "Embedding(50, 8) -> GRU(20) -> last";
  EXPECT_THAT(found(check_of(chain, cube(8, 12, 5, noise()))), ElementsAre("FAULT features_for_ids"));
  const DataCheck whole = check_of(chain, numbers({4, 8, 49, 3}));
  EXPECT_THAT(found(whole), ElementsAre("FAULT ids_as_fractions"));
  EXPECT_THAT(first(whole).error.what(), HasSubstr("fix  x.astype(numpy.int64)"));
}

TEST(Check, finds_ids_past_the_vocabulary_and_counts_them) {
  const DataCheck check =
      check_of("Embedding(50, 8) -> GRU(20) -> last", ids_of({4, 8, 49, 16, 50, 2, 77, 1}, {2, 4}));
  EXPECT_THAT(found(check), testing::Contains("FAULT id_past_vocabulary"));
  EXPECT_STREQ(
      first(check).error.what(),
      "Embedding: id 50 at [batch=1, seq=0] is outside the vocabulary of 50 words\n"
      "  expected  [vocab=50, feature=8]    the weight; ids are 0 … 49\n"
      "  got       [batch=2, seq=4]         the ids\n"
      "  why       2 of 8 ids outside; the largest is 77\n"
      "  fix       ids from the vocabulary that this embedding was made for, or an embedding of 78 words or "
      "more");
}

TEST(Check, tells_features_that_are_not_last_or_too_many) {
  const DataCheck moved = check_of("GRU(5, 20, batch_first=True)", cube(8, 5, 12, noise()));
  EXPECT_THAT(found(moved), ElementsAre("FAULT features_not_last"));
  EXPECT_EQ(first(moved).error.mismatch().fix, "x.transpose(0, 2, 1)");
  const DataCheck other = check_of("GRU(6, 20, batch_first=True)", cube(8, 12, 5, noise()));
  EXPECT_THAT(found(other), ElementsAre("FAULT feature_size"));
  EXPECT_EQ(first(other).error.mismatch().fix, "GRU(5, 20, batch_first=True)");
}

TEST(Check, tells_a_missing_axis_of_features_and_axes_that_no_network_reads) {
  const DataCheck missing =
      check_of("GRU(1, 20, batch_first=True)", Array::from(Tensor(Shape{{"n", 8}, {"t", 12}})));
  EXPECT_THAT(found(missing), ElementsAre("FAULT feature_axis_missing"));
  EXPECT_EQ(first(missing).error.mismatch().fix, "x[..., None]");
  const Array four = Array::from(Tensor(Shape{{"a", 2}, {"b", 3}, {"c", 4}, {"d", 5}}));
  EXPECT_THAT(found(check_of("GRU(5, 20)", four)), ElementsAre("FAULT axes"));
  EXPECT_THAT(found(check_of("GRU(5, 20)", numbers({1, 2, 3, 4, 5}))), ElementsAre("FAULT axes"));
}

// ---- numbers

TEST(Check, finds_the_first_value_that_is_not_finite) {
  const ValueAt value = noise();
  const DataCheck check = check_of("GRUCell(3, 20)", [&] {
    Tensor x(Shape{{"n", 8}, {"f", 3}});
    for (float& each : x.values()) each = value(0, 0, 0);
    x.data()[7] = std::numeric_limits<float>::quiet_NaN();
    x.data()[20] = std::numeric_limits<float>::infinity();
    return Array::from(x);
  }());
  EXPECT_THAT(found(check), ElementsAre("FAULT not_finite"));
  EXPECT_STREQ(first(check).error.what(),
               "data: feature 1 at [batch=2, feature=1] is nan\n"
               "  got  [batch=8, feature=3]\n"
               "  why  NaN or infinite: 2 of 24 values; one is enough to make the loss NaN\n"
               "  fix  x = numpy.nan_to_num(x), or leave such sequences out");
}

TEST(Check, warns_of_constant_features_and_of_wild_scales) {
  const DataCheck check = check_of("GRU(5, 20, batch_first=True)", cube(8, 30, 5, [](auto n, auto t, auto f) {
                                     return f == 3 ? 7.0f : wave(n, t, f) * (f == 4 ? 1e6f : 1);
                                   }));
  EXPECT_THAT(found(check), ElementsAre("constant_features", "scales"));
  expect_page("scales", check);
}

TEST(Check, warns_of_lengths_that_contradict_the_padding) {
  const Lengths other(kLengths.rbegin(), kLengths.rend());
  const DataCheck check =
      check_of("GRU(5, 20, batch_first=True)", padded_noise(kLengths, 12, 5), lengths_array(other));
  EXPECT_THAT(found(check), testing::Contains("lengths_contradict_padding"));
  Lengths one_less = kLengths;
  one_less.pop_back();
  EXPECT_THAT(
      found(check_of("GRU(5, 20, batch_first=True)", padded_noise(kLengths, 12, 5), lengths_array(one_less))),
      testing::Contains("FAULT lengths"));
}

TEST(Check, finds_padding_in_front_of_the_sequences) {
  const ValueAt value = noise();
  const Array x = cube(8, 12, 5, [&](auto n, auto t, auto f) {
    return t < 12 - kLengths[static_cast<size_t>(n)] ? 0.0f : value(n, t, f);
  });
  const DataCheck check = check_of("GRU(5, 20, batch_first=True) -> last", x, lengths_array(kLengths));
  EXPECT_THAT(found(check), ElementsAre("FAULT padding_in_front"));
  EXPECT_STREQ(first(check).error.what(),
               "GRU: the padding of 7 of 8 sequences stands in front\n"
               "  got  [batch=8, seq=12, feature=5]\n"
               "  why  a length counts from the first step: padding would be read, and the end left out\n"
               "  fix  pad behind: pad_sequence(list), or in Keras pad_sequences(list, padding='post')");
  EXPECT_THAT(found(check_of("GRU(5, 20, batch_first=True) -> last", x)),
              testing::Contains("padding_in_front"));
}

TEST(Check, knows_the_padding_of_an_Embedding_by_its_padding_idx) {
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < 8 * 12; ++i)
    ids.push_back(i % 12 < kLengths[static_cast<size_t>(i / 12)] ? 2 + i * 7 % 40 : 1);
  const DataCheck check = check_of("Embedding(50, 8, padding_idx=1) -> GRU(8, 20, batch_first=False) -> last",
                                   ids_of(ids, {8, 12}));
  EXPECT_THAT(found(check), ElementsAre("FAULT axis_order", "lengths_not_given"));
}

TEST(Check, warns_of_sequences_without_steps) {
  Lengths lengths = kLengths;
  lengths[2] = 0;
  const DataCheck check =
      check_of("GRU(5, 20, batch_first=True)", padded_noise(lengths, 12, 5), lengths_array(lengths));
  EXPECT_THAT(found(check), testing::Contains("no_steps"));
}

// ---- printed models, tables, JSON

/// What is found of an array for a model as print(model) shows it.
std::vector<std::string> found_in_printed(const std::string& model, const Array& x) {
  const PrintedLayers layers = layers_of(parse_printed_model(model), &x);
  return found(check_data(layers.checked(), {.data = {.name = "x.npy", .array = x}}));
}

TEST(Check, checks_the_layer_of_a_printed_model_that_reads_the_data) {
  const Array ids = ids_of({4, 8, 3, 2, 9, 7}, {2, 3});
  const std::string embedding = "  (words): Embedding(50, 8)\n",
                    lstm = "  (lstm): LSTM(8, 20, num_layers=2)\n", linear = "  (out): Linear(20, 3)\n",
                    dropout = "  (drop): Dropout(p=0.5)\n";
  for (const std::string& order :
       {embedding + lstm + linear, lstm + linear + embedding, dropout + embedding + lstm})
    EXPECT_THAT(found_in_printed("Tagger(\n" + order + ")", ids),
                ElementsAre("axis_order_unknown", "note view_mixes_sequences"))
        << order;
  const Array x = cube(30, 8, 8, [](auto t, auto n, auto f) { return wave(n, t, f); });
  for (const std::string& order : {linear + lstm, embedding + lstm})
    EXPECT_THAT(found_in_printed("Net(\n" + order + ")", x), ElementsAre("note view_mixes_sequences"))
        << order;
  EXPECT_THAT(found_in_printed("Net(\n" + embedding + lstm + ")", cube(30, 9, 5, noise())),
              ElementsAre("FAULT features_for_ids"));
  EXPECT_THAT(found_in_printed("Net(\n" + linear + lstm + ")", cube(30, 9, 5, noise())),
              ElementsAre("FAULT feature_size"));
  EXPECT_THROW(layers_of(parse_printed_model("Net(\n  (conv): Conv1d(3, 4)\n)"), &x), OptionError);
}

TEST(Check, calls_nothing_a_fault_that_a_part_in_front_may_mend) {
  const std::string conv = "  (conv): Sequential(\n    (0): Conv1d(7, 32)\n    (1): MaxPool1d(2)\n  )\n",
                    lstm = "  (lstm): LSTM(32, 100, batch_first=True)\n";
  const Array x = cube(50, 30, 7, noise());
  const PrintedLayers layers = layers_of(parse_printed_model("Net(\n" + conv + lstm + ")"), &x);
  const DataCheck check = check_data(layers.checked(), {.data = {.name = "x.npy", .array = x}});
  EXPECT_THAT(found(check), ElementsAre("unknown_in_front"));
  EXPECT_STREQ(
      first(check).error.what(),
      "LSTM: whether the data fit is not known: in front of it stand Conv1d, MaxPool1d\n"
      "  expected  [batch, seq, feature=32]         what it reads itself\n"
      "  got       [batch=50, seq=30, feature=7]    the data\n"
      "  why       Runnel does not have such parts, so nothing can be said of the features that they make\n"
      "  fix       save what reaches it: numpy.save('in.npy', x.detach().numpy())\n"
      "            runnel check 'LSTM(32, 100, batch_first=True)' --data in.npy");
  const Array image = Array::from(Tensor(Shape{{"a", 8}, {"b", 3}, {"c", 4}, {"d", 4}}));
  for (const Array& any : {image, cube(50, 7, 32, noise()), ids_of({4, 8, 3, 2, 9, 7}, {2, 3})})
    EXPECT_THAT(found_in_printed("Net(\n" + conv + lstm + ")", any),
                testing::Not(testing::Contains(HasSubstr("FAULT"))));
  EXPECT_THAT(found_in_printed("Net(\n" + lstm + conv + ")", x), ElementsAre("FAULT feature_size"));
}

TEST(Check, takes_NA_for_a_missing_number_and_doubts_a_header_of_numbers) {
  const NumberTable missing = numbers_of(parse_table("sun,rain\nNA,0\n2,null\n", "weather.csv"));
  EXPECT_THAT(missing.findings, IsEmpty());
  EXPECT_EQ(first(check_of("GRU(2, 20)", {.data = missing.array})).mistake, "not_finite");
  const NumberTable headless = numbers_of(parse_table("1.5,2\n3,4\n", "t.csv"));
  ASSERT_THAT(headless.findings, testing::SizeIs(1));
  EXPECT_STREQ(headless.findings[0].error.what(),
               "t.csv: the first row was taken for the names of the columns, and holds numbers\n"
               "  why  it says 1.5, 2\n"
               "  fix  --no-header, if it is data");
  EXPECT_THAT(numbers_of(parse_table("0,1\n3,4\n", "t.csv")).findings, IsEmpty());  // as pandas numbers them
  EXPECT_THAT(numbers_of(parse_table("1,2\n3,4\n", "t.csv", {.header = false})).findings, IsEmpty());
}

TEST(Check, reads_a_table_of_numbers_and_names_what_it_leaves_out) {
  const NumberTable table = numbers_of(parse_table("day,sun,rain\nMon,1.5,0\nTue,,3\n", "weather.csv"));
  EXPECT_EQ(table.array.array.shape(), (std::vector<int64_t>{2, 2}));
  EXPECT_THAT(table.findings, testing::SizeIs(1));
  EXPECT_THAT(table.findings[0].error.what(), HasSubstr("column \"day\" is left out"));
  const DataCheck check = check_of("GRU(2, 20)", {.data = table.array});
  EXPECT_EQ(first(check).mistake, "not_finite");
  EXPECT_THAT(first(check).error.what(), HasSubstr("column \"sun\" at [seq=1, feature=0] is nan"));
  EXPECT_THROW(numbers_of(parse_table("a\n1\nx\n", "t.csv")), DataError);
  EXPECT_THROW(numbers_of(parse_table("a\nx\n", "t.csv")), DataError);
}

TEST(Check, takes_the_columns_of_a_table_for_the_features) {
  const auto in = [](const std::string& table, const std::string& network, bool header = true) {
    NumberTable numbers = numbers_of(parse_table(table, "t.csv", {.header = header}));
    return check_of(network, {.data = std::move(numbers.array)});
  };
  const std::string whole = "sun,rain\n12,3\n13,4\n12,5\n11,2\n", tenths = "sun,rain\n1.2,3\n1,4\n2,5\n1,2\n";
  for (const std::string& table : {whole, tenths}) {
    for (const char* network : {"GRU(4, 20)", "GRU(1, 20)", "GRU(13, 20, batch_first=True)"}) {
      const DataCheck check = in(table, network);
      EXPECT_THAT(found(check), ElementsAre("FAULT feature_size")) << network;
      EXPECT_THAT(first(check).error.mismatch().fix, testing::StartsWith("GRU(2, 20"));
    }
    EXPECT_THAT(found(in(table, "GRU(2, 20)")), IsEmpty());
  }
  EXPECT_THAT(found(in("1,2\n3,4\n", "GRU(4, 20)", false)), ElementsAre("FAULT ids_for_features"));
}

TEST(Check, counts_the_words_of_texts) {
  const Table table = parse_table("text,label\na b c,1\n,2\nc d,1\n", "rows.csv");
  const ShapesOnly shapes;
  const Network small = make_network("Embedding(5, 8) -> GRU(20) -> last -> Linear(2)");
  const DataCheck check = check_texts(CheckedNetwork{.network = &small}, table, 0);
  EXPECT_THAT(found(check), ElementsAre("FAULT id_past_vocabulary", "texts_without_words"));
  expect_page("texts", check);
  const Network numbers = make_network("GRU(8, 20)");
  EXPECT_THAT(found(check_texts(CheckedNetwork{.network = &numbers}, table, 0)),
              ElementsAre("FAULT texts_for_features"));
}

TEST(Check, gives_the_same_fields_as_JSON) {
  const auto json = nlohmann::json::parse(
      check_json(check_of("GRU(5, 20)", padded_noise(kLengths, 12, 5), lengths_array(kLengths))));
  EXPECT_EQ(json["fits"], false);
  EXPECT_EQ(json["arrays"][1]["name"], "l.npy");
  EXPECT_EQ(json["as_found"]["axes"], (std::vector<std::string>{"batch", "seq", "feature"}));
  EXPECT_EQ(json["findings"][0]["mistake"], "axis_order");
  EXPECT_EQ(json["findings"][0]["expected"]["shape"], (std::vector<int64_t>{8, 12, 5}));
  EXPECT_THAT(json["findings"][0]["fix"], HasSubstr("batch_first=True"));
}

}  // namespace
}  // namespace runnel
