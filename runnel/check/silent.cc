#include <algorithm>

#include "runnel/check/check_error.h"
#include "runnel/check/checker.h"
#include "runnel/model/input_shape.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// How long the sequences are: as given, or else as the zeros at their ends say. Nothing when neither tells.
std::optional<Lengths> real_lengths(const CheckState& state, const AlongAxis& along) {
  if (state.lengths) return state.lengths;
  return along.looks_padded() ? std::optional(along.real) : std::nullopt;
}

errors::Padding padding_of(const CheckState& state, const Lengths& lengths) {
  errors::Padding padding{.data = *state.shape, .batch_first = (*state.shape)[0].name == axes::batch};
  const int64_t longest = *std::max_element(lengths.begin(), lengths.end());
  for (const int64_t length : lengths) {
    padding.shorter += length < longest ? 1 : 0;
    padding.cells += state.shape->size(axes::seq) - length;
  }
  return padding;
}

/// What the recurrent layer reads and gives for these data, as it says itself.
RecurrentShapes shapes_for(const CheckState& state) {
  const RecurrentConfig& config = state.recurrent->config();
  const Axis batch{axes::batch, state.shape->size(axes::batch)}, seq{axes::seq, state.shape->size(axes::seq)};
  const Axis feature{axes::feature, config.input_size};
  return state.recurrent->shapes(config.batch_first ? Shape{batch, seq, feature}
                                                    : Shape{seq, batch, feature});
}

}  // namespace

void note_silent_mistakes(CheckState& state, const Tensor& values) {
  if (!state.recurrent || !state.shape->has(axes::batch) || !state.shape->has(axes::seq)) return;
  if (state.shape->count() == 0) return;
  const std::string layer = state.recurrent->label();
  const bool open = state.asked.open_ended || dynamic_cast<const Recurrent*>(state.network().layers().back());
  const AlongAxis along = look_along(Grid::of(values), state.shape->index_of(axes::seq));
  if (!state.lengths && along.looks_padded_in_front()) {
    state.warn("padding_in_front", errors::padding_in_front(layer, *state.shape, along.fronted, false));
  }
  const std::optional<Lengths> lengths = real_lengths(state, along);
  const RecurrentShapes shapes = shapes_for(state);
  if (lengths) {
    const errors::Padding padding = padding_of(state, *lengths);
    if (open && padding.shorter > 0) {
      state.note("last_step_is_padding", errors::last_step_is_padding(layer, padding));
    }
    if (open && padding.cells > 0) {
      state.note("padding_not_packed", errors::padding_is_read(layer, padding));
    } else if (padding.cells > 0 && !state.lengths) {
      state.warn("lengths_not_given", errors::lengths_not_given(padding));
    }
  }
  if (open && shapes.h_n[0].size > 1 && shapes.h_n.size(axes::batch) > 1) {
    state.note("view_mixes_sequences", errors::view_mixes_sequences(layer, shapes.h_n));
  }
}

}  // namespace runnel
