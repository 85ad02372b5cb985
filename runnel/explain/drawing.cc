#include "runnel/explain/drawing.h"

#include <algorithm>
#include <cmath>

#include "runnel/explain/layout.h"
#include "runnel/explain/wording.h"

namespace runnel {
namespace {

/// Of a letter's size; the common monospaced fonts have 0.6.
constexpr double kAdvance = 0.625;

/// The columns of a part when its number is the widest.
size_t most_columns(const Part& part, const Variations& variations) {
  const size_t shown = columns(part.text);
  if (!part.form) return shown;
  const int64_t most = variations.most(*part.form);
  return std::max(shown, columns(part.grouped ? grouped(most) : std::to_string(most)));
}

double width_of(size_t columns, double size) { return static_cast<double>(columns) * kAdvance * size; }

bool plain(const Span& span) { return span.axis.empty() && !span.origin && !span.part.form; }

/// Most of what is said is words alone: those of a line are one span.
void join(std::vector<Span>& spans, const Span& span) {
  if (!spans.empty() && plain(spans.back()) && plain(span)) {
    spans.back().part.text += span.part.text;
  } else {
    spans.push_back(span);
  }
}

/// A word that is wider than a line, as pieces that are not.
std::vector<Word> cut(const Word& word, double width, double size, const Variations& variations) {
  std::vector<Word> pieces(1);
  const auto most = std::max<size_t>(4, static_cast<size_t>(width / (kAdvance * size)));
  for (const Span& span : word) {
    std::string rest = span.part.text;
    do {
      size_t bytes = rest.size();
      while (!span.part.form && columns(rest.substr(0, bytes)) > most) --bytes;
      while (bytes < rest.size() && (rest[bytes] & 0xC0) == 0x80) --bytes;
      Span piece = span;
      piece.part.text = rest.substr(0, bytes);
      rest = rest.substr(bytes);
      Word longer = pieces.back();
      longer.push_back(piece);
      if (pieces.back().empty() || word_width(longer, size, variations) <= width) {
        pieces.back() = longer;
      } else {
        pieces.push_back({piece});
      }
    } while (!rest.empty());
  }
  return pieces;
}

}  // namespace

double block_height(int64_t size) {
  if (size < 0) return BlockHeight::kSymbolic;
  const double logarithm = std::log2(static_cast<double>(std::max<int64_t>(1, size)));
  return std::min(BlockHeight::kMost, BlockHeight::kOne + BlockHeight::kDoubled * logarithm);
}

void move_down(Drawing& drawing, double by) {
  for (std::vector<Box>* boxes : {&drawing.panels, &drawing.bars}) {
    for (Box& box : *boxes) box.y += by;
  }
  for (Line& line : drawing.lines) {
    line.y1 += by;
    line.y2 += by;
  }
  for (BlockRow& row : drawing.blocks) row.middle += by;
  for (TextLine& line : drawing.texts) line.y += by;
}

double text_width(const std::string& text, double size) { return width_of(columns(text), size); }

double word_width(const Word& word, double size, const Variations& variations) {
  double width = 0;
  for (const Span& span : word) width += width_of(most_columns(span.part, variations), size);
  return width;
}

std::vector<TextLine> broken(const Phrase& phrase, double width, double size, const Variations& variations) {
  std::vector<TextLine> lines;
  const double blank = text_width(" ", size);
  const auto add = [&](const Word& word, double more) {
    if (lines.empty() || lines.back().width + blank + more > width) {
      lines.push_back({.size = size});
    } else {
      join(lines.back().spans, {.part = {" "}});
      lines.back().width += blank;
    }
    for (const Span& span : word) join(lines.back().spans, span);
    lines.back().width += more;
  };
  for (const Word& word : phrase) {
    const double whole = word_width(word, size, variations);
    if (whole <= width) {
      add(word, whole);
    } else {
      for (const Word& piece : cut(word, width, size, variations)) {
        add(piece, word_width(piece, size, variations));
      }
    }
  }
  return lines;
}

Phrase words_of(const Parts& parts, const std::string& axis) {
  Phrase phrase(1);
  for (const Part& part : parts) {
    size_t begin = 0;
    while (true) {
      const size_t end = part.form ? std::string::npos : part.text.find(' ', begin);
      Part piece = part;
      piece.text = part.text.substr(begin, end == std::string::npos ? end : end - begin);
      if (!piece.text.empty()) phrase.back().push_back({.part = std::move(piece), .axis = axis});
      if (end == std::string::npos) break;
      if (!phrase.back().empty()) phrase.emplace_back();
      begin = end + 1;
    }
  }
  if (phrase.back().empty()) phrase.pop_back();
  return phrase;
}

}  // namespace runnel
