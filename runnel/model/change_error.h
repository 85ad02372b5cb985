#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/model/change.h"

/// The sentences about changes of a network, each made in one place.
namespace runnel::errors {

OptionError no_change(std::string_view text);
OptionError no_size(const OptionChange& change);
/// `layers` are the network's, "1. LSTM".
OptionError no_such_layer(const OptionChange& change, const std::vector<std::string>& layers);
/// `known` are the options that can be changed.
OptionError option_of_none(const OptionChange& change, std::span<const std::string> known);
/// `layers` are those that take the option, "1. LSTM"; `number` is that of the first.
OptionError option_of_many(const OptionChange& change, const std::vector<std::string>& layers, size_t number);
/// An input size; `decides` is the option that it follows from, "0.embedding_dim".
OptionError size_follows(const OptionChange& change, const std::string& layer, const std::string& decides);

}  // namespace runnel::errors
