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

}  // namespace
}  // namespace runnel
