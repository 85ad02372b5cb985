#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runnel/explain/variations.h"

/// A picture of boxes, lines and texts, placed. One unit is one pixel of CSS; y points down.
namespace runnel {

/// A piece of a line of text. No line is broken inside.
struct Span {
  Part part;
  std::string_view axis = {};  ///< whose colour it has: "batch"
  /// What is said when it is pointed at, or null; such a span can be reached by keyboard.
  std::shared_ptr<const Parts> origin = {};
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

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  std::string kind = {};  ///< a class of the style sheet
};

/// The blocks of a tensor: one a step, all as tall as the logarithm of its size, around one height. Sheets of a batch
/// lie behind each.
struct BlockRow {
  std::vector<double> xs = {};  ///< the middles
  double middle = 0, width = 0, height = 0;
  std::string_view axis = {};      ///< whose colour they have
  std::optional<Form> size = {};   ///< of which their height is the logarithm
  double shift = 0;                ///< how far a sheet is behind the next
  bool sheets = false;             ///< whether the batch has more than one
  std::optional<Form> batch = {};  ///< it has when this is more than one
  Parts label = {};
};
inline constexpr int kSheets = 2;

/// Upright or level.
struct Line {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};
/// The head of an arrow, at the end of a line.
struct ArrowHead {
  enum class Points { up, left, right };
  double x = 0, y = 0;
  Points points = Points::up;
};

struct Drawing {
  double width = 0, height = 0;
  Parts title = {}, description = {};
  std::vector<Box> panels = {};  ///< behind all
  std::vector<Line> lines = {};
  std::vector<ArrowHead> heads = {};
  std::vector<Box> bars = {};
  std::vector<BlockRow> blocks = {};
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
std::vector<TextLine> broken(const Phrase& phrase, double width, double size, const Variations& variations);

/// A text as words.
Phrase words_of(const Parts& parts);

struct SvgOptions {
  /// Inside a page with a script: numbers carry their forms and origins as data, the style is the page's.
  bool in_page = false;
  std::string id = "picture";
  std::string described_by =
      {};  ///< the id of a picture on the page that is described in the same words; or nothing
};
/// One self-contained SVG element.
std::string to_svg(const Drawing& drawing, const SvgOptions& options = {});
/// The same at the end of a text.
void append_svg(std::string& text, const Drawing& drawing, const SvgOptions& options);
/// The style of all pictures: colours for light and dark. Inside an SVG or a page.
std::string picture_style();

/// Text inside XML and its attributes.
std::string xml(std::string_view text);

}  // namespace runnel
