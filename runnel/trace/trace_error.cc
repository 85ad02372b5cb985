#include "runnel/trace/trace_error.h"

#include <fmt/format.h>

#include "runnel/text/show.h"

namespace runnel::errors {

OptionError nothing_recurrent(const std::string& network) {
  return OptionError("there are no steps to trace in " + network,
                     {{"expected", "an RNN, LSTM, GRU or a cell among the layers"},
                      {"why", "only these have a state that goes from step to step"},
                      {"fix", "Embedding(100) -> LSTM(128) -> last -> Linear"}});
}

OptionError no_word_to_trace(const std::string& text) {
  return OptionError("there is no word in the text " + in_quotes(text),
                     {{"why", "each word is a step; without one the network takes none"},
                      {"fix", "a text with a word that the model's tokenizer sees, such as 'the cat sat'"}});
}

OptionError no_such_sequence(int64_t sequence, int64_t batch) {
  return OptionError(fmt::format("there is no sequence {} in a batch of {}", sequence, batch),
                     {{"expected", fmt::format("0 to {}", batch - 1)},
                      {"why", "sequences are counted from 0"},
                      {"fix", fmt::format("--sequence {}", batch - 1)}});
}

}  // namespace runnel::errors
