#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "runnel/check/check_error.h"
#include "runnel/check/checker.h"
#include "runnel/explain/wording.h"
#include "runnel/nn/embedding.h"
#include "runnel/ops/op_error.h"
#include "runnel/sequence/sequence_error.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// Features whose deviations differ by more are told.
constexpr double kScales = 1000;

/// What one feature is like, over the steps that are not padding.
struct FeatureSummary {
  double count = 0, mean = 0, squares = 0;  // Welford's
  double least = 0, most = 0;

  void add(double x) {
    least = count == 0 ? x : std::min(least, x);
    most = count == 0 ? x : std::max(most, x);
    count += 1;
    const double before = x - mean;
    mean += before / count;
    squares += before * (x - mean);
  }
  bool constant() const { return count > 1 && least == most; }
  double deviation() const { return count > 1 ? std::sqrt(squares / count) : 0; }
};

/// The indices of a place: [batch=1, seq=4, feature=2].
std::string place_of(const Shape& shape, int64_t place) {
  Shape indices = shape;
  for (int64_t i = shape.rank(); i-- > 0;) {
    indices = indices.with_size(shape[i].name, place % shape[i].size);
    place /= shape[i].size;
  }
  return indices.to_string();
}

std::string column_name(const CheckState& state, int64_t feature) {
  const std::vector<std::string>& names = state.data->data.columns;
  const auto i = static_cast<size_t>(feature);
  return i < names.size() ? names[i] : fmt::format("feature {}", feature);
}

/// The values that are NaN or infinite: the first, and how many.
void find_not_finite(CheckState& state, const Tensor& values) {
  const int64_t width = std::max<int64_t>((*state.shape)[state.shape->rank() - 1].size, 1);
  int64_t count = 0, first = -1;
  for (int64_t i = 0; i < values.count(); ++i) {
    if (std::isfinite(values.data()[i])) continue;
    if (count++ == 0) first = i;
  }
  if (count == 0) return;
  const float value = values.data()[first];
  state.fault("not_finite", errors::value_not_finite(
                                *state.shape, {.place = place_of(*state.shape, first),
                                               .value = std::isnan(value) ? "nan" : fmt::format("{}", value),
                                               .count = count,
                                               .of = values.count(),
                                               .column = column_name(state, first % width)}));
}

std::vector<FeatureSummary> summaries_of(const Tensor& values, int64_t width) {
  std::vector<FeatureSummary> features(static_cast<size_t>(width));
  for (int64_t begin = 0; begin < values.count(); begin += width) {
    const float* cell = values.data() + begin;
    if (width > 1 && std::all_of(cell, cell + width, [](float x) { return x == 0; })) continue;  // padding
    for (int64_t f = 0; f < width; ++f) {
      if (std::isfinite(cell[f])) features[static_cast<size_t>(f)].add(cell[f]);
    }
  }
  return features;
}

/// Ids that stand outside the rows of the Embedding; the first place, how many, the largest.
struct Outside {
  int64_t first = -1, count = 0;
  int32_t most = 0;
};

Outside outside_of(const Ids& ids, int64_t rows) {
  Outside outside;
  for (int64_t i = 0; i < ids.count(); ++i) {
    const int32_t id = ids.data()[i];
    outside.most = std::max(outside.most, id);
    if (id >= 0 && id < rows) continue;
    if (outside.count++ == 0) outside.first = i;
  }
  return outside;
}

/// Whether the steps that a length leaves out stand in front.
bool counted_from_the_end(const AlongAxis& along, const Lengths& lengths, int64_t seq) {
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (along.front[i] != seq - lengths[i]) return false;
  }
  return true;
}

/// What the lengths say against where the values end.
void compare_with_padding(CheckState& state, const Tensor& values) {
  const AlongAxis along = look_along(Grid::of(values), state.shape->index_of(axes::seq));
  if (along.looks_padded_in_front() &&
      counted_from_the_end(along, *state.lengths, state.shape->size(axes::seq))) {
    return state.fault("padding_in_front",
                       errors::padding_in_front(state.reader_label(), *state.shape, along.fronted, true));
  }
  if (!along.looks_padded()) return;
  int64_t count = 0;
  size_t first = 0;
  int64_t longer = 0;  // values behind the end; fewer than the length may be zeros by chance
  for (size_t i = 0; i < along.real.size(); ++i) {
    if (along.real[i] == (*state.lengths)[i]) continue;
    longer += along.real[i] > (*state.lengths)[i] ? 1 : 0;
    if (count++ == 0) first = i;
  }
  const auto batch = static_cast<int64_t>(along.real.size());
  if (longer == 0 && !beyond_chance(count, batch, along.zero_share())) return;
  state.warn("lengths_contradict_padding",
             errors::lengths_contradict_padding(static_cast<int64_t>(first), (*state.lengths)[first],
                                                along.real[first], count, *state.shape));
}

}  // namespace

void read_lengths(CheckState& state) {
  if (!state.data->lengths) return;
  const CheckedArray& given = *state.data->lengths;
  const Tensor values = to_tensor(given.array);
  if (values.shape().rank() != 1) {
    return state.fault("lengths_axes", errors::lengths_not_a_list(given.name, values.shape()));
  }
  if (info(given.array.dtype()).integer) {
    const Ids whole = to_ids(given.array, Shape{{axes::batch}}, given.name);
    state.lengths = Lengths(whole.values().begin(), whole.values().end());
    return;
  }
  state.lengths.emplace();
  for (const float length : values.values()) {  // cut off, as PyTorch does
    state.lengths->push_back(std::isfinite(length) ? static_cast<int64_t>(std::clamp(length, -1.0f, 1e9f))
                                                   : -1);
  }
  const auto fraction = std::find_if(values.values().begin(), values.values().end(),
                                     [](float length) { return length != std::floor(length); });
  if (fraction == values.values().end()) {
    return state.warn("lengths_as_fractions",
                      errors::lengths_as_fractions(given.name, std::string(to_string(given.array.dtype()))));
  }
  const int64_t place = fraction - values.values().begin();
  state.fault("lengths_not_whole",
              errors::lengths_not_whole(given.name, std::string(to_string(given.array.dtype())), place,
                                        values.data()[place]));
}

void check_lengths_against(CheckState& state, const Tensor& values) {
  if (!state.lengths || !state.shape->has(axes::batch) || !state.shape->has(axes::seq)) return;
  try {
    check_lengths(*state.lengths, state.shape->size(axes::batch), state.shape->size(axes::seq));
  } catch (const ShapeError& error) {  // PyTorch makes a corrupt pack of a length past the end
    state.lengths.reset();
    return state.fault("lengths", error);
  }
  const auto none = std::find(state.lengths->begin(), state.lengths->end(), 0);
  if (none != state.lengths->end()) {
    state.warn("no_steps", errors::no_steps(none - state.lengths->begin(),
                                            std::count(state.lengths->begin(), state.lengths->end(), 0)));
  }
  if (values.shape().rank() >= 2) compare_with_padding(state, values);
}

void check_ids(CheckState& state, const Ids& ids) {
  const auto* embedding = dynamic_cast<const Embedding*>(state.network().layers().front());
  const int64_t rows = embedding->options().num_embeddings;
  if (rows == Axis::kSymbolic) return;
  const Outside outside = outside_of(ids, rows);
  if (outside.count == 0) return;
  const Shape weight{{axes::vocab, rows}, {axes::feature, embedding->options().embedding_dim}};
  state.fault("id_past_vocabulary",
              errors::with_why(errors::id_out_of_range(state.reader_label(), ids, outside.first, weight),
                               fmt::format("{} of {} outside; the largest is {}", grouped(outside.count),
                                           counted(ids.count(), "id"), outside.most)));
}

void check_numbers(CheckState& state, const Tensor& values) {
  if (values.count() == 0 || state.shape->rank() == 0) return;
  find_not_finite(state, values);
  const int64_t width = (*state.shape)[state.shape->rank() - 1].size;
  const std::vector<FeatureSummary> features = summaries_of(values, width);
  std::vector<std::string> constant;
  std::optional<errors::Scale> smallest, largest;
  for (size_t f = 0; f < features.size(); ++f) {
    const std::string name = column_name(state, static_cast<int64_t>(f));
    if (features[f].constant()) constant.push_back(name);
    const double deviation = features[f].deviation();
    if (features[f].constant() || deviation <= 0) continue;
    if (!smallest || deviation < smallest->deviation) smallest = errors::Scale{name, deviation};
    if (!largest || deviation > largest->deviation) largest = errors::Scale{name, deviation};
  }
  if (!constant.empty()) state.warn("constant_features", errors::columns_constant(*state.shape, constant));
  if (smallest && largest->deviation > kScales * smallest->deviation) {
    state.warn("scales", errors::scales_differ(*state.shape, *smallest, *largest));
  }
}

}  // namespace runnel
