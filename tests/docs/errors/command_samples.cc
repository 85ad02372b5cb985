#include "cli/bench_error.h"
#include "cli/cli_error.h"
#include "tests/docs/errors/error_table.h"

namespace runnel::docs {
namespace {

using namespace errors;

ErrorTable command_table() {
  ErrorTable t("cli/cli_error.h", "The command line");
  NamedArrays arrays;
  arrays.add("x", Array());
  t.add("not_three_fractions", not_three_fractions(2));
  t.add("ask_one_layer", ask_one_layer("--lengths", "Tagger", "LSTM(100, 128, batch_first=True)"));
  t.add("model_has_weights", model_has_weights("m.safetensors", "w.safetensors"));
  t.add("standard_input_twice", standard_input_twice("NETWORK", "--data"));
  t.add("output_twice", output_twice("--svg", "--html", "net.out"));
  t.add("standard_output_twice", standard_output_twice("--npz", "--html"));
  t.add("lengths_of_texts", lengths_of_texts());
  t.add("text_needs_model", text_needs_model("GRU(100, 20)"));
  t.add("text_or_input", text_or_input());
  t.add("output_is_input", output_is_input("--output", "./x.npy", "INPUT", "x.npy"));
  t.add("no_output_name", no_output_name("--output"));
  t.add("no_such_array", no_such_array("x.npz", "input", arrays));
  t.add("array_of_no_use", array_of_no_use("x.npz", "x"));
  t.add("state_without_layer", state_without_layer("x.npz", "h_0", 2));
  t.add("half_a_state", half_a_state("x.npz", "h_0", "c_0"));
  t.add("cannot_make_folder", cannot_make_folder("parts", "Permission denied"));
  t.add("bad_threads_variable", bad_threads_variable("expected a whole number from 1 to 1024, got 0"));
  t.add("out_of_memory", out_of_memory());
  const Table table("rows.csv", {"body", "category"});
  t.add("no_column_for", no_column_for("--text", "text", table));
  t.add("no_column_for", no_column_for("--label", "categry", table));
  t.add("no_known_label",
        no_known_label("rows.csv", std::vector<std::string>{"devel", "editors"}, "games", "label"));
  t.add("no_texts", no_texts("texts.txt"));
  t.add("unknown_word", unknown_word("m.safetensors", "editr", "editor"));
  t.add("dev_is_empty", dev_is_empty("rows.csv", "author"));
  return t;
}

ErrorTable bench_table() {
  ErrorTable t("cli/bench_error.h", "Measuring");
  t.add("nothing_to_measure", nothing_to_measure());
  t.add("file_to_measure", file_to_measure("m.safetensors"));
  t.add("not_a_length_range", not_a_length_range("uniform:9:2"));
  t.add("no_recurrent_layer", no_recurrent_layer("Linear(256, 6)"));
  t.add("cannot_stream_backwards", cannot_stream_backwards("LSTM(100, 20, bidirectional=True)"));
  t.add("cell_reads_one_step", cell_reads_one_step("GRUCell(100, 20)"));
  t.add("lengths_beyond_seq", lengths_beyond_seq(50, 40));
  return t;
}

}  // namespace

std::vector<ErrorTable> command_tables() { return {command_table(), bench_table()}; }

}  // namespace runnel::docs
