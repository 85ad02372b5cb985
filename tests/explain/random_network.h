#pragma once

#include <string>

#include "runnel/explain/story.h"

namespace runnel {

/// The text of some network: a chain with recurrent layers, or one layer. To be called inside rc::check.
std::string any_network();

/// The text of some RNN, LSTM or GRU by itself. To be called inside rc::check.
std::string any_recurrent_layer();

/// Some sizes of data, each 1 or more. To be called inside rc::check.
StorySizes any_sizes();

}  // namespace runnel
