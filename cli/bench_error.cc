#include "cli/bench_error.h"

#include <fmt/format.h>

namespace runnel::errors {

OptionError nothing_to_measure() {
  return OptionError("bench measures a network, or the machine's --limits; neither is given",
                     {{"fix", "runnel bench 'LSTM(100, 256)'"}});
}

OptionError not_a_length_range(const std::string& text) {
  return OptionError("--lengths cannot be read",
                     {{"got", text},
                      {"expected", "uniform:A:B with whole numbers 0 ≤ A ≤ B, B at least 1"},
                      {"fix", "--lengths uniform:1:50 draws each length from 1 … 50"}});
}

OptionError no_recurrent_layer(const std::string& network) {
  return OptionError("the network has no recurrent layer to measure",
                     {{"network", network},
                      {"expected", "RNN, LSTM, GRU or one of their cells in it"},
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
                     {{"network", network}, {"why", "a cell reads one step of each sequence"}});
}

OptionError lengths_beyond_seq(int64_t most, int64_t seq) {
  return OptionError(fmt::format("--lengths goes up to {}, but --seq is {}", most, seq),
                     {{"fix", fmt::format("--seq {}, or leave it out", most)}});
}

}  // namespace runnel::errors
