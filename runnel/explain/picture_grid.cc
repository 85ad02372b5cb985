#include <algorithm>

#include "runnel/explain/picture.h"
#include "runnel/explain/picture_rows.h"
#include "runnel/explain/picture_words.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr int64_t kFirstSteps = 3;  // drawn in front of "…"

/// The steps that are drawn.
std::vector<PictureGrid::Column> columns_of(const StoryWords& words) {
  const Shape& data = words.tensor(0).shape;
  const int64_t seq = data.has(axes::seq) ? data.size(axes::seq) : 1;
  const bool all = seq != Axis::kSymbolic && seq <= kFirstSteps + 1;
  std::vector<PictureGrid::Column> columns;
  for (int64_t step = 0; step < (all ? seq : kFirstSteps); ++step) {
    columns.push_back({.label = {{std::to_string(step)}}});
  }
  if (all) return columns;
  columns.push_back({.gap = true, .label = {{"…"}}});
  columns.push_back({.label = words.last_step()});
  return columns;
}

}  // namespace

PictureGrid picture_grid(const StoryWords& words, double width) {
  PictureGrid grid;
  grid.width = std::max(width, kNarrowestPicture);
  grid.wide = grid.width >= kWidePicture;
  grid.drawing = grid.wide ? 0.5 * grid.width : grid.width;
  grid.columns = columns_of(words);
  const double pitch =
      std::min(96.0, (grid.drawing - 2 * grid.gutter) / static_cast<double>(grid.columns.size()));
  grid.sheet = grid.wide ? 4 : 3;
  grid.block = 0.5 * pitch;
  grid.pair = 0.34 * pitch;
  grid.shift = 0.22 * pitch;
  const double first = (grid.drawing - pitch * static_cast<double>(grid.columns.size() - 1)) / 2;
  for (size_t i = 0; i < grid.columns.size(); ++i) grid.columns[i].x = first + pitch * static_cast<double>(i);
  return grid;
}

}  // namespace runnel
