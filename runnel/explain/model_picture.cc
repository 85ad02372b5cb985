#include <algorithm>
#include <iterator>

#include "runnel/explain/picture.h"
#include "runnel/explain/share_out.h"
#include "runnel/explain/wording.h"

namespace runnel {
namespace {

constexpr double kMargin = 10, kDeeper = 14, kPartLine = 12, kPartTitle = 15, kPartLeading = 1.4,
                 kPartGap = 26;

/// Puts texts and drawings under each other.
class PictureColumn {
 public:
  explicit PictureColumn(double width) : width_(width) { column_.width = width; }

  void text(const std::string& words, double size, const std::string& kind, double indent = 0) {
    const double left = kMargin + std::min(indent, width_ / 3);
    for (TextLine& line : broken(words_of({{words}}), width_ - left - kMargin, size, Variations(Story()))) {
      line.x = left;
      line.y = y_ + size;
      line.kind = kind;
      column_.texts.push_back(std::move(line));
      y_ += kPartLeading * size;
    }
  }

  void drawing(Drawing drawing) {
    move_down(drawing, y_);
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    append(column_.panels, drawing.panels);
    append(column_.lines, drawing.lines);
    append(column_.heads, drawing.heads);
    append(column_.bars, drawing.bars);
    append(column_.blocks, drawing.blocks);
    append(column_.texts, drawing.texts);
    append(column_.description, drawing.description);
    column_.width = std::max(column_.width, drawing.width);
    y_ += drawing.height;
  }

  void describe(const std::string& text) {
    column_.description.push_back({(column_.description.empty() ? "" : " ") + text});
  }
  void gap() { y_ += kPartGap; }

  Drawing finish(const std::string& title) {
    column_.title = {{title}};
    column_.height = y_ + kMargin;
    return std::move(column_);
  }

 private:
  const double width_;
  Drawing column_;
  double y_ = kMargin;
};

/// "lstm: LSTM(100, 128, batch_first=True), 117,760 parameters"
std::string part_line(const PartStory& part) {
  const std::string name = part.path.substr(part.path.rfind('.') + 1);
  std::string line = name.empty() ? "" : name + ": ";
  if (!part.opaque.empty()) line += "? ";
  if (part.times > 1 && !part.whole_of_parts) line += grouped(part.times) + " × ";
  line += part.whole_of_parts ? part.kind : part.text;
  if (!part.opaque.empty()) line += ", " + part.opaque;
  if (part.story && part.story->count.value.value_or(0) > 0)
    line += ", " + grouped(*part.story->count.value) + " parameters";
  return line;
}

}  // namespace

Drawing draw(const ModelStory& model, const PictureOptions& options) {
  PictureColumn column(std::max(options.width, kNarrowestPicture));
  for (const PartStory& part : model.parts) {
    column.text(part_line(part), kPartLine, part.opaque.empty() ? "" : "soft",
                kDeeper * static_cast<double>(part.depth));
  }
  for (const std::string& note : model.notes) column.text(note, kPartLine, "soft");
  const std::vector<ToldPart> parts = told_parts(model);
  std::vector<Drawing> drawings(parts.size());
  share_out(std::ssize(parts), std::ssize(parts) >= kPartsWorthThreads, [&](int64_t task) {
    const auto part = static_cast<size_t>(task);
    drawings[part] = draw(Variations(*parts[part].story), options);
  });
  for (size_t part = 0; part < parts.size(); ++part) {
    column.gap();
    column.text(parts[part].title, kPartTitle, "strong");
    column.describe(parts[part].title + ": ");
    column.drawing(std::move(drawings[part]));
  }
  return column.finish("Model: " + model.kind);
}

std::string story_svg(const ModelStory& model, const PictureOptions& options) {
  return to_svg(draw(model, options));
}

}  // namespace runnel
