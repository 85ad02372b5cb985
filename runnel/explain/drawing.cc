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
  const size_t shown = std::max(columns(part.text), columns(part.other.value_or("")));
  if (!part.number()) return shown;
  const int64_t most = variations.most(*part.form);
  return std::max(shown, columns(part.grouped ? grouped(most) : std::to_string(most)));
}

double width_of(size_t columns, double size) { return static_cast<double>(columns) * kAdvance * size; }

bool plain(const Span& span) { return span.axis.empty() && !span.origin && !span.part.varies(); }

/// Most of what is said is words alone: those of a line are one span.
void join(std::vector<Span>& spans, const Span& span) {
  if (!spans.empty() && plain(spans.back()) && plain(span)) {
    spans.back().part.text += span.part.text;
  } else {
    spans.push_back(span);
  }
}

/// Gives what stands between the blanks of a text, which is to outlive this.
class Blanks {
 public:
  explicit Blanks(std::string_view text) : rest_(text) {}

  std::string_view next() {
    const size_t end = rest_.find(' ');
    const std::string_view piece = rest_.substr(0, end);
    done_ = end == std::string_view::npos;
    rest_ = done_ ? "" : rest_.substr(end + 1);
    return piece;
  }
  bool done() const { return done_; }

 private:
  std::string_view rest_;
  bool done_ = false;
};

/// A word that is wider than a line, as pieces that are not.
std::vector<Word> cut(const Word& word, double width, double size, const Variations& variations) {
  std::vector<Word> pieces(1);
  const auto most = std::max<size_t>(4, static_cast<size_t>(width / (kAdvance * size)));
  for (const Span& span : word) {
    std::string rest = span.part.text;
    do {
      size_t bytes = rest.size();
      while (!span.part.number() && columns(rest.substr(0, bytes)) > most) --bytes;
      while (bytes < rest.size() && (rest[bytes] & 0xC0) == 0x80) --bytes;
      Span piece = span;
      piece.part.text = rest.substr(0, bytes);
      if (span.part.other && bytes < span.part.text.size()) piece.part = {.text = rest.substr(0, bytes)};
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
  for (ArrowHead& head : drawing.heads) head.y += by;
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

Phrase words_of(const Parts& parts) {
  Phrase phrase(1);
  for (const Part& part : parts) {
    if (part.number()) {
      phrase.back().push_back({.part = part});
      continue;
    }
    const bool pairs =
        part.other && std::ranges::count(*part.other, ' ') == std::ranges::count(part.text, ' ');
    Blanks text(part.text), other(pairs ? *part.other : part.text);
    while (true) {
      Part piece{.text = std::string(text.next())};
      if (const std::string_view word = other.next(); word != piece.text) {
        piece.form = part.form;
        piece.other = word;
      }
      if (!piece.text.empty()) phrase.back().push_back({.part = std::move(piece)});
      if (text.done()) break;
      if (!phrase.back().empty()) phrase.emplace_back();
    }
  }
  if (phrase.back().empty()) phrase.pop_back();
  return phrase;
}

}  // namespace runnel
