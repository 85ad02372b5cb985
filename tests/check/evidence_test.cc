#include "runnel/check/evidence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/formats/array.h"

#include "tests/check/sample_data.h"

namespace runnel {
namespace {

/// The values with the two first axes changed.
Tensor turned(const Tensor& x) {
  const Shape& s = x.shape();
  Tensor y(Shape{s[1], s[0], s[2]});
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t f = i % s[2].size, t = i / s[2].size % s[1].size, n = i / s[2].size / s[1].size;
    y.data()[(t * s[0].size + n) * s[2].size + f] = x.data()[i];
  }
  return y;
}

TEST(Evidence, calls_noise_rough_and_waves_smooth) {
  const Tensor rough = to_tensor(cube(20, 50, 2, noise())), smooth = to_tensor(cube(20, 50, 2, wave));
  EXPECT_NEAR(*look_along(Grid::of(rough), 1).roughness, 1, 0.1);
  EXPECT_LT(*look_along(Grid::of(smooth), 1).roughness, 0.05);
  EXPECT_GT(*look_along(Grid::of(smooth), 0).roughness, 0.5);
}

TEST(Evidence, has_no_roughness_where_nothing_changes_or_lines_are_short) {
  const Tensor same = to_tensor(cube(5, 9, 2, [](auto...) { return 0.1f; }));
  EXPECT_FALSE(look_along(Grid::of(same), 1).roughness.has_value());
  EXPECT_FALSE(look_along(Grid::of(to_tensor(cube(5, 3, 2, noise()))), 1).roughness.has_value());
}

TEST(Evidence, does_not_take_one_zero_among_ids_for_padding) {
  const Tensor ids = to_tensor(ids_of({4, 8, 49, 16, 50, 0, 77, 1}, {2, 4}));
  EXPECT_FALSE(look_along(Grid::of(ids), 0).looks_padded());
  EXPECT_FALSE(look_along(Grid::of(ids), 1).looks_padded());
}

TEST(Evidence, takes_no_line_of_zeros_for_a_window) {
  const Tensor x = to_tensor(cube(8, 20, 2, [value = noise()](auto n, auto t, auto f) {
    return n == 0 && t < 7 ? value(n, t, f) : 0.0f;
  }));
  EXPECT_EQ(window_shift(Grid::of(x), 1), 0);
}

RC_GTEST_PROP(Evidence, finds_the_other_axis_when_the_data_are_turned, ()) {
  const auto batch = *rc::gen::inRange<int64_t>(2, 12), longest = *rc::gen::inRange<int64_t>(2, 12);
  const Lengths lengths = sample_lengths(batch, longest);
  const Tensor x = to_tensor(padded_noise(lengths, longest, 3)), y = turned(x);
  for (const std::optional<Lengths>& given : {std::optional<Lengths>(), std::optional(lengths)}) {
    const AxisOrder one = find_axis_order(Grid::of(x), given, true),
                    other = find_axis_order(Grid::of(y), given, true);
    RC_ASSERT(one.seq_axis.has_value() == other.seq_axis.has_value());
    if (one.seq_axis) RC_ASSERT(*one.seq_axis == 1 - *other.seq_axis);
    if (given && batch != longest) RC_ASSERT(one.seq_axis == std::optional<int64_t>(1));
  }
}

RC_GTEST_PROP(Check, ends_well_or_with_an_error_whatever_the_data, ()) {
  const std::vector<std::string> networks = {
      "GRU(3, 4)",     "LSTM(1, 2, batch_first=True, bidirectional=True)",
      "Linear(3, 2)",  "Embedding(5, 3) -> GRU(4) -> last -> Linear(2)",
      "RNNCell(3, 4)", "Tanh",
      "mean",          "GRU(3, 4, num_layers=2) -> max"};
  const Network network = make_network(*rc::gen::elementOf(networks));
  const auto any_array = [](int64_t most_axes) {
    std::vector<Axis> axes;
    const auto rank = *rc::gen::inRange<int64_t>(0, most_axes + 1);
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back({"a" + std::to_string(i), *rc::gen::inRange<int64_t>(0, 6)});
    const Shape shape(axes);
    if (*rc::gen::arbitrary<bool>()) {
      Ids ids(shape);
      for (int32_t& id : ids.values()) id = *rc::gen::inRange(-1, 7);
      return Array::from(ids);
    }
    Tensor x(shape);
    const std::vector<float> kinds = {0, 0, 1, 2.5f, -3, 1e30f, std::nanf(""), INFINITY};
    for (float& value : x.values()) value = *rc::gen::elementOf(kinds);
    return Array::from(x);
  };
  DataToCheck data{.data = {.name = "x", .array = any_array(5)}};
  if (*rc::gen::arbitrary<bool>()) data.lengths = CheckedArray{.name = "l", .array = any_array(2)};
  try {
    const DataCheck check =
        check_data({.network = &network, .open_ended = *rc::gen::arbitrary<bool>()}, data);
    RC_ASSERT(!check_text(check).empty());
    RC_ASSERT(!check_json(check).empty());
  } catch (const Error& error) {
    RC_ASSERT(error.what()[0] != '\0');
  }
}

}  // namespace
}  // namespace runnel
