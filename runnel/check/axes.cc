#include "runnel/tensor/axes.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "runnel/check/check_error.h"
#include "runnel/check/checker.h"
#include "runnel/explain/wording.h"
#include "runnel/model/input_shape.h"
#include "runnel/nn/nn_error.h"

namespace runnel {
namespace {

/// Below this, the steps of one sequence count as following each other.
constexpr double kFollowing = 0.5;

bool all_whole(const Tensor& values) {
  return std::all_of(values.values().begin(), values.values().end(),
                     [](float value) { return std::abs(value) < 0x1p31f && value == std::floor(value); });
}

bool any_below_zero(const Tensor& values) {
  return std::any_of(values.values().begin(), values.values().end(), [](float value) { return value < 0; });
}

/// What the reading layer wants as its last axis; symbolic where it does not care.
int64_t features_wanted(const CheckState& state) {
  const Shape wanted = input_shape(state.network());
  return wanted.has(axes::feature) ? wanted.size(axes::feature) : Axis::kSymbolic;
}

/// The same sizes with the names of the two first axes changed.
Shape with_names_swapped(const Shape& shape) {
  std::vector<Axis> list(shape.begin(), shape.end());
  std::swap(list[0].name, list[1].name);
  return Shape(list);
}

/// The layer's constructor for another number of features: `GRU(64, 20)`.
std::string with_first_size(const Layer& layer, int64_t size) {
  std::string text = layer.to_string();
  const size_t begin = text.find('(') + 1;
  return text.replace(begin, text.find_first_of(",)", begin) - begin, std::to_string(size));
}

/// Whether numbers came where ids are read, or ids where numbers are. Then their axes mean nothing.
bool wrong_kind(CheckState& state, const Tensor& values) {
  const DType dtype = state.data->data.array.dtype();
  const Shape& sizes = values.shape();
  if (state.network().reads_ids()) {
    if (info(dtype).integer) return false;
    if (!all_whole(values)) {
      state.fault("features_for_ids", errors::ids_expected(state.reader_label(), sizes));
      return true;
    }
    state.fault("ids_as_fractions",
                errors::ids_as_fractions(state.reader_label(), sizes, std::string(to_string(dtype))));
    return false;
  }
  const int64_t wanted = features_wanted(state);
  const bool features =
      state.data->data.features_named || (sizes.rank() > 0 && sizes[sizes.rank() - 1].size == wanted);
  if (!state.recurrent || !info(dtype).integer || sizes.rank() < 1 || sizes.rank() > 2 || features ||
      wanted == 1 || any_below_zero(values))
    return false;
  const double most = state.check.arrays.front().most.value_or(0);
  std::string fix = fmt::format("Embedding({:.0f}, {}) -> {}", most + 1, wanted, state.reading().to_string());
  if (sizes.rank() == 2) {
    fix += fmt::format("\nor {}, if a row is the {} numbers of a step",
                       with_first_size(state.reading(), sizes[1].size), sizes[1].size);
  }
  state.fault("ids_for_features",
              errors::with_fix(errors::features_expected(state.reader_label(), sizes), fix));
  return true;
}

/// Which of the two first axes holds the steps.
void find_order(CheckState& state, const Shape& read, const Tensor& values) {
  const bool ids = state.network().reads_ids();
  const AxisOrder order = find_axis_order(Grid::of(values), state.lengths, !ids);
  const bool batch_first = state.network().batch_first();
  const Layer& walker = state.recurrent ? static_cast<const Layer&>(*state.recurrent) : state.reading();
  const errors::AxisOrderMismatch mismatch{
      .layer = walker.label(),
      .read = read,
      .found = with_names_swapped(read),
      .found_why = order.why,
      .batch_first = batch_first,
      .fix = state.recurrent ? with_batch_first(walker, !batch_first) : "transpose the data"};
  state.shape = read;
  if (!order.seq_axis && read.size(axes::batch) == 1) {
    state.check.remarks.push_back(
        fmt::format("The data are one sequence of {}.", counted(read.size(axes::seq), "step")));
  } else if (!order.seq_axis) {
    state.warn("axis_order_unknown", errors::axis_order_unknown(mismatch));
  } else if (*order.seq_axis == read.index_of(axes::seq)) {
    state.check.remarks.push_back(fmt::format("The axes {} in the order that the network reads: {}.",
                                              order.certain ? "are" : "seem to be", order.why));
  } else if (!order.certain) {
    state.warn("axis_order_likely", errors::axes_likely_swapped(mismatch));
  } else {
    state.fault("axis_order", errors::axes_swapped(mismatch));
    state.shape = mismatch.found;
    state.check.as_found = Reading{mismatch.found, order.why};
  }
}

/// Two axes that a recurrent layer takes for one sequence.
void look_at_one_sequence(CheckState& state, const Shape& read, const Tensor& values) {
  const std::string layer = state.recurrent->label();
  const Shape rows{{axes::batch, read[0].size}, {axes::seq, read[1].size}};
  if (state.lengths && static_cast<int64_t>(state.lengths->size()) == read[0].size && read[0].size > 1) {
    state.check.as_found = Reading{rows, "a length a row"};
    return state.fault("one_sequence", errors::lengths_of_rows(layer, read, rows, read[0].size,
                                                               state.recurrent->config().batch_first));
  }
  state.shape = read;
  const AlongAxis down = look_along(Grid::of(values), 0), across = look_along(Grid::of(values), 1);
  if (down.roughness && *down.roughness < kFollowing) {
    state.check.remarks.push_back(fmt::format(
        "Two axes are one sequence without a batch: its steps follow each other smoothly (roughness {:.2g}; "
        "1 would be chance).",
        *down.roughness));
    return;
  }
  const bool smooth_rows = across.roughness && *across.roughness < kFollowing;
  const CheckedArray& data = state.data->data;
  if (data.features_named || (!data.columns.empty() && !smooth_rows)) {
    state.check.remarks.push_back("A table is one sequence without a batch: each row is a step.");
    return;
  }
  const std::string why =
      smooth_rows
          ? fmt::format(
                "along a row the numbers follow each other smoothly (roughness {:.2g}), as the steps of "
                "a series do",
                *across.roughness)
          : "nothing in the data tells: no lengths, and the rows do not follow each other smoothly";
  state.warn("one_sequence", errors::taken_for_one_sequence(layer, read, rows, why));
}

/// The place of the only axis, not the last, of as many places as the network reads features.
std::optional<int64_t> feature_axis(const Shape& sizes, int64_t wanted) {
  std::optional<int64_t> found;
  for (int64_t i = 0; i + 1 < sizes.rank(); ++i) {
    if (sizes[i].size != wanted) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

/// Why the network reads the axes in this order.
std::string why_read_so(const CheckState& state, const Shape& read) {
  if (!state.recurrent || !read.has(axes::batch) || !read.has(axes::seq)) return "as the network reads it";
  return fmt::format("{} with batch_first={} reads {} first", state.recurrent->label(),
                     state.recurrent->config().batch_first ? "True" : "False", read[0].name.text());
}

/// Whether the last axis is what the reading layer reads.
bool features_fit(CheckState& state, const Shape& read, const Tensor& values) {
  const int64_t wanted = features_wanted(state);
  if (read.rank() == 0) return true;  // one number, for a layer that takes any
  const Axis last = read[read.rank() - 1];
  if (wanted == Axis::kSymbolic || last.name != axes::feature || last.size == wanted) return true;
  if (state.recurrent == state.reader && read.rank() == 1) {
    state.fault("axes", errors::one_axis(state.reader_label(), input_shape(state.network()), last.size,
                                         with_first_size(state.reading(), 1)));
    return false;
  }
  const bool by_name = state.data->data.features_named;
  if (const auto axis = by_name ? std::nullopt : feature_axis(values.shape(), wanted)) {
    const Shape got = values.shape().renamed(values.shape()[*axis].name, axes::feature);
    state.fault("features_not_last",
                errors::features_not_last(state.reader_label(), input_shape(state.network()), got, *axis));
    return false;
  }
  try {
    state.reading().output_shape(read);
  } catch (const ShapeError& error) {  // the layer's own words
    state.fault("feature_size", errors::with_fix(error, with_first_size(state.reading(), last.size)));
    return false;
  }
  return true;
}

/// One number a step, without an axis for it: [batch, seq] or [seq].
bool feature_axis_missing(CheckState& state, const Shape& sizes) {
  if (!state.recurrent || features_wanted(state) != 1 || sizes.rank() < 1 || sizes.rank() > 2) return false;
  if (state.data->data.features_named) return false;
  if (sizes.rank() == 2 && sizes[1].size == 1) return false;
  const Shape wanted = input_shape(state.network(), {.batch = sizes.rank() == 2, .seq = true});
  Shape got = wanted.without(axes::feature);
  for (int64_t i = 0; i < got.rank(); ++i) got = got.with_size(got[i].name, sizes[i].size);
  state.fault("feature_axis_missing", errors::feature_axis_missing(state.reader_label(), wanted, got));
  return true;
}

}  // namespace

std::string with_batch_first(const Layer& layer, bool batch_first) {
  std::string text = layer.to_string();  // says batch_first=True where it is on, and nothing where it is off
  const std::string on = ", batch_first=True";
  if (const size_t place = text.find(on); place != std::string::npos) text.erase(place, on.size());
  return text.insert(text.size() - 1, batch_first ? on : ", batch_first=False");
}

void find_axes(CheckState& state, const Tensor& values) {
  if (values.count() == 0) {
    return state.fault("empty_array", errors::empty_array(state.data->data.name, values.shape()));
  }
  if (wrong_kind(state, values) || feature_axis_missing(state, values.shape())) return;
  Shape read;
  try {
    read = input_names(state.network(), state.data->data.array.shape());
  } catch (const ShapeError& error) {
    return state.fault("axes", error);
  }
  if (!features_fit(state, read, values)) return;
  state.check.as_given = Reading{read, why_read_so(state, read)};
  const bool steps = reads_steps(state.network());
  if (steps && read.has(axes::batch) && read.has(axes::seq)) return find_order(state, read, values);
  if (state.recurrent && read.rank() == 2 && read.has(axes::seq))
    return look_at_one_sequence(state, read, values);
  if (steps && !read.has(axes::seq)) {
    try {
      state.reading().output_shape(read);
    } catch (const ShapeError& error) {
      return state.fault("axes", error);
    }
  }
  state.shape = read;
}

}  // namespace runnel
