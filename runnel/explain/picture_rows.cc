#include "runnel/explain/picture_rows.h"

#include <algorithm>

namespace runnel {
namespace {

constexpr double kLetters = 13, kLineHeight = 18, kCaptionGap = 24, kInset = 10, kArrowRoom = 8;
/// Under what is said, where a drawing follows.
constexpr double kFoot = 4;

}  // namespace

std::vector<double> PictureGrid::places(double by) const {
  std::vector<double> places;
  for (const Column& column : columns) {
    if (!column.gap) places.push_back(column.x + by);
  }
  return places;
}

double RowStack::captions_height(const std::vector<Phrase>& captions, double width) const {
  size_t lines = 0;
  for (const Phrase& phrase : captions) lines += broken(phrase, width, kLetters, story_).size();
  return kLineHeight * static_cast<double>(lines);
}

/// Puts paragraphs under each other, the last line at `bottom`. Gives their height.
double RowStack::add_captions(const std::vector<Phrase>& captions, double width, double left, double bottom,
                              bool panel) {
  const double height = captions_height(captions, width);
  double y = bottom - height + 0.72 * kLineHeight;
  for (size_t i = 0; i < captions.size(); ++i) {
    for (TextLine& line : broken(captions[i], width, kLetters, story_)) {
      line.x = left;
      line.y = y;
      line.kind = i == 0 ? "" : "soft";
      if (!grid_.wide) line.kind += panel ? " halo on-panel" : " halo";
      drawing_.texts.push_back(std::move(line));
      y += kLineHeight;
    }
  }
  return height;
}

void RowStack::add(const PictureRow& row) {
  const double beside = grid_.width - grid_.drawing - kCaptionGap;
  const double inside = grid_.drawing - 2 * kInset;
  const double said = captions_height(row.captions, grid_.wide ? beside : inside);
  const double height = grid_.wide ? std::max(row.height, said) : row.height + said + (said > 0 ? kFoot : 0);
  const double bottom = y_, top = y_ - height;
  const double middle = grid_.wide ? (top + bottom) / 2 : bottom - row.height / 2;
  const double foot = middle + row.height / 2;
  for (const double x : row.in) {
    if (row.arrows) {
      line({{x, bottom + kArrowRoom}, {x, foot}}, true);
      line({{x, foot}, {x, middle}}, false);
    } else {
      line({{x, bottom + kArrowRoom}, {x, middle}}, false);
    }
  }
  for (const double x : row.out) line({{x, middle}, {x, top}}, false);
  for (const double x : row.past) line({{x, bottom}, {x, top}}, false);
  row.draw(middle - row.height / 2, middle);
  if (grid_.wide) {
    add_captions(row.captions, beside, grid_.drawing + kCaptionGap, middle + said / 2, row.panel);
  } else {
    add_captions(row.captions, inside, kInset, top + said, row.panel);
  }
  y_ = top;
}

void RowStack::paragraph(const Phrase& phrase) {
  y_ -= add_captions({phrase}, grid_.width - 2 * kInset, kInset, y_, false);
}

void RowStack::end_panel() {
  // Behind what else was drawn.
  drawing_.panels.insert(drawing_.panels.begin(),
                         {.x = 0, .y = y_, .width = grid_.drawing, .height = panel_ - y_, .kind = "panel"});
}

void RowStack::text(double x, double y, Anchor anchor, double size, const std::string& kind,
                    const Parts& parts) {
  TextLine line{.x = x, .y = y, .size = size, .width = 0, .anchor = anchor, .kind = kind};
  for (const Part& part : parts) line.spans.push_back({.part = part});
  line.width = word_width(line.spans, size, story_);
  drawing_.texts.push_back(std::move(line));
}

void RowStack::text_if_room(double x, double y, double size, const Parts& parts) {
  if (parts.empty()) return;
  text(x, y, Anchor::end, size, "soft", parts);
  if (drawing_.texts.back().left() < 0) drawing_.texts.pop_back();
}

void RowStack::line(std::vector<std::pair<double, double>> points, bool arrow, const std::string& kind) {
  drawing_.paths.push_back({std::move(points), arrow, kind});
}

Drawing RowStack::finish(double above, double below) {
  const double down = above - y_;
  move_down(drawing_, down);
  drawing_.width = grid_.width;
  drawing_.height = down + below;
  return std::move(drawing_);
}

}  // namespace runnel
