#include "cli/bench_error.h"

#include <fmt/format.h>

#include "runnel/base/shell_word.h"

namespace runnel::errors {

OptionError nothing_to_measure() {
  return OptionError("bench measures a network, or the machine's --limits; neither is given",
                     {{"why", "what is timed is the network that the command names"},
                      {"fix", "runnel bench 'LSTM(100, 256)'"}});
}

OptionError file_to_measure(const std::string& file) {
  return OptionError(
      "bench measures a network as text, got the file " + file,
      {{"why", "how fast it is depends on the sizes of its layers, not on its weights"},
       {"fix", fmt::format("runnel inspect {} shows the network of a model", shell_word(file))}});
}

OptionError not_a_length_range(const std::string& text) {
  return OptionError("--lengths cannot be read",
                     {{"got", text},
                      {"expected", "uniform:A:B with whole numbers 0 ≤ A ≤ B, B at least 1"},
                      {"why", "each sequence gets a length of its own, from A to B"},
                      {"fix", "--lengths uniform:1:50 draws each length from 1 … 50"}});
}

OptionError no_recurrent_layer(const std::string& network) {
  return OptionError("the network has no recurrent layer to measure",
                     {{"network", network},
                      {"expected", "RNN, LSTM, GRU or one of their cells in it"},
                      {"why", "what is measured is the time that steps take, and only these have steps"},
                      {"fix", "runnel bench 'LSTM(100, 256)'"}});
}

OptionError cannot_stream_backwards(const std::string& layer) {
  return OptionError("a bidirectional layer cannot stream",
                     {{"layer", layer},
                      {"why", "its second direction begins with the last step, which a stream does not have"},
                      {"fix", "leave out --stream, or bidirectional=True"}});
}

OptionError cell_reads_one_step(const std::string& network) {
  return OptionError("--lengths is of no use to a cell",
                     {{"network", network},
                      {"why", "a cell reads one step of each sequence"},
                      {"fix", "leave out --lengths, or the layer in place of its cell"}});
}

OptionError lengths_beyond_seq(int64_t most, int64_t seq) {
  return OptionError(fmt::format("--lengths goes up to {}, but --seq is {}", most, seq),
                     {{"why", "--seq is the length of the longest sequence"},
                      {"fix", fmt::format("--seq {}, or leave it out", most)}});
}

}  // namespace runnel::errors
