#include "runnel/check/check_error.h"
#include "runnel/data/data_errors.h"
#include "runnel/text/text_errors.h"

#include "tests/docs/errors/error_table.h"

namespace runnel::docs {
namespace {

using namespace errors;

const std::vector<std::string> kColumns = {"text", "label"};
const DataPlace kPlace{"rows.csv", 7, 12};
const Shape kSeqFirst{{"seq", 32}, {"batch", 57}, {"feature", 100}};
const Shape kBatchFirst{{"batch", 32}, {"seq", 57}, {"feature", 100}};

ErrorTable check_table() {
  ErrorTable t("runnel/check/check_error.h", "Data for a network");
  const AxisOrderMismatch order{.layer = "GRU",
                                .read = kSeqFirst,
                                .found = kBatchFirst,
                                .found_why = "32 lengths, and axis 0 has 32 places",
                                .batch_first = false,
                                .fix = "GRU(100, 20, batch_first=True)"};
  const Padding padding{.data = kBatchFirst, .shorter = 31, .cells = 765};
  AxisOrderMismatch unknown = order;
  unknown.found_why =
      "no lengths; no zeros at the ends of sequences; neither axis is clearly the smoother one";
  t.add("axes_swapped", axes_swapped(order));
  AxisOrderMismatch likely = order;
  likely.found_why = "steps follow smoothly along axis 1 (roughness 0.14; along axis 0 1.2)";
  t.add("axes_likely_swapped", axes_likely_swapped(likely));
  t.add("axis_order_unknown", axis_order_unknown(unknown));
  t.add("taken_for_one_sequence",
        taken_for_one_sequence("GRU", Shape{{"seq", 32}, {"feature", 10}}, Shape{{"batch", 32}, {"seq", 10}},
                               "the rows do not follow each other smoothly"));
  t.add("lengths_of_rows", lengths_of_rows("GRU", Shape{{"seq", 32}, {"feature", 10}},
                                           Shape{{"batch", 32}, {"seq", 10}}, 32, false));
  t.add("empty_array", empty_array("x.npy", Shape{{"axis_0", 0}, {"axis_1", 57}, {"axis_2", 100}}));
  t.add("one_axis", one_axis("GRU", kSeqFirst, 57, "GRU(1, 20)"));
  t.add("feature_axis_missing", feature_axis_missing("GRU", Shape{{"batch"}, {"seq"}, {"feature", 1}},
                                                     Shape{{"batch", 32}, {"seq", 57}}));
  t.add("features_not_last", features_not_last("GRU", Shape{{"batch"}, {"seq"}, {"feature", 100}},
                                               Shape{{"axis_0", 32}, {"feature", 100}, {"axis_2", 57}}, 1));
  t.add("unknown_in_front",
        unknown_in_front(features_not_last("LSTM", Shape{{"batch"}, {"seq"}, {"feature", 32}},
                                           Shape{{"axis_0", 50}, {"feature", 32}, {"axis_2", 30}}, 1),
                         {"Conv1d", "BatchNorm1d"}, "LSTM(32, 100, batch_first=True)"));
  t.add("ids_as_fractions", ids_as_fractions("Embedding", Shape{{"axis_0", 32}, {"axis_1", 57}}, "float32"));
  t.add("lengths_not_whole", lengths_not_whole("l.npy", "float32", 5, 6.5));
  t.add("lengths_as_fractions", lengths_as_fractions("l.npy", "float32"));
  t.add("lengths_not_a_list", lengths_not_a_list("l.npy", Shape{{"axis_0", 32}, {"axis_1", 1}}));
  t.add("no_steps", no_steps(3, 2));
  t.add("lengths_contradict_padding", lengths_contradict_padding(3, 5, 9, 12, kBatchFirst));
  t.add("padding_in_front", padding_in_front("GRU", kBatchFirst, 31, true));
  t.add("last_step_is_padding", last_step_is_padding("GRU", padding));
  t.add("padding_is_read", padding_is_read("GRU", padding));
  t.add("lengths_not_given", lengths_not_given(padding));
  t.add("view_mixes_sequences",
        view_mixes_sequences("LSTM", Shape{{"layer·direction", 2}, {"batch", 32}, {"hidden", 20}}));
  t.add("value_not_finite", value_not_finite(kBatchFirst, {.place = "[batch=3, seq=7, feature=2]",
                                                           .value = "nan",
                                                           .count = 2,
                                                           .of = 182'400,
                                                           .column = "feature 2"}));
  t.add("columns_constant", columns_constant(kBatchFirst, {"feature 5"}));
  t.add("scales_differ", scales_differ(kBatchFirst, {"feature 1", 0.97}, {"feature 6", 9.9e4}));
  t.add("no_numbers", no_numbers("rows.csv"));
  t.add("column_of_text", column_of_text("rows.csv", "day", "Monday"));
  t.add("header_of_numbers", header_of_numbers("rows.csv", {"1.5", "2"}));
  t.add("texts_for_features", texts_for_features("GRU", Shape{{"seq"}, {"batch"}, {"feature", 100}}, 64,
                                                 "Embedding(5000, 100) -> GRU(100, 20)"));
  t.add("more_words_than_rows", more_words_than_rows("Embedding", 6543, 5000));
  t.add("texts_without_words", texts_without_words(2, 64, "rows.csv:7:12"));
  t.add("words_unknown", words_unknown(16, 100, "\"zebra\", \"quark\""));
  return t;
}

ErrorTable table_table() {
  ErrorTable t("runnel/data/data_errors.h", "Files of rows");
  const std::vector<TableCell> row = {{"a", 7, 1}, {"b", 7, 3}, {"c", 7, 5}};
  t.add("no_such_column", no_such_column("rows.csv", "txt", kColumns));
  t.add("column_name_twice", column_name_twice("rows.csv", "text", 1, 3));
  t.add("no_text", no_text({"rows.jsonl", 7, 0}, "text", TableCell::Content::list));
  t.add("empty_file", empty_file("rows.csv"));
  t.add("header_only", header_only("rows.csv"));
  t.add("unknown_table_format", unknown_table_format("xls"));
  t.add("format_not_told", format_not_told("rows"));
  t.add("unclosed_quote", unclosed_quote(kPlace));
  t.add("stray_quote", stray_quote(kPlace, false));
  t.add("text_after_quote", text_after_quote(kPlace, {"rows.csv", 7, 2}));
  t.add("too_few_fields", too_few_fields(kPlace, 1, kColumns));
  t.add("too_many_fields", too_many_fields("rows.csv", row, kColumns, ','));
  t.add("not_json",
        not_json({"rows.jsonl", 7, 3}, "{\"text\": }", "parse error at line 1, column 3: unexpected '}'"));
  t.add("no_json_object", no_json_object({"rows.jsonl", 7, 1}));
  t.add("key_twice", key_twice({"rows.jsonl", 7, 1}, "text"));
  t.add("bad_fraction", bad_fraction(1.5));
  t.add("fractions_do_not_sum", fractions_do_not_sum(std::vector<double>{0.8, 0.1}, 0.9));
  t.add("too_few_to_split", too_few_to_split("rows", 2, 3));
  t.add("empty_label", empty_label(kPlace));
  t.add("unknown_label", unknown_label(kPlace, "editor", std::vector<std::string>{"devel", "editors"}));
  t.add("bad_batch_option", bad_batch_option("batch_size", 0, 1));
  t.add("no_examples", no_examples("naive Bayes"));
  return t;
}

ErrorTable text_table() {
  ErrorTable t("runnel/text/text_errors.h", "Texts, vocabularies, word vectors");
  const DataPlace place{"vectors.txt", 7, 0};
  t.add("invalid_utf8", invalid_utf8("caf\xE9 ", 3, kPlace));
  t.add("unknown_tokenizer", unknown_tokenizer("sylables"));
  t.add("min_count_too_small", min_count_too_small(0));
  t.add("max_size_too_small", max_size_too_small(2));
  t.add("id_outside_vocabulary", id_outside_vocabulary(5000, 5000));
  t.add("special_missing", special_missing("vocabulary", 0, "<pad>", "the"));
  t.add("special_missing", special_missing("vocabulary", 1, "<unk>"));
  t.add("word_twice", word_twice("vocabulary", "the", 2, 9));
  t.add("unreadable_stream", unreadable_stream("vectors.txt"));
  t.add("line_too_long", line_too_long("vectors.txt", 7, size_t{1} << 20));
  t.add("compressed", compressed("vectors.zip"));
  t.add("no_word_vectors", no_word_vectors("vectors.txt"));
  t.add("word_count_differs", word_count_differs("vectors.txt", 5000, 4999));
  t.add("absurd_dim", absurd_dim(place, 0, 65536));
  t.add("other_dim", other_dim(place, 100, 50));
  t.add("wrong_value_count", wrong_value_count(place, "the", 99, 100, "as the header says"));
  t.add("no_word", no_word(place));
  t.add("not_a_number", not_a_number(place, "0,5"));
  t.add("not_finite", not_finite(place, "1e99"));
  t.add("no_binary_header", no_binary_header("vectors.bin"));
  t.add("absurd_binary_dim", absurd_binary_dim("vectors.bin", 0, 65536));
  t.add("other_binary_dim", other_binary_dim("vectors.bin", 100, 50));
  t.add("binary_ends", binary_ends("vectors.bin", 4096, 7, 5000));
  t.add("no_blank_after_word", no_blank_after_word("vectors.bin", 4096, 1024));
  t.add("binary_not_finite", binary_not_finite("vectors.bin", 4096, "the"));
  t.add("bytes_after_last_word", bytes_after_last_word("vectors.bin", 4096, 5000));
  return t;
}

}  // namespace

std::vector<ErrorTable> data_tables() { return {check_table(), table_table(), text_table()}; }

}  // namespace runnel::docs
