#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runnel/explain/form.h"

/// A picture of boxes, lines and texts, placed. One unit is one pixel of CSS; y points down.
namespace runnel {

/// A piece of a line of text. No line is broken inside.
struct Span {
  Part part;
  std::string axis = {};  ///< whose colour it has: "batch"
  Parts origin = {};      ///< what is said when it is pointed at; such a span can be reached by keyboard
};
using Word = std::vector<Span>;
/// Words with a blank between each two.
using Phrase = std::vector<Word>;

enum class Anchor { start, middle, end };

struct TextLine {
  double x = 0, y = 0;  ///< of the baseline
  double size = 13;     ///< of the letters
  double width = 0;     ///< a generous estimate, for the largest numbers that may stand there
  Anchor anchor = Anchor::start;
  std::string kind = {};  ///< a class of the style sheet
  std::vector<Span> spans = {};

  double left() const {
    return x - (anchor == Anchor::start ? 0 : anchor == Anchor::middle ? width / 2 : width);
  }
  double top() const { return y - 0.8 * size; }
  double bottom() const { return y + 0.25 * size; }
};

/// A rectangle. One that stands for a tensor is as tall as the logarithm of its size, around its middle.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  std::string kind = {};
  std::string axis = {};          ///< whose colour it has
  std::optional<Form> size = {};  ///< of which its height is the logarithm
  std::optional<Form> batch =
      {};               ///< a sheet behind another, which is there when the batch has more than one
  bool hidden = false;  ///< such a sheet, where there is but one
  Parts label = {};
};

struct Path {
  std::vector<std::pair<double, double>> points = {};
  bool arrow = false;  ///< at its last point
  std::string kind = {};
};

struct Drawing {
  double width = 0, height = 0;
  Parts title = {}, description = {};
  std::vector<Box> panels = {};
  std::vector<Path> paths = {};
  std::vector<Box> boxes = {};
  std::vector<TextLine> texts = {};
};

/// The height of the block of `size` numbers: logarithmic, from 14 for 2 to 80. A symbolic size: 40.
struct BlockHeight {
  static constexpr double kOne = 8, kDoubled = 6, kMost = 80, kSymbolic = 40;
};
double block_height(int64_t size);

/// All further down.
void move_down(Drawing& drawing, double by);

/// The width of a text in a monospaced font, estimated generously.
double text_width(const std::string& text, double size);
/// The same of a word or a phrase with the largest numbers that the knobs give.
double word_width(const Word& word, double size, const Variations& variations);

/// Breaks a phrase into lines of at most `width`; a word that is wider stands alone, cut where it must be.
std::vector<TextLine> broken(Phrase phrase, double width, double size, const Variations& variations);

/// A text as words.
Phrase words_of(const Parts& parts, const std::string& axis = "");

struct SvgOptions {
  /// Inside a page with a script: numbers carry their forms and origins as data, the style is the page's.
  bool in_page = false;
  std::string id = "picture";
};
/// One self-contained SVG element.
std::string to_svg(const Drawing& drawing, const SvgOptions& options = {});
/// The style of all pictures: colours for light and dark. Inside an SVG or a page.
std::string picture_style();

/// Text inside XML and its attributes.
std::string xml(std::string_view text);

}  // namespace runnel
