#pragma once

#include <cstdint>
#include <string>

#include "runnel/base/error.h"

/// The sentences of `runnel bench`, each made in one place.
namespace runnel::errors {

OptionError nothing_to_measure();
/// A file where a network as text is expected.
OptionError file_to_measure(const std::string& file);
OptionError not_a_length_range(const std::string& text);
OptionError no_recurrent_layer(const std::string& network);
OptionError cannot_stream_backwards(const std::string& layer);
OptionError cell_reads_one_step(const std::string& network);
OptionError lengths_beyond_seq(int64_t most, int64_t seq);

}  // namespace runnel::errors
