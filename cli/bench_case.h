#pragma once

#include <functional>
#include <optional>
#include <string>

#include "runnel/model/work.h"

namespace runnel::cli {

/// Lengths drawn uniformly from least … most.
struct LengthRange {
  int64_t least = 0, most = 0;
};

/// `uniform:1:50`.
/// Throws  OptionError when it is something else
LengthRange read_length_range(const std::string& text);

enum class BenchMode { inference, train, stream };

/// What is to be timed.
struct BenchRequest {
  std::string network;  ///< as `runnel explain` takes it, with a recurrent layer in it
  BenchMode mode = BenchMode::inference;
  bool adam = false;  ///< in training, a step of Adam too
  int64_t batch = 1;
  int64_t seq = 1;
  std::optional<LengthRange> lengths = {};  ///< absent: every sequence has `seq` steps
  uint64_t seed = 0;
};

/// A network with its data, ready to be called.
///
///     inference  forward; a recurrent module alone, on whole sequences: Inference::run
///     train      forward, then backward from a gradient of ones (the loss is the sum of the output): the gradients of
///                all parameters and, unless they are ids, of the data
///     stream     forward of one step; each recurrent layer goes on from the state that it ended with. A recurrent
///                module alone: Inference::step
struct BenchCase {
  BenchRequest request;  ///< with seq 1 for a cell, which reads one step
  Network network;
  Schedule schedule;  ///< the sequences that one call reads
  Work work;          ///< of one call
  /// An Inference's own; else as memory_of counts them, with Adam its two tensors a parameter too.
  int64_t bytes = 0;
  std::function<void()> body;  ///< one call; lives no longer than `network`
};

/// Throws  OptionError when the network cannot be, has no recurrent layer, or cannot be run in this way
BenchCase make_bench_case(const BenchRequest& request);

}  // namespace runnel::cli
