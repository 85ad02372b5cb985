#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <span>

#include "runnel/explain/axis_color.h"
#include "runnel/explain/drawing.h"

namespace runnel {
namespace {

constexpr std::string_view kWhite = "#ffffff", kNight = "#16181d";

/// A colour with much of the background in it, for the inside of blocks.
std::string tint(std::string_view color, std::string_view background, double share) {
  std::string mixed = "#";
  for (const size_t place : {1, 3, 5}) {
    std::array<int, 2> value{};
    std::from_chars(&color[place], &color[place] + 2, value[0], 16);
    std::from_chars(&background[place], &background[place] + 2, value[1], 16);
    mixed += fmt::format("{:02x}", static_cast<int>(share * value[0] + (1 - share) * value[1]));
  }
  return mixed;
}

std::string colors(bool dark) {
  std::string rules;
  for (const AxisColor& color : axis_colors()) {
    const std::string_view ink = dark ? color.dark : color.light;
    rules += fmt::format(".runnel .a-{0}{{fill:{1}}} .runnel g.a-{0}{{fill:{2};stroke:{1}}}\n", color.name,
                         ink, dark ? tint(ink, kNight, 0.25) : tint(ink, kWhite, 0.14));
  }
  return rules;
}

/// How U+FFFE and U+FFFF begin, which are no letters and not allowed in XML.
constexpr std::string_view kNoLetters = "\xEF\xBF";

/// Those around an attribute.
enum class Quotes { usual, single };

/// What stands for the letter at the beginning of a text inside XML and its attributes; nothing where it stands for
/// itself.
std::string_view xml_escape(std::string_view text, Quotes quotes) {
  const char c = text[0];
  switch (c) {
    case '\'':
      return quotes == Quotes::single ? "&#39;" : "";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return quotes == Quotes::single ? "" : "&quot;";
    case kNoLetters[0]:
      return text.starts_with(kNoLetters) && text.size() > 2 && (text[2] & 0xFE) == 0xBE ? "?" : "";
    default:
      return c >= 0 && c < ' ' && c != '\n' && c != '\t' ? "?" : "";  // XML has no place for the others
  }
}

void append_xml(std::string& safe, std::string_view text, Quotes quotes = Quotes::usual) {
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view escape = xml_escape(text.substr(i), quotes);
    if (escape.empty()) continue;
    safe.append(text.substr(done, i - done)).append(escape);
    if (text[i] == kNoLetters[0]) i += kNoLetters.size();
    done = i + 1;
  }
  safe.append(text.substr(done));
}

void append_number(std::string& text, int64_t number) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
}

/// With at most one digit behind the point, of a number below 10^17.
void append_tenths(std::string& text, double number) {
  const int64_t tenths = std::llrint(10 * number);
  if (tenths < 0) text += '-';
  append_number(text, std::abs(tenths) / 10);
  if (tenths % 10 == 0) return;
  text += '.';
  text += static_cast<char>('0' + std::abs(tenths) % 10);
}

/// [[constant],[factor,knob],[factor,knob,knob],…]
void append_form(std::string& text, const Form& form) {
  text += '[';
  for (const Form::Term& term : form.terms()) {
    text += text.back() == '[' ? "[" : ",[";
    append_number(text, term.factor);
    for (const size_t knob : term.knobs()) {
      text += ',';
      append_number(text, static_cast<int64_t>(knob));
    }
    text += ']';
  }
  text += ']';
}

std::string form_json(const Form& form) {
  std::string json;
  append_form(json, form);
  return json;
}

void append_json_string(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  json += '"';
}

bool varies(const Parts& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.varies(); });
}

/// A text that varies, as it is when a knob is turned: ["3 gates × hidden_size ",{"form":[…],"grouped":true}]
std::string parts_json(const Parts& parts) {
  std::string json = "[";
  for (const Part& part : parts) {
    if (json.size() > 1) json += ',';
    if (!part.form) {
      append_json_string(json, part.other.value_or(part.text));
      continue;
    }
    json += R"({"form":)";
    append_form(json, *part.form);
    if (part.grouped) json += R"(,"grouped":true)";
    if (part.other) {
      json += R"(,"one":)";
      append_json_string(json, part.text);
      json += R"(,"other":)";
      append_json_string(json, *part.other);
    }
    json += '}';
  }
  return json + "]";
}

/// Letters are so large where nothing else is said.
constexpr double kLetters = 13;

/// Writes at the end of a text.
class SvgWriter {
 public:
  SvgWriter(const Drawing& drawing, const SvgOptions& options, std::string& svg)
      : drawing_(drawing), options_(options), svg_(svg) {}

  void write() {
    svg_.reserve(svg_.size() + expected_size());
    const bool described = !options_.described_by.empty();
    const std::string title = options_.id + "-title";
    const std::string description = (described ? options_.described_by : options_.id) + "-description";
    svg_ += fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" class="runnel" id="{}" viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" )"
        R"(height="{:.0f}" font-size="{}" role="graphics-document" aria-labelledby="{}" aria-describedby="{}")",
        xml(options_.id), drawing_.width, drawing_.height, drawing_.width, drawing_.height, kLetters, title,
        description);
    svg_ += ">\n";
    element("title", title, drawing_.title);
    if (!described) element("desc", description, drawing_.description);
    if (!options_.in_page) svg_ += "<style>\n" + picture_style() + "</style>\n";
    if (!options_.in_page) svg_ += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";
    svg_ += "<g aria-hidden=\"true\">\n";
    for (const Box& box : drawing_.panels) add(box);
    add_lines();
    for (const Box& box : drawing_.bars) add(box);
    put("</g>\n");
    for (const BlockRow& row : drawing_.blocks) add(row);
    for (const TextLine& line : drawing_.texts) add(line);
    put("</svg>\n");
  }

 private:
  /// About how many letters it will have, rather more than less: to grow a text of a megabyte costs as much as to
  /// write it.
  size_t expected_size() const {
    constexpr size_t kOfPicture = 8000, kOfLine = 60, kOfBlock = 60, kOfText = 100, kOfSpan = 50;
    size_t size = kOfPicture + kOfLine * drawing_.lines.size() + text_of(drawing_.title).size();
    for (const BlockRow& row : drawing_.blocks) size += kOfBlock * (3 + (1 + kSheets) * row.xs.size());
    for (const TextLine& line : drawing_.texts) size += kOfText + kOfSpan * line.spans.size();
    return size;
  }

  void element(std::string_view name, const std::string& id, const Parts& parts) {
    put("<", name, " id=\"", id, "\"");
    if (options_.in_page && varies(parts)) json_attribute("data-parts", parts_json(parts));
    put(">");
    append_xml(svg_, text_of(parts));
    put("</", name, ">\n");
  }

  void add(const Box& box) {
    put("<rect class=\"", box.kind, "\"");
    place("x", box.x);
    place("y", box.y);
    place("width", box.width);
    place("height", box.height);
    put("/>\n");
  }

  /// Many lines are one element, and so are many heads: a browser looks at an element, not at a line.
  void add_path(std::string_view kind, const auto& pieces, const auto& add) {
    constexpr size_t kTogether = 60;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (i % kTogether == 0) put(i > 0 ? "\"/>\n" : "", "<path class=\"", kind, "\" d=\"");
      add(pieces[i]);
    }
    if (!pieces.empty()) put("\"/>\n");
  }

  void add_lines() {
    add_path("line", drawing_.lines, [this](const Line& line) {
      const bool upright = line.x1 == line.x2;
      point("M", line.x1, line.y1);
      put(upright ? "V" : "H");
      append_tenths(svg_, upright ? line.y2 : line.x2);
    });
    add_path("head", drawing_.heads, [this](const ArrowHead& head) {
      switch (head.points) {
        case ArrowHead::Points::up:
          point("M", head.x, head.y - 1);
          return put("l4 9h-8z");
        case ArrowHead::Points::left:
          point("M", head.x - 1, head.y);
          return put("l9-4v8z");
        case ArrowHead::Points::right:
          point("M", head.x + 1, head.y);
          return put("l-9 4v-8z");
      }
    });
  }

  void point(std::string_view letter, double x, double y) {
    put(letter);
    append_tenths(svg_, x);
    put(" ");
    append_tenths(svg_, y);
  }

  void add(const BlockRow& row) {
    put("<g class=\"a-", row.axis, "\"");
    if (options_.in_page && row.size) json_attribute("data-size", form_json(*row.size));
    put(">");
    if (row.sheets || row.batch) {
      put("<g aria-hidden=\"true\"");
      if (options_.in_page && row.batch) json_attribute("data-batch", form_json(*row.batch));
      if (!row.sheets) put(" visibility=\"hidden\"");
      put(">");
      for (const double x : row.xs) {
        for (int sheet = kSheets; sheet > 0; --sheet) block(row, x, sheet * row.shift);
      }
      put("</g>\n");
    }
    const std::string label = text_of(row.label);
    put("<g class=\"block\" role=\"graphics-symbol\"");
    attribute("aria-label", label);
    if (options_.in_page && varies(row.label)) json_attribute("data-label", parts_json(row.label));
    put("><title>");
    append_xml(svg_, label);
    put("</title>");
    for (const double x : row.xs) block(row, x, 0);
    put("</g></g>\n");
  }

  void block(const BlockRow& row, double x, double behind) {
    put("<rect");
    place("x", x - row.width / 2 + behind);
    place("y", row.middle - row.height / 2 - behind);
    place("width", row.width);
    place("height", row.height);
    put("/>");
  }

  void add(const TextLine& line) {
    put("<text");
    place("x", line.x);
    place("y", line.y);
    if (line.size != kLetters) place("font-size", line.size);
    if (line.anchor != Anchor::start)
      put(" text-anchor=\"", line.anchor == Anchor::middle ? "middle" : "end", "\"");
    if (!line.kind.empty()) attribute("class", line.kind);
    put(">");
    for (const Span& span : line.spans) add(span);
    put("</text>\n");
  }

  void add(const Span& span) {
    const bool plain = span.axis.empty() && !span.origin && !(options_.in_page && span.part.varies());
    if (plain) return append_xml(svg_, span.part.text);
    put("<tspan");
    if (!span.axis.empty()) {
      put(" class=\"a-", span.axis, span.origin ? " origin\"" : "\"");
    } else if (span.origin) {
      put(" class=\"origin\"");
    }
    if (options_.in_page && span.part.number()) {
      json_attribute("data-form", form_json(*span.part.form));
      if (span.part.grouped) put(" data-grouped=\"true\"");
    }
    if (options_.in_page && span.part.other) json_attribute("data-parts", parts_json({span.part}));
    if (span.origin) {
      put(" tabindex=\"0\"");
      if (options_.in_page) attribute("data-origin", text_of(*span.origin));
      if (options_.in_page && varies(*span.origin))
        json_attribute("data-origin-parts", parts_json(*span.origin));
    }
    put(">");
    if (span.origin && !options_.in_page) {
      put("<title>");
      append_xml(svg_, text_of(*span.origin));
      put("</title>");
    }
    append_xml(svg_, span.part.text);
    put("</tspan>");
  }

  void put(const auto&... texts) { (svg_.append(texts), ...); }
  /// ` name="value"`
  void attribute(std::string_view name, std::string_view value) {
    put(" ", name, "=\"");
    append_xml(svg_, value);
    put("\"");
  }
  /// The same of JSON, in single quotes: it has many double ones.
  void json_attribute(std::string_view name, std::string_view json) {
    put(" ", name, "='");
    append_xml(svg_, json, Quotes::single);
    put("'");
  }
  /// A coordinate or a length.
  void place(std::string_view name, double pixels) {
    put(" ", name, "=\"");
    append_tenths(svg_, pixels);
    put("\"");
  }

  const Drawing& drawing_;
  const SvgOptions& options_;
  std::string& svg_;
};

}  // namespace

std::string xml(std::string_view text) {
  std::string safe;
  append_xml(safe, text);
  return safe;
}

std::string picture_style() {
  const std::string base =
      R"(.runnel{--ground:#ffffff;--ink:#1f2328;--soft:#59636e;--line:#6e7781;--panel:#f3f5f7;
color-scheme:light dark;font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
.runnel text{fill:var(--ink);white-space:pre}
.runnel text.soft{fill:var(--soft)} .runnel text.strong{font-weight:600}
.runnel text.halo{paint-order:stroke;stroke:var(--ground);stroke-width:5px;stroke-linejoin:round}
.runnel text.halo.on-panel{stroke:var(--panel)}
.runnel .ground{fill:var(--ground)} .runnel .panel{fill:var(--panel)}
.runnel .bar{fill:var(--ground);stroke:var(--line)}
.runnel .line{fill:none;stroke:var(--line);stroke-width:1.3} .runnel .head{fill:var(--line)}
.runnel .join{fill:var(--line)}
.runnel .origin{text-decoration:underline dotted 1px;text-underline-offset:3px;cursor:help}
.runnel .origin:focus{outline:2px solid currentColor;text-decoration:underline solid 2px}
)";
  return base + colors(false) + "@media (prefers-color-scheme:dark){\n" +
         ".runnel{--ground:#16181d;--ink:#e6edf3;--soft:#9aa4af;--line:#8b949e;--panel:#1f242b}\n" +
         colors(true) + "}\n";
}

std::string to_svg(const Drawing& drawing, const SvgOptions& options) {
  std::string svg;
  append_svg(svg, drawing, options);
  return svg;
}

void append_svg(std::string& text, const Drawing& drawing, const SvgOptions& options) {
  SvgWriter(drawing, options, text).write();
}

}  // namespace runnel
