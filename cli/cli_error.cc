#include "cli/cli_error.h"

#include <cctype>
#include <fmt/format.h>

#include "runnel/base/shell_word.h"
#include "runnel/base/spelling.h"
#include "runnel/formats/remedies.h"
#include "runnel/text/show.h"

namespace runnel::errors {
namespace {

std::string names_in(const NamedArrays& arrays) {
  std::vector<std::string> names;
  for (const NamedArrays::Item& item : arrays) names.push_back(item.name);
  return listed(names);
}

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

}  // namespace

std::string with_option_names(const std::string& text, std::initializer_list<OptionName> names) {
  std::string result;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && in_word(text[end])) ++end;
    std::string_view word = std::string_view(text).substr(begin, end - begin);
    for (const OptionName& name : names) {
      if (word == name.library) word = name.command_line;
    }
    result += word;
    if (end < text.size()) result += text[end++];
    begin = end;
  }
  return result;
}

OptionError not_three_fractions(size_t count) {
  return OptionError(
      fmt::format("--fractions: expected 3 numbers, got {}", count),
      {{"why", "the rows go into train.csv, dev.csv and test.csv"}, {"fix", "--fractions 0.8,0.1,0.1"}});
}

OptionError ask_one_layer(const std::string& option, const std::string& model, const std::string& layer) {
  return OptionError(
      fmt::format("{} is about one layer or one chain, and {} is a model of several parts", option, model),
      {{"why", "print(model) does not tell which part reads what another one gives"},
       {"fix", fmt::format("give it one layer: runnel explain '{}' {} …", layer, option)}});
}

OptionError model_has_weights(const std::string& model, const std::string& weights) {
  return OptionError("--weights is of no use to a model file",
                     {{"expected", "a network as text, or a model file alone"},
                      {"got", fmt::format("{} --weights {}", model, weights)},
                      {"why", "the model has its own weights"},
                      {"fix", "leave out --weights, or write the network as text"}});
}

OptionError standard_input_twice(const std::string& first, const std::string& second) {
  return OptionError(fmt::format("{} and {} cannot both be standard input", first, second),
                     {{"why", "it can be read once"}, {"fix", "a file for one of them"}});
}

OptionError output_twice(const std::string& first, const std::string& second, const std::string& path) {
  return OptionError(
      fmt::format("{} and {} would both be written to {}", first, second, path),
      {{"why", "the second would replace the first"}, {"fix", "another file for one of them"}});
}

OptionError standard_output_twice(const std::string& first, const std::string& second) {
  return OptionError(fmt::format("{} and {} cannot both be standard output", first, second),
                     {{"why", "what reads it could not tell them apart"}, {"fix", "a file for one of them"}});
}

OptionError lengths_of_texts() {
  return OptionError("--lengths belongs to arrays, and the data are texts",
                     {{"why", "a text has as many steps as words"}, {"fix", "leave --lengths out"}});
}

OptionError text_needs_model(const std::string& network) {
  return OptionError(
      "--text is for a model file, got the network " + network,
      {{"why", "only a model that runnel train wrote has words; a network as text reads numbers"},
       {"fix", "runnel trace MODEL --text …, or --input x.npy for this network"}});
}

OptionError text_or_input() {
  return OptionError(
      "trace reads either a text or numbers",
      {{"expected", "one of --text and --input"},
       {"why", "a text is cut into the words that a model knows, numbers go in as they are"},
       {"fix", "--text 'the cat sat' for a model that runnel train wrote, --input x.npy for others"}});
}

OptionError output_is_input(const std::string& option, const std::string& output, const std::string& word,
                            const std::string& path) {
  return OptionError(fmt::format("{} would be written over, but it is read too", output),
                     {{"expected", "an output that is none of the inputs"},
                      {"got", fmt::format("{} {}", word, path)},
                      {"why", "what was read would be lost"},
                      {"fix", "another " + option}});
}

OptionError no_output_name(const std::string& option) {
  return OptionError(option + " is empty, expected a file",
                     {{"why", "'' is a word, too; \"$OUT\" gives it where OUT is not set"},
                      {"fix", option + " FILE, or - for standard output"}});
}

DataError no_such_array(const std::string& file, const std::string& name, const NamedArrays& arrays,
                        const std::string& option) {
  const std::string value =
      arrays.size() == 1 ? fmt::format("numpy.load({})[{}]", python_text(file), python_text(arrays[0].name))
                         : "…";
  return DataError(
      {.file = file}, fmt::format("there is no array \"{}\"", name),
      {{"holds", names_in(arrays)},
       {"why", "arrays in an .npz are found by their names"},
       {"fix", option.empty() ? numpy_savez("NEW.npz", name + "=" + value)
                              : fmt::format("{} {}", option, arrays.size() == 0 ? "NAME" : arrays[0].name)}});
}

DataError array_of_no_use(const std::string& file, const std::string& name) {
  const auto near = meant_by(name, std::vector<std::string>{"input", "h_0", "c_0", "lengths"});
  return DataError({.file = file}, fmt::format("nothing reads the array \"{}\"", name),
                   {{"read", "input, h_0, c_0, lengths"},
                    {"why", "it may be one of these, misspelt: nothing is passed over in silence"},
                    {"fix", near ? fmt::format("did you mean {}?", *near) : "leave it out"}});
}

DataError state_without_layer(const std::string& file, const std::string& name, int64_t recurrent_layers) {
  return DataError(
      {.file = file},
      fmt::format("{} is given, but the network has {} recurrent layers", name, recurrent_layers),
      {{"why", "a first state belongs to one layer"},
       {"fix", recurrent_layers == 0
                   ? "leave it out"
                   : fmt::format("leave it out, or one layer with num_layers={}", recurrent_layers)}});
}

DataError half_a_state(const std::string& file, const std::string& given, const std::string& absent) {
  return DataError(
      {.file = file}, fmt::format("{} is given without {}", given, absent),
      {{"expected", "h_0 and c_0, or neither: then both are zeros"},
       {"why", "an LSTM keeps two states, h and c, and goes on from both"},
       {"fix", fmt::format("numpy.savez(…, {0}={0}, {1}=numpy.zeros_like({0}))", given, absent)}});
}

DataError in_file(const std::string& file, const Error& error) {
  return DataError({.file = file}, error.summary(), error.details());
}

DataError cannot_make_folder(const std::string& folder, const std::string& reason) {
  return DataError({.file = folder}, fmt::format("cannot make the folder: {}", reason),
                   {{"fix", "--output of another name, or of a folder that is there"}});
}

OptionError bad_threads_variable(const std::string& fault) {
  return OptionError("RUNNEL_THREADS: " + fault, {{"fix", "unset RUNNEL_THREADS: as many as the machine has"},
                                                  {"help", "runnel --help"}});
}

Error out_of_memory() {
  return Error(
      "there is not enough memory",
      {{"why", "a pass keeps the numbers of every layer, step and sequence of a batch"},
       {"fix", "a smaller --batch-size (train), fewer sequences at a time (run), a smaller network"}});
}

DataError no_known_label(const std::string& file, std::span<const std::string> known,
                         const std::string& label, const std::string& column) {
  return DataError(
      {.file = file}, "no row has a label that the model knows",
      {{"expected", listed(known)},
       {"got", fmt::format("{} and others, in the column {}", in_quotes(label), in_quotes(column))},
       {"why", "a model can only answer the labels that it was trained with"},
       {"fix", "--label with the column of these labels, or a model for those of the file"}});
}

DataError no_texts(const std::string& file) {
  return DataError({.file = file}, "the file is empty, expected one text a line",
                   {{"fix", "echo 'a text editor' | runnel predict MODEL"}});
}

DataError unknown_word(const std::string& file, const std::string& word, const std::string& nearest) {
  return DataError(
      {.file = file}, fmt::format("the model does not know the word \"{}\"", word),
      {{"why", "it was not in the texts that the model was trained on, or too rare"},
       {"fix", nearest.empty() ? "a word of those texts" : fmt::format("did you mean {}?", nearest)}});
}

DataError no_column_for(const std::string& option, const std::string& asked, const Table& table) {
  const std::vector<std::string>& columns = table.columns();
  std::vector<ErrorDetail> details = {{"columns", listed(columns)}};
  if (option == "--" + asked) {
    details.push_back({"why", fmt::format("it is what {} means when it is not given", option)});
  } else {
    details.push_back({"why", "a column is told by its name, or by its number, from 1"});
  }
  const auto near = meant_by(asked, columns);
  if (near) {
    details.push_back({"fix", fmt::format("{} {}", option, shell_word(*near))});
  } else if (columns.size() == 1) {
    details.push_back({"fix", "a file with a column for it: .csv, .tsv or .jsonl"});
  } else {
    const bool keys = table.name().ends_with(".jsonl");
    details.push_back(
        {"fix", fmt::format("{} NAME, one of the columns{}", option,
                            keys ? "" : "\n--no-header, if the first row is a row like others")});
  }
  return DataError({.file = table.name()}, fmt::format("there is no column {}", in_quotes(asked)),
                   std::move(details));
}

DataError dev_is_empty(const std::string& file, const std::string& group) {
  const std::string why =
      group.empty() ? "there is one row, and it goes to training"
                    : fmt::format("rows of one group stay together, and all have the same {}", group);
  const std::string fix = group.empty() ? "more rows" : "another column for --group";
  return DataError({.file = file}, "no rows are left to measure on",
                   {{"why", why}, {"fix", fix + ", or --dev FILE with rows to measure on"}});
}

}  // namespace runnel::errors
