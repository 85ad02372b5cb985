#include "runnel/autograd/autograd_error.h"
#include "runnel/explain/explain_error.h"
#include "runnel/explain/part_error.h"
#include "runnel/model/change_error.h"
#include "runnel/model/model_error.h"
#include "runnel/model/spec_error.h"
#include "runnel/nn/nn_error.h"
#include "runnel/ops/op_error.h"
#include "runnel/sequence/sequence_error.h"
#include "runnel/tensor/shape_error.h"
#include "runnel/trace/trace_error.h"

#include "tests/docs/errors/error_table.h"

namespace runnel::docs {
namespace {

using namespace errors;

const Shape kRead{{"seq"}, {"batch"}, {"feature", 100}};
const Shape kGiven{{"batch", 32}, {"seq", 57}, {"feature", 64}};
const Shape kStates{{"layer·direction", 2}, {"batch", 32}, {"hidden", 20}};

ErrorTable layer_table() {
  ErrorTable t("runnel/nn/nn_error.h", "Layers");
  t.add("too_small", too_small("GRU", "hidden_size", 0));
  t.add("not_a_probability", errors::not_a_probability("Dropout", 1.5));
  t.add("padding_idx_outside", padding_idx_outside(5000, 5000));
  t.add("proj_size_too_large", proj_size_too_large(20, 20));
  t.add("unknown_nonlinearity", unknown_nonlinearity("gelu"));
  t.add("ids_expected", ids_expected("Embedding", kGiven));
  t.add("features_expected", features_expected("LSTM \"reader\"", Shape{{"batch", 32}, {"seq", 57}}));
  t.add("wrong_feature_size", wrong_feature_size({.layer = "GRU \"encoder\"",
                                                  .option = "input_size",
                                                  .expected = Shape{{"batch"}, {"seq"}, {"feature", 100}},
                                                  .got = kGiven,
                                                  .fix = "GRU({.input_size = 64, …})"}));
  t.add("wrong_axes", wrong_axes("GRU", kRead, Shape{{"batch", 32}, {"seq", 57}, {"feature", 100}}, false));
  t.add("wrong_axes", wrong_axes("GRU", kRead, Shape{{"batch", 32}, {"feature", 100}}, false));
  t.add("no_cell_state", no_cell_state("GRU", kStates));
  t.add("wrong_state", wrong_state("GRU", "h_0", kStates, "2 = num_layers 1 × 2 directions",
                                   Shape{{"batch", 32}, {"layer·direction", 2}, {"hidden", 20}}));
  t.add("wrong_cell_state",
        wrong_cell_state("LSTMCell", "h", Shape{{"batch", 32}, {"hidden", 20}}, Shape{{"hidden", 20}}));
  t.add("one_step_expected", one_step_expected("GRUCell", "GRUCell", Shape{{"batch"}, {"feature", 64}},
                                               Shape{{"batch", 32}, {"seq", 57}, {"feature", 64}}));
  t.add("needs_axis", needs_axis("mean", "seq", Shape{{"batch", 32}, {"feature", 64}}));
  t.add("weights_do_not_fit",
        weights_do_not_fit("w.safetensors",
                           {.misshapen = {"weight_ih_l0: the file has [84, 10], the model [80, 10]"},
                            .in_file = {{"", "LSTM", {{"input_size", 10}, {"hidden_size", 21}}}},
                            .in_model = {{"", "LSTM", {{"input_size", 10}, {"hidden_size", 20}}}}}));
  return t;
}

ErrorTable model_table() {
  ErrorTable t("runnel/model/model_error.h", "Model files");
  t.add("not_a_model", not_a_model("w.safetensors"));
  t.add("bad_description", bad_description("m.safetensors", "key 'network' not found"));
  t.add("other_kind_of_model", other_kind_of_model("m.safetensors", "tagger"));
  t.add("newer_model", newer_model("m.safetensors", 2, 1));
  t.add("weight_not_finite", weight_not_finite("m.safetensors", "1.weight_ih_l0", __builtin_nanf("")));
  t.add("label_twice", label_twice("devel"));
  t.add("label_out_of_order", label_out_of_order("devel", "editors"));
  t.add("not_a_classifier", not_a_classifier("GRU(100, 20)", "it does not begin with an Embedding",
                                             "Embedding(100) -> LSTM(128) -> last -> Linear"));
  t.add("no_known_layer", no_known_layer("ConvNet"));
  t.add("other_number_of_axes", other_number_of_axes(kRead, std::vector<int64_t>{2, 3, 4, 5}));
  return t;
}

ErrorTable spec_table() {
  ErrorTable t("runnel/model/spec_error.h", "Networks as text");
  const ChainSpec chain = parse_chain("GRU(100, 20, batchfirst=True)");
  const LayerSpec& layer = chain.layers[0];
  const ChainSpec lost = parse_chain("LSTM(100, 20) -> Embedding(50, 8)");
  const ChainSpec bare = parse_chain("GRU(batch_first=True)");
  const ChainSpec flag = parse_chain("RNN(20, 300, 5, True)");
  const std::vector<std::string> options = {"input_size", "hidden_size", "batch_first"};
  t.add("expected_here", expected_here("GRU(100, 20", 11, "',' or ')'"));
  t.add("expected_in_print", expected_in_print("Net(\n  (lstm): LSTM(8\n)", 21, "')', the end of Net("));
  const ChainSpec slip = parse_chain("GUR(100, 20, bias=False)");
  t.add("unknown_layer", unknown_layer(slip, slip.layers[0], std::vector<std::string>{"GRU", "LSTM", "RNN"}));
  t.add("unknown_option", unknown_option(chain, layer, layer.arguments[2], options));
  t.add("too_many_arguments", too_many_arguments(chain, layer, layer.arguments[2], options));
  t.add("option_twice", option_twice(chain, layer.arguments[2], "batch_first"));
  t.add("wrong_value", wrong_value(chain, layer.arguments[1], "hidden_size", "1 or more"));
  t.add("flag_by_place", flag_by_place(flag, flag.layers[0].arguments[3], "nonlinearity",
                                       "RNN(20, 300, 5, batch_first=True)"));
  t.add("ids_lost", ids_lost(lost, lost.layers[1], lost.layers[0]));
  t.add("too_many_parameters", too_many_parameters(1'000'000'000'000'000'000));
  t.add("size_not_known", size_not_known(bare, bare.layers[0], "input_size"));
  return t;
}

ErrorTable explain_table() {
  ErrorTable t("runnel/explain/explain_error.h", "Questions");
  t.add("not_in_story", not_in_story("GRU(100, 20)", "hn", std::vector<std::string>{"output", "h_n"}));
  t.add("option_not_told", option_not_told("GRU(100, 20)", "bidirectional"));
  return t;
}

ErrorTable part_table() {
  ErrorTable t("runnel/explain/part_error.h", "Questions about a printed model");
  const std::vector<std::string> parts = {"encoder.rnn", "decoder"};
  t.add("in_no_part", in_no_part("hn", "Translator", parts));
  t.add("in_several_parts", in_several_parts("h_n", "Translator", parts, "encoder.rnn.h_n"));
  t.add("size_of_many_parts", size_of_many_parts("batch=32", parts));
  t.add("changes_of_several_parts", changes_of_several_parts("decoder.bias=False", "bridge.bias=False"));
  return t;
}

ErrorTable change_table() {
  ErrorTable t("runnel/model/change_error.h", "Changes of a network");
  const OptionChange wider{.layer = {}, .option = "hidden_size", .value = "40"};
  t.add("no_change", no_change("hidden_size"));
  t.add("no_size", no_size({.layer = {}, .option = "batch", .value = "0"}));
  t.add("no_such_layer",
        no_such_layer({.layer = "9", .option = "bias", .value = "False"}, {"0. GRU", "1. last"}));
  t.add("option_of_none", option_of_none({.layer = {}, .option = "hiden_size", .value = "40"},
                                         std::vector<std::string>{"input_size", "hidden_size"}));
  t.add("option_of_many", option_of_many(wider, {"1. LSTM", "2. GRU"}, 1));
  t.add("size_follows",
        size_follows({.layer = {}, .option = "input_size", .value = "300"}, "1. LSTM", "0.embedding_dim"));
  return t;
}

ErrorTable trace_table() {
  ErrorTable t("runnel/trace/trace_error.h", "Traces");
  t.add("nothing_recurrent", nothing_recurrent("Embedding(5000, 100) -> mean -> Linear(100, 6)"));
  t.add("no_word_to_trace", no_word_to_trace(" "));
  t.add("no_such_sequence", no_such_sequence(3, 3));
  return t;
}

ErrorTable sequence_table() {
  ErrorTable t("runnel/sequence/sequence_error.h", "Lengths, padding, packing");
  t.add("negative_length", negative_length(3, -1));
  t.add("length_past_the_end", length_past_the_end(3, 60, 57));
  t.add("wrong_number_of_lengths", wrong_number_of_lengths(57, 32));
  t.add("too_many_steps", too_many_steps());
  t.add("not_padded", not_padded("pack_padded_sequence", Shape{{"batch", 32}, {"feature", 64}}));
  t.add("not_packed", not_packed(Shape{{"row", 10}, {"feature", 64}}, 12));
  t.add("total_length_too_short", total_length_too_short(50, 57));
  t.add("no_sequences", no_sequences("pad_sequence"));
  t.add("not_a_sequence", not_a_sequence("pad_sequence", Shape{{"feature", 64}}));
  t.add("sequences_differ", sequences_differ("pad_sequence", 1, Shape{{"seq"}, {"feature", 64}},
                                             Shape{{"seq", 5}, {"feature", 63}}));
  return t;
}

ErrorTable shape_table() {
  ErrorTable t("runnel/tensor/shape_error.h", "Shapes and tensors");
  const Shape h_n{{"layer·direction", 2}, {"batch", 3}, {"hidden", 20}};
  const std::vector<AxisName> order = {"seq", "batch"};
  t.add("too_many_axes", too_many_axes(7));
  t.add("too_many_values", too_many_values(Shape{{"batch", 1 << 20}, {"seq", 1 << 20}}));
  t.add("symbolic_size", symbolic_size("Tensor", kRead));
  t.add("no_memory", no_memory(kGiven, 466'944));
  t.add("negative_size", negative_size({"batch", -2}));
  t.add("name_twice", name_twice("batch", kGiven));
  t.add("no_such_axis", no_such_axis("hidden", kGiven));
  t.add("wrong_count", wrong_count(Shape{{"batch", 2}, {"feature", 3}}, 5));
  t.add("reshape_count", reshape_count(h_n, Shape{{"batch", 3}, {"feature", 20}}));
  t.add("reshape_order", reshape_order(h_n, Shape{{"batch", 3}, {"layer·direction", 2}, {"hidden", 20}}));
  t.add("transpose_names", transpose_names(kGiven, order));
  t.add("index_rank", index_rank(kGiven, 2));
  t.add("index_out_of_range", index_out_of_range("at", "seq", 57, kGiven));
  t.add("no_values", no_values("item", kRead));
  t.add("not_one_number", not_one_number("item", kGiven));
  t.add("shapes_differ", shapes_differ("mse_loss", kGiven, h_n));
  return t;
}

ErrorTable op_table() {
  ErrorTable t("runnel/ops/op_error.h", "Operations and losses");
  const Ids ids({{"batch", 2}, {"seq", 3}}, {0, 1, 2, 0, 7, 9});
  const Shape logits{{"batch", 3}, {"seq", 5}, {"class", 7}};
  t.add("does_not_broadcast",
        does_not_broadcast("add", Shape{{"batch", 3}, {"feature", 4}}, Shape{{"hidden", 4}}));
  t.add("id_out_of_range", id_out_of_range("Embedding", ids, 4, Shape{{"vocab", 5}, {"feature", 8}}));
  t.add("not_an_embedding_weight", not_an_embedding_weight(Shape{{"feature", 8}, {"vocab", 5}}));
  t.add("padding_idx_out_of_range", padding_idx_out_of_range(5, 5));
  t.add("not_a_probability", errors::not_a_probability("dropout", "p", 1.5));
  t.add("not_positive", not_positive("huber_loss", "delta", 0));
  t.add("no_tensors", no_tensors("concat"));
  t.add("tensors_differ", tensors_differ("stack", 1, Shape{{"batch", 3}}, Shape{{"batch", 4}}));
  t.add("step_not_positive", step_not_positive(0));
  t.add("place_out_of_range", place_out_of_range(4, kGiven));
  t.add("inner_sizes_differ",
        inner_sizes_differ("linear", Shape{{"batch"}, {"feature", 20}}, Shape{{"batch", 3}, {"hidden", 40}}));
  t.add("second_operand_no_matrix", second_operand_no_matrix(kGiven));
  t.add("inference_size_too_small", inference_size_too_small("max_seq", 0));
  t.add("maximum_of_nothing", maximum_of_nothing("seq", Shape{{"batch", 3}, {"seq", 0}}));
  t.add("class_out_of_range", class_out_of_range("cross_entropy", ids, 4, {"class", 7}));
  t.add("target_does_not_fit",
        target_does_not_fit("cross_entropy", logits, {"class", 7}, Ids({{"batch", 3}, {"seq", 7}})));
  t.add("weight_has_more_axes", weight_has_more_axes("cross_entropy", Shape{{"batch", 3}}, kGiven));
  t.add("no_class_axis", no_class_axis("cross_entropy", Shape()));
  return t;
}

ErrorTable tape_table() {
  ErrorTable t("runnel/autograd/autograd_error.h", "Gradients");
  t.add("gradient_row_misplaced", gradient_row_misplaced(5000, Shape{{"vocab", 5000}, {"feature", 100}}));
  t.add("no_gradient_yet", no_gradient_yet(kGiven));
  t.add("gradient_is_sparse", gradient_is_sparse(Shape{{"vocab", 5000}, {"feature", 100}}));
  t.add("gradient_is_dense", gradient_is_dense(Shape{{"vocab", 5000}, {"feature", 100}}));
  t.add("nothing_recorded", nothing_recorded());
  t.add("graph_freed", graph_freed("recurrence"));
  return t;
}

}  // namespace

std::vector<ErrorTable> network_tables() {
  return {layer_table(),  sequence_table(), spec_table(), model_table(), explain_table(), part_table(),
          change_table(), shape_table(),    op_table(),   tape_table(),  trace_table()};
}

}  // namespace runnel::docs
