#include "runnel/check/evidence.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

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
/// Fewer steps of padding than these may be a pause.
constexpr int64_t kDeep = 3;

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

/// Whether a line goes on behind the length that it would have.
bool goes_on(const AlongAxis& along, const Lengths& lengths) {
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (along.real[i] > lengths[i]) return true;
  }
  return false;
}

/// With as many lengths as both axes have places: where the zeros begin decides.
std::optional<int64_t> by_padding_of(const Lengths& lengths, const AlongAxis (&along)[2]) {
  const bool against[] = {goes_on(along[0], lengths), goes_on(along[1], lengths)};
  if (against[0] == against[1]) return std::nullopt;
  return against[0] ? 1 : 0;
}

/// The axis along which lines end in zeros that, seen along the other one, stand in the midst of values.
std::optional<int64_t> by_padding(const AlongAxis (&along)[2]) {
  for (const int64_t axis : {0, 1}) {
    if (along[axis].looks_ragged() && along[1 - axis].zeros_inside > 2 * (along[axis].zeros_inside + 1))
      return axis;
  }
  return std::nullopt;
}

/// The axis along which the steps of windows lie, if they are further apart than one step: else both axes are alike.
std::optional<int64_t> by_windows(const int64_t (&shift)[2]) {
  if ((shift[0] > 1) == (shift[1] > 1)) return std::nullopt;
  return shift[0] > 1 ? 0 : 1;
}

/// The smoother axis, where one is that clearly.
std::optional<int64_t> by_smoothness(const Grid& grid, const AlongAxis (&along)[2]) {
  if (grid.rows == 1 || grid.cols == 1) {
    const int64_t axis = grid.cols == 1 ? 0 : 1;
    const bool smooth = along[axis].roughness && *along[axis].roughness < kSmooth;
    return smooth ? std::optional(axis) : std::nullopt;
  }
  if (!along[0].roughness || !along[1].roughness) return std::nullopt;
  const double rough[] = {*along[0].roughness, *along[1].roughness};
  const int64_t axis = rough[0] < rough[1] ? 0 : 1;
  const bool clearly = rough[axis] < kSmooth && rough[axis] < rough[1 - axis] / 2;
  return clearly ? std::optional(axis) : std::nullopt;
}

std::string why_smooth(const AlongAxis (&along)[2], int64_t axis) {
  const std::optional<double> other = along[1 - axis].roughness;
  return fmt::format("steps follow smoothly along axis {} (roughness {:.2g}{})", axis, *along[axis].roughness,
                     other ? fmt::format("; along axis {} {:.2g}", 1 - axis, *other) : "");
}

}  // namespace

Grid Grid::of(const Tensor& tensor) {
  const Shape& shape = tensor.shape();
  return {.rows = shape[0].size,
          .cols = shape[1].size,
          .width = shape.rank() > 2 ? shape[2].size : 1,
          .values = tensor.data()};
}

bool beyond_chance(int64_t count, int64_t lines, double share) {
  const double expected = static_cast<double>(lines) * share, n = static_cast<double>(count);
  return n > expected && n * std::log(n / expected) - n + expected > std::log(1000.0);  // Chernoff's bound
}

bool AlongAxis::looks_padded() const {
  return steps > 0 && zeros_inside * kFewInside <= steps &&
         beyond_chance(padded, static_cast<int64_t>(real.size()), zero_share());
}

bool AlongAxis::looks_ragged() const {
  return looks_padded() && depth >= kDeep &&
         beyond_chance(ragged, static_cast<int64_t>(real.size()), zero_share());
}

bool AlongAxis::looks_padded_in_front() const {
  if (padded * 10 > fronted) return false;  // a border around all, as pictures have
  const int64_t in_front = std::accumulate(front.begin(), front.end(), int64_t{0});
  const int64_t elsewhere = zeros_inside - in_front, others = steps - in_front;
  const double share = static_cast<double>(elsewhere + 1) / static_cast<double>(others + 1);
  return elsewhere * kFewInside <= others && beyond_chance(fronted, static_cast<int64_t>(real.size()), share);
}

AlongAxis look_along(const Grid& grid, int64_t axis) {
  AlongAxis along;
  Roughness roughness;
  const int64_t steps = grid.steps(axis);
  for (int64_t line = 0; line < grid.lines(axis); ++line) {
    int64_t real = steps;
    while (real > 0 && all_zero(grid.cell(axis, line, real - 1), grid.width)) --real;
    for (int64_t t = 0; t < real; ++t) along.zeros_inside += all_zero(grid.cell(axis, line, t), grid.width);
    int64_t front = 0;
    while (front < real && all_zero(grid.cell(axis, line, front), grid.width)) ++front;
    along.front.push_back(front);
    along.fronted += front > 0 ? 1 : 0;
    along.real.push_back(real);
    along.steps += real;
    along.padded += 0 < real && real < steps ? 1 : 0;
    roughness.add_line(grid, axis, line, real);
  }
  const int64_t longest = along.real.empty() ? 0 : *std::max_element(along.real.begin(), along.real.end());
  for (const int64_t real : along.real) {
    if (real == 0 || real == longest) continue;
    ++along.ragged;
    along.depth = std::max(along.depth, longest - real);
  }
  along.roughness = roughness.value();
  return along;
}

int64_t window_shift(const Grid& grid, int64_t axis) {
  const int64_t lines = grid.lines(axis), steps = grid.steps(axis);
  const auto same = [&](int64_t line, int64_t step, int64_t other_line, int64_t other_step) {
    const float* a = grid.cell(axis, line, step);
    return std::equal(a, a + grid.width, grid.cell(axis, other_line, other_step));
  };
  const auto changes = [&](int64_t line) {
    int64_t count = 0;
    for (int64_t t = 1; t < steps; ++t) count += same(line, t, line, t - 1) ? 0 : 1;
    return count;
  };
  if (lines < kFewSteps) return 0;  // lines that stay as they are would be each other's windows
  if (changes(0) < kFewSteps || changes(lines - 1) < kFewSteps) return 0;
  for (int64_t shift = 1; shift <= steps - kFewSteps; ++shift) {
    bool all = true;
    for (int64_t line = 1; line < lines && all; ++line) {
      for (int64_t t = 0; t + shift < steps && all; ++t) all = same(line, t, line - 1, t + shift);
    }
    if (all) return shift;
  }
  return 0;
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
  if (const auto axis = by_padding(along)) {
    return {axis, fmt::format("{} of {} end in zeros along axis {}, as padding does", along[*axis].padded,
                              grid.lines(*axis), *axis)};
  }
  const int64_t shift[] = {window_shift(grid, 0), window_shift(grid, 1)};
  if (const auto axis = by_windows(shift)) {
    return {axis,
            fmt::format("along axis {} each line is the one before it, {} steps on: windows of one series",
                        *axis, shift[*axis])};
  }
  if (const auto axis = ordered ? by_smoothness(grid, along) : std::nullopt; axis && shift[0] != 1)
    return {axis, why_smooth(along, *axis), false};
  std::string why = lengths ? "as many lengths as either axis has places" : "no lengths";
  if (shift[0] == 1)
    return {std::nullopt, why + "; windows of one series, a step apart, are alike along both axes"};
  why += along[0].looks_padded() && along[1].looks_padded() ? "; zeros end the lines along both axes"
                                                            : "; no zeros at the ends of sequences that tell";
  return {std::nullopt, why + (ordered ? "; neither axis is clearly the smoother one" : "")};
}

}  // namespace runnel
