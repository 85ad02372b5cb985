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

RowStack::Captions RowStack::captions_of(const std::vector<const Phrase*>& said, double width) const {
  Captions captions;
  for (size_t i = 0; i < said.size(); ++i) {
    for (TextLine& line : broken(*said[i], width, kLetters, story_)) {
      line.kind = i == 0 ? "" : "soft";
      captions.lines.push_back(std::move(line));
    }
  }
  captions.height = kLineHeight * static_cast<double>(captions.lines.size());
  return captions;
}

void RowStack::add_captions(Captions captions, double left, double bottom, bool panel) {
  double y = bottom - captions.height + 0.72 * kLineHeight;
  for (TextLine& line : captions.lines) {
    line.x = left;
    line.y = y;
    if (!grid_.wide) line.kind += panel ? " halo on-panel" : " halo";
    drawing_.texts.push_back(std::move(line));
    y += kLineHeight;
  }
}

void RowStack::add(PictureRow row) {
  const double beside = grid_.width - grid_.drawing - kCaptionGap;
  const double inside = grid_.drawing - 2 * kInset;
  Captions captions = captions_of(row.captions, grid_.wide ? beside : inside);
  const double said = captions.height;
  const double height = grid_.wide ? std::max(row.height, said) : row.height + said + (said > 0 ? kFoot : 0);
  const double bottom = y_, top = y_ - height;
  const double middle = grid_.wide ? (top + bottom) / 2 : bottom - row.height / 2;
  const double foot = middle + row.height / 2;
  for (const double x : row.in) {
    const double reach = row.arrows ? foot : middle;
    up(x, bottom + kArrowRoom, reach, row.arrows);
    if (row.arrows) up(x, foot, middle);
  }
  for (const double x : row.out) up(x, middle, top);
  for (const double x : row.past) up(x, bottom, top);
  row.draw(middle - row.height / 2, middle);
  if (grid_.wide) {
    add_captions(std::move(captions), grid_.drawing + kCaptionGap, middle + said / 2, row.panel);
  } else {
    add_captions(std::move(captions), kInset, top + said, row.panel);
  }
  y_ = top;
}

void RowStack::up(double x, double from, double to, bool arrow) {
  if (arrow) drawing_.heads.push_back({.x = x, .y = to});
  const auto [last, first] = upright_.try_emplace(x, drawing_.lines.size());
  if (!first) {
    Line& line = drawing_.lines[last->second];
    if (line.y2 <= from && from <= line.y1) {
      line.y2 = std::min(line.y2, to);
      return;
    }
    last->second = drawing_.lines.size();
  }
  drawing_.lines.push_back({.x1 = x, .y1 = from, .x2 = x, .y2 = to});
}

void RowStack::across(double from, double to, double y) {
  drawing_.lines.push_back({.x1 = from, .y1 = y, .x2 = to, .y2 = y});
  drawing_.heads.push_back(
      {.x = to, .y = y, .points = to < from ? ArrowHead::Points::left : ArrowHead::Points::right});
}

void RowStack::paragraph(const Phrase& phrase) {
  Captions captions = captions_of({&phrase}, grid_.width - 2 * kInset);
  const double height = captions.height;
  add_captions(std::move(captions), kInset, y_, false);
  y_ -= height;
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

Drawing RowStack::finish(double above, double below) {
  const double down = above - y_;
  move_down(drawing_, down);
  drawing_.width = grid_.width;
  drawing_.height = down + below;
  return std::move(drawing_);
}

}  // namespace runnel
