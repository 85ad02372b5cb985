#include "runnel/check/evidence.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace runnel {
namespace {

/// Below this the steps along an axis count as smooth, if the other axis is at least twice as rough.
constexpr double kSmooth = 0.5;
/// One step in so many may be zeros inside a padded sequence: a word with the number 0, a pause.
constexpr int64_t kFewInside = 50;
/// A variance below this share of the mean square is rounding.
constexpr double kConstant = 1e-10;
/// Fewer steps than these tell nothing about smoothness.
constexpr int64_t kFewSteps = 4;

bool all_zero(const float* cell, int64_t width) {
  return std::all_of(cell, cell + width, [](float value) { return value == 0; });
}

/// The mean of the roughness of lines, of each feature by itself, so that no large one outweighs the others.
class Roughness {
 public:
  /// The first `steps` of a line.
  void add_line(const Grid& grid, int64_t axis, int64_t line, int64_t steps) {
    if (steps < kFewSteps) return;
    for (int64_t f = 0; f < grid.width; ++f) add_feature(grid, axis, line, steps, f);
  }
  std::optional<double> value() const {
    return count_ > 0 ? std::optional(sum_ / static_cast<double>(count_)) : std::nullopt;
  }

 private:
  void add_feature(const Grid& grid, int64_t axis, int64_t line, int64_t steps, int64_t f) {
    double sum = 0, squares = 0, differences = 0;
    for (int64_t t = 0; t < steps; ++t) {
      const double x = grid.cell(axis, line, t)[f];
      if (!std::isfinite(x)) return;
      const double before = t == 0 ? x : grid.cell(axis, line, t - 1)[f];
      sum += x;
      squares += x * x;
      differences += (x - before) * (x - before);
    }
    const auto n = static_cast<double>(steps);
    const double variance =
        (squares - sum * sum / n) / (n - 1);  // unbiased: short lines would seem rough otherwise
    if (variance <= kConstant * squares / n) return;
    sum_ += differences / (n - 1) / (2 * variance);
    ++count_;
  }

  double sum_ = 0;
  int64_t count_ = 0;
};

/// Steps that do not end where the length says: a real step behind it, or only zeros in front of it.
int64_t disagreements(const AlongAxis& along, const Lengths& lengths) {
  int64_t count = 0;
  for (size_t i = 0; i < lengths.size(); ++i) count += along.real[i] == lengths[i] ? 0 : 1;
  return count;
}

/// With as many lengths as both axes have places: where the zeros begin decides.
std::optional<int64_t> by_padding_of(const Lengths& lengths, const AlongAxis (&along)[2]) {
  const int64_t faults[] = {disagreements(along[0], lengths), disagreements(along[1], lengths)};
  if (faults[0] == 0 && faults[1] > 0) return 0;
  if (faults[1] == 0 && faults[0] > 0) return 1;
  return std::nullopt;
}

}  // namespace

Grid Grid::of(const Tensor& tensor) {
  const Shape& shape = tensor.shape();
  return {.rows = shape[0].size,
          .cols = shape[1].size,
          .width = shape.rank() > 2 ? shape[2].size : 1,
          .values = tensor.data()};
}

bool AlongAxis::looks_padded() const {
  int64_t steps = 0;
  for (const int64_t length : real) steps += length;
  const int64_t enough = one_number ? std::max<int64_t>(2, static_cast<int64_t>(real.size()) / 4) : 1;
  return padded >= enough && steps > 0 && zeros_inside * kFewInside <= steps;
}

AlongAxis look_along(const Grid& grid, int64_t axis) {
  AlongAxis along{.one_number = grid.width == 1};
  Roughness roughness;
  const int64_t steps = grid.steps(axis);
  for (int64_t line = 0; line < grid.lines(axis); ++line) {
    int64_t real = steps;
    while (real > 0 && all_zero(grid.cell(axis, line, real - 1), grid.width)) --real;
    for (int64_t t = 0; t < real; ++t) along.zeros_inside += all_zero(grid.cell(axis, line, t), grid.width);
    along.real.push_back(real);
    along.padded += real < steps ? 1 : 0;
    roughness.add_line(grid, axis, line, real);
  }
  along.roughness = roughness.value();
  return along;
}

AxisOrder find_axis_order(const Grid& grid, const std::optional<Lengths>& lengths, bool ordered) {
  const AlongAxis along[] = {look_along(grid, 0), look_along(grid, 1)};
  if (lengths) {
    const auto n = static_cast<int64_t>(lengths->size());
    if ((n == grid.rows) != (n == grid.cols)) {
      const int64_t batch_axis = n == grid.rows ? 0 : 1;
      return {1 - batch_axis, fmt::format("{} lengths, and axis {} has {} places", n, batch_axis, n)};
    }
    const auto found = n == grid.rows ? by_padding_of(*lengths, along) : std::nullopt;
    if (found) return {found, fmt::format("the zeros along axis {} begin where the lengths say", *found)};
  }
  const bool padded[] = {along[0].looks_padded(), along[1].looks_padded()};
  if (padded[0] != padded[1]) {
    const int64_t axis = padded[0] ? 0 : 1;
    return {axis, fmt::format("{} of {} end in zeros along axis {}, as padding does", along[axis].padded,
                              grid.lines(axis), axis)};
  }
  if (ordered && along[0].roughness && along[1].roughness) {
    const double rough[] = {*along[0].roughness, *along[1].roughness};
    const int64_t axis = rough[0] < rough[1] ? 0 : 1;
    if (rough[axis] < kSmooth && rough[axis] < rough[1 - axis] / 2) {
      return {axis,
              fmt::format("steps follow smoothly along axis {} (roughness {:.2g}; along axis {} {:.2g})",
                          axis, rough[axis], 1 - axis, rough[1 - axis])};
    }
  }
  const std::string zeros =
      padded[0] ? "zeros end the lines along both axes" : "no zeros at the ends of sequences";
  return {std::nullopt,
          fmt::format("{}; {}{}", lengths ? "as many lengths as either axis has places" : "no lengths", zeros,
                      ordered ? "; neither axis is clearly the smoother one" : "")};
}

}  // namespace runnel
