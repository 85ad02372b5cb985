#pragma once

#include <string>

#include "runnel/base/error.h"

/// The sentences of what cannot be traced, each made in one place.
namespace runnel::errors {

/// A network without RNN, LSTM and GRU.
OptionError nothing_recurrent(const std::string& network);
/// A text in which the tokenizer finds no word.
OptionError no_word_to_trace(const std::string& text);
/// A batch has fewer sequences than the number that was asked for.
OptionError no_such_sequence(int64_t sequence, int64_t batch);

}  // namespace runnel::errors
