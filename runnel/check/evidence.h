#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runnel/sequence/schedule.h"
#include "runnel/tensor/tensor.h"

/// What the values of an array, whose axes nobody named, say about its axes.
namespace runnel {

/// The values as a table of cells, each cell one step of one sequence; which axis is which is the question.
struct Grid {
  int64_t rows = 0;   ///< size of axis 0
  int64_t cols = 0;   ///< size of axis 1
  int64_t width = 1;  ///< numbers a cell
  const float* values = nullptr;

  /// Of an array of two or three axes: [rows, cols] or [rows, cols, width].
  static Grid of(const Tensor& tensor);
  /// Along axis 0, one line a column; along axis 1, one line a row.
  int64_t lines(int64_t axis) const { return axis == 0 ? cols : rows; }
  int64_t steps(int64_t axis) const { return axis == 0 ? rows : cols; }
  const float* cell(int64_t axis, int64_t line, int64_t step) const {
    return values + (axis == 0 ? step * cols + line : line * cols + step) * width;
  }
};

/// Whether so many of `lines` would end in a zero by chance only once in a thousand times or more seldom, where a zero
/// stands at one in 1/`share` places.
bool beyond_chance(int64_t count, int64_t lines, double share);

/// What the values say about steps along one axis.
struct AlongAxis {
  Lengths real = {};         ///< for each line, the steps up to its last one that is not all zeros
  int64_t steps = 0;         ///< of all lines, up to there
  int64_t padded = 0;        ///< lines with values that end in steps of zeros
  int64_t ragged = 0;        ///< of these, those that end before other lines do
  int64_t depth = 0;         ///< how many steps the shortest of them ends before the longest
  int64_t zeros_inside = 0;  ///< steps of zeros that others follow
  Lengths front = {};        ///< for each line, of these those in front of all values
  int64_t fronted = 0;       ///< lines with such steps
  /// Mean squared difference of neighbours over twice the variance: 1 where neighbours have nothing to do with each
  /// other (von Neumann's ratio), near 0 where steps follow each other smoothly. Absent: too few, or all the same.
  std::optional<double> roughness = {};

  /// The share of zeros where no padding stands.
  double zero_share() const { return static_cast<double>(zeros_inside + 1) / static_cast<double>(steps + 1); }
  /// Whether zeros are what padding would leave: at the ends of more lines than chance brings, hardly ever inside.
  bool looks_padded() const;
  /// Whether, besides, the lines end at different steps, as sequences do.
  bool looks_ragged() const;
  /// Whether zeros stand in front of more lines than chance brings, and hardly ever elsewhere.
  bool looks_padded_in_front() const;
};

/// Input   axis  0 or 1: along which the steps are supposed to follow each other
AlongAxis look_along(const Grid& grid, int64_t axis);

/// How many steps each line is ahead of the one before it, where all are windows of one series; 0: they are not.
int64_t window_shift(const Grid& grid, int64_t axis);

/// Which of the two first axes holds the steps, as far as the data tell.
struct AxisOrder {
  std::optional<int64_t> seq_axis = {};  ///< 0 or 1; absent: both readings fit
  std::string why;                       ///< how that was found, or why not
  /// Smooth steps are a sign only: sequences that were sorted follow each other smoothly, too.
  bool certain = true;
};

/// Looks at, in this order: how many lengths there are; where the zeros of padding stand; whether the sequences are
/// windows of one series; along which axis steps follow each other smoothly (`ordered`: the values have an order, as
/// features have and ids have not).
AxisOrder find_axis_order(const Grid& grid, const std::optional<Lengths>& lengths, bool ordered);

}  // namespace runnel
