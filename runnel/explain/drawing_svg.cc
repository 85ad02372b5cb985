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

/// What stands for a letter inside XML and its attributes; nothing where it stands for itself.
std::string_view xml_escape(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return c >= 0 && c < ' ' && c != '\n' && c != '\t' ? "?" : "";  // XML has no place for the others
  }
}

void append_xml(std::string& safe, std::string_view text) {
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view escape = xml_escape(text[i]);
    if (escape.empty()) continue;
    safe.append(text.substr(done, i - done)).append(escape);
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
  for (const auto& [factor, knobs] : form.terms()) {
    text += text.back() == '[' ? "[" : ",[";
    append_number(text, factor);
    for (const size_t knob : knobs) {
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
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.form.has_value(); });
}

/// A text with numbers that vary, for an attribute: ["3 gates × hidden_size ",{"form":[…],"grouped":true}]
std::string parts_json(const Parts& parts) {
  std::string json = "[";
  for (const Part& part : parts) {
    if (json.size() > 1) json += ',';
    if (part.form) {
      json += R"({"form":)";
      append_form(json, *part.form);
      json += part.grouped ? R"(,"grouped":true})" : R"(,"grouped":false})";
    } else {
      append_json_string(json, part.text);
    }
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
  void element(std::string_view name, const std::string& id, const Parts& parts) {
    put("<", name, " id=\"", id, "\"");
    if (options_.in_page && varies(parts)) attribute("data-parts", parts_json(parts));
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

  /// Many lines are one element, and so are the heads of arrows: a browser looks at an element, not at a line.
  void add_lines() {
    constexpr size_t kTogether = 60;
    for (size_t begin = 0; begin < drawing_.lines.size(); begin += kTogether) {
      const auto lines =
          std::span(drawing_.lines).subspan(begin).first(std::min(kTogether, drawing_.lines.size() - begin));
      put("<path class=\"line\" d=\"");
      for (const Line& line : lines) {
        point("M", line.x1, line.y1);
        if (line.x1 == line.x2) {
          put("V");
          append_tenths(svg_, line.y2);
        } else {
          point("L", line.x2, line.y2);
        }
      }
      put("\"/>\n<path class=\"head\" d=\"");
      for (const Line& line : lines) {
        if (line.arrow) add_head(line);
      }
      put("\"/>\n");
    }
  }

  /// A triangle at the end of a line.
  void add_head(const Line& line) {
    constexpr double kBeyond = 1, kLength = 9, kHalf = 4;
    const double length = std::hypot(line.x2 - line.x1, line.y2 - line.y1);
    const double x = (line.x2 - line.x1) / length, y = (line.y2 - line.y1) / length;
    const double tip_x = line.x2 + kBeyond * x, tip_y = line.y2 + kBeyond * y;
    const double back_x = tip_x - kLength * x, back_y = tip_y - kLength * y;
    point("M", tip_x, tip_y);
    point("L", back_x - kHalf * y, back_y + kHalf * x);
    point("L", back_x + kHalf * y, back_y - kHalf * x);
    put("z");
  }

  void point(std::string_view letter, double x, double y) {
    put(letter);
    append_tenths(svg_, x);
    put(" ");
    append_tenths(svg_, y);
  }

  void add(const BlockRow& row) {
    put("<g class=\"a-", row.axis, "\"");
    if (options_.in_page && row.size) attribute("data-size", form_json(*row.size));
    put(">");
    if (row.sheets || row.batch) {
      put("<g aria-hidden=\"true\"");
      if (options_.in_page && row.batch) attribute("data-batch", form_json(*row.batch));
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
    if (options_.in_page && varies(row.label)) attribute("data-label", parts_json(row.label));
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
    const bool plain = span.axis.empty() && !span.origin && !(options_.in_page && span.part.form);
    if (plain) return append_xml(svg_, span.part.text);
    put("<tspan");
    std::string kind = span.axis.empty() ? "" : "a-" + span.axis;
    if (span.origin) kind += kind.empty() ? "origin" : " origin";
    if (!kind.empty()) attribute("class", kind);
    if (options_.in_page && span.part.form) {
      attribute("data-form", form_json(*span.part.form));
      if (span.part.grouped) put(" data-grouped=\"true\"");
    }
    if (span.origin) {
      put(" tabindex=\"0\"");
      if (options_.in_page) attribute("data-origin", text_of(*span.origin));
      if (options_.in_page && varies(*span.origin)) attribute("data-origin-parts", parts_json(*span.origin));
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
