#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runnel/explain/drawing.h"

/// Of picture.cc: rows from the bottom to the top, each with a drawing and what is said about it.
namespace runnel {

/// Where the steps stand, and how wide things are.
struct PictureGrid {
  struct Column {
    double x = 0;      ///< of its middle
    bool gap = false;  ///< the steps that are not drawn: "…"
    Parts label = {};  ///< the number of the step
  };

  double width = 0;    ///< of the whole
  double drawing = 0;  ///< of its part with the blocks
  double gutter = 58;  ///< at both ends of the drawing, for states
  double block = 0;    ///< how wide a block is
  double pair = 0;     ///< and one of two that stand at the same step, forward and reverse
  double shift = 0;    ///< of such a block from the middle of its column
  double sheet = 0;    ///< how far a sheet of the batch is behind the next
  bool wide = false;   ///< what is said stands beside the drawing
  std::vector<Column> columns = {};

  double middle() const { return drawing / 2; }
  /// The middles of the columns with a block, moved.
  std::vector<double> places(double by = 0) const;
};

class StoryWords;
PictureGrid picture_grid(const StoryWords& words, double width);

/// What a row is made of.
struct PictureRow {
  double height = 0;                         ///< of the drawing
  std::vector<const Phrase*> captions = {};  ///< what is said about it, a paragraph each
  std::vector<double> in = {};               ///< where lines come from below and end in the drawing
  std::vector<double> out = {};              ///< where lines go on from the drawing
  std::vector<double> past = {};             ///< where lines go behind the row
  bool arrows = true;                        ///< `in` ends in arrows
  bool panel = false;                        ///< it stands on a panel
  /// Draws between these two: y of the top and of the middle of the drawing.
  std::function<void(double top, double middle)> draw = [](double, double) {};
};

/// Stacks rows.
class RowStack {
 public:
  RowStack(const Variations& story, const PictureGrid& grid) : story_(story), grid_(grid) {}

  void add(PictureRow row);
  /// Words over the whole width.
  void paragraph(const Phrase& phrase);
  /// From here to `end_panel`, rows stand on a panel.
  void begin_panel() { panel_ = y_; }
  void end_panel();
  /// Moves all so that the top row is below `above`, the last behind `below`.
  Drawing finish(double above, double below);

  Drawing& drawing() { return drawing_; }
  void text(double x, double y, Anchor anchor, double size, const std::string& kind, const Parts& parts);
  /// A remark that ends at x, where it does not begin outside.
  void text_if_room(double x, double y, double size, const Parts& parts);
  /// A line upwards, which goes on with one that it begins on.
  void up(double x, double from, double to, bool arrow = false);
  /// An arrow to the left or to the right.
  void across(double from, double to, double y);

 private:
  struct Captions {
    std::vector<TextLine> lines = {};
    double height = 0;
  };
  /// What is said, as lines of at most `width` that are not placed yet.
  Captions captions_of(const std::vector<const Phrase*>& said, double width) const;
  /// Puts the lines under each other, the last one at `bottom`.
  void add_captions(Captions captions, double left, double bottom, bool panel);

  const Variations& story_;
  const PictureGrid& grid_;
  Drawing drawing_;
  std::map<double, size_t> upright_;  // the last line upwards at each x
  double y_ = 0, panel_ = 0;          // upwards is negative until finish()
};

}  // namespace runnel
