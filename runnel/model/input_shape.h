#pragma once

#include <optional>
#include <span>

#include "runnel/model/network.h"

/// What a network wants to be given.
namespace runnel {

/// Which axes the data have besides their features.
struct InputAxes {
  bool batch = true;  ///< without: one sequence, or one step
  bool seq = true;    ///< without: one step, or rows that know no steps
};

/// The shape of the data that a layer reads when it is the first one. Sizes that it does not tell are
/// symbolic; without batch_first, seq stands before batch.
///
///     Embedding           [batch, seq]                           ids
///     RNN, LSTM, GRU      [batch, seq, feature = input_size]
///     cells               [batch, feature = input_size]          one step, whatever `seq` says
///     Linear              [batch, seq, feature = in_features]
///     all other layers    none: they read any number of features
std::optional<Shape> input_shape(const Layer& layer, const InputAxes& wanted = {}, bool batch_first = true);

/// The shape of the data that a network reads, as its reading layer has it; [batch, seq, feature] when it
/// has none.
Shape input_shape(const Network& network, const InputAxes& wanted = {});

/// The names of the axes of data with so many sizes, in the order in which the network reads them: input_shape with a
/// batch and steps, or without one of them. Sizes are those of the data; that the features are as many as the network
/// reads is its layers' to say.
/// Throws  ShapeError when it reads data of another number of axes
Shape input_names(const Network& network, std::span<const int64_t> sizes);

/// The first layer that does not read any number of features: the one that tells what the data are. Null
/// when there is none.
const Layer* reading_layer(const Network& network);

/// Whether the data of a network have a seq axis by its nature: a layer walks along the steps, pools over
/// them, or looks words up, and no cell reads one step by itself.
bool reads_steps(const Network& network);

}  // namespace runnel
