#pragma once

#include <string>

#include "runnel/formats/named_arrays.h"
#include "runnel/model/network.h"
#include "runnel/tensor/shape_error.h"

#include "cli/command.h"

/// A network with its weights, and arrays from a file for it to read, as run and trace take them.
namespace runnel::cli {

/// The words of the command line that name a network.
struct NetworkWords {
  std::string network;  ///< a model file, a chain, or one layer
  std::string weights;  ///< a safetensors file; empty: random ones, or the model's own
};

/// The arrays of an .npz; an .npy is the array `input` alone.
NamedArrays read_input(const std::string& path);
const Array& required_array(const NamedArrays& arrays, const std::string& name, const std::string& file);
/// The network of a model file, or one made from text with the weights of a file.
Network network_of(const NetworkWords& words, const NamedArrays& arrays, const CommonOptions& common);
/// What the network reads: input, and where they are there lengths, h_0 and c_0.
Signal signal_of(const Network& network, const NamedArrays& arrays, const std::string& file);
/// What check finds about the axes and the kind of the input, in place of what the layers said of it.
[[noreturn]] void explain_failure(const ShapeError& error, const Network& network, const Array& input);

}  // namespace runnel::cli
