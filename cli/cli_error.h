#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/data/table.h"
#include "runnel/formats/named_arrays.h"

/// The sentences of the command line that are not about the command line's grammar (command_line.cc makes those), each
/// made in one place.
namespace runnel::errors {

/// --fractions of split has `count` numbers.
OptionError not_three_fractions(size_t count);
/// A batch is drawn of one layer or chain. `layer` is one of the model, as it is printed.
OptionError ask_one_layer(const std::string& option, const std::string& model, const std::string& layer);
/// --weights for a file that has its own.
OptionError model_has_weights(const std::string& model, const std::string& weights);
/// Two words of the command line are "-": `{"DATA", "--dev"}`.
OptionError standard_input_twice(const std::string& first, const std::string& second);
/// Two outputs are "-".
OptionError output_twice(const std::string& first, const std::string& second, const std::string& path);
OptionError standard_output_twice(const std::string& first, const std::string& second);
/// --lengths beside texts, whose words are counted.
OptionError lengths_of_texts();
/// trace with --text and a network that has no words.
OptionError text_needs_model(const std::string& network);
/// trace with both --text and --input, or neither.
OptionError text_or_input();
/// The output that `option` names is read too, given as `word path`.
OptionError output_is_input(const std::string& option, const std::string& output, const std::string& word,
                            const std::string& path);
/// An `option` for a file to write that is ''.
OptionError no_output_name(const std::string& option);

/// `option` names another array, where there is such an option.
DataError no_such_array(const std::string& file, const std::string& name, const NamedArrays& arrays,
                        const std::string& option = "");
DataError array_of_no_use(const std::string& file, const std::string& name);
/// A first state for a network of none or many recurrent layers.
DataError state_without_layer(const std::string& file, const std::string& name, int64_t recurrent_layers);

/// One of the two states of an LSTM.
DataError half_a_state(const std::string& file, const std::string& given, const std::string& absent);

/// Options under another name than the command line's: `{"clip_norm", "--clip"}`.
struct OptionName {
  std::string_view library, command_line;
};
/// An error, but as the fault of a file that it was read from.
DataError in_file(const std::string& file, const Error& error);
DataError cannot_make_folder(const std::string& folder, const std::string& reason);
OptionError bad_threads_variable(const std::string& fault);
Error out_of_memory();
/// `label` is one of the file's.
DataError no_known_label(const std::string& file, std::span<const std::string> known,
                         const std::string& label, const std::string& column);
DataError no_texts(const std::string& file);
/// `nearest` is a word that it knows and that is spelt much like it; may be empty.
DataError unknown_word(const std::string& file, const std::string& word, const std::string& nearest);

/// No column is called what the option says, or stands for when it is not given.
DataError no_column_for(const std::string& option, const std::string& asked, const Table& table);

/// Rows to train on are there, none to measure on. `group` is the column that keeps rows together, if there is one.
DataError dev_is_empty(const std::string& file, const std::string& group);

/// The text with whole words replaced: "lr" in "a smaller lr", not in "clr".
std::string with_option_names(const std::string& text, std::initializer_list<OptionName> names);

/// An error about such options in the words of the command line.
template <class AnyError>
AnyError in_words_of_command_line(const AnyError& error, std::initializer_list<OptionName> names) {
  std::vector<ErrorDetail> details = error.details();
  for (ErrorDetail& detail : details) detail.text = with_option_names(detail.text, names);
  return AnyError(with_option_names(error.summary(), names), std::move(details));
}

}  // namespace runnel::errors
