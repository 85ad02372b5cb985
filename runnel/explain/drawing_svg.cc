#include <array>
#include <charconv>
#include <fmt/format.h>

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
    rules += fmt::format(".runnel .a-{0}{{fill:{1}}} .runnel rect.a-{0}{{fill:{2};stroke:{1}}}\n", color.name,
                         ink, dark ? tint(ink, kNight, 0.25) : tint(ink, kWhite, 0.14));
  }
  return rules;
}

/// [[constant],[factor,knob],[factor,knob,knob],…]
std::string form_json(const Form& form) {
  std::string json;
  for (const auto& [factor, knobs] : form.terms()) {
    json += fmt::format("{}[{}", json.empty() ? "" : ",", factor);
    for (const size_t knob : knobs) json += fmt::format(",{}", knob);
    json += "]";
  }
  return "[" + json + "]";
}

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + "\"";
}

bool varies(const Parts& parts) {
  for (const Part& part : parts) {
    if (part.form) return true;
  }
  return false;
}

/// A text with numbers that vary, for an attribute: ["3 gates × hidden_size ",{"form":[…],"grouped":true}]
std::string parts_json(const Parts& parts) {
  std::string json;
  for (const Part& part : parts) {
    if (!json.empty()) json += ",";
    json += !part.form ? json_string(part.text)
                       : fmt::format(R"({{"form":{},"grouped":{}}})", form_json(*part.form), part.grouped);
  }
  return "[" + json + "]";
}

/// ` name="value"`
std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, xml(value));
}

class SvgWriter {
 public:
  SvgWriter(const Drawing& drawing, const SvgOptions& options) : drawing_(drawing), options_(options) {}

  std::string write() {
    const std::string title = options_.id + "-title", description = options_.id + "-description";
    svg_ = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" class="runnel" id="{}" viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" )"
        R"(height="{:.0f}" role="graphics-document" aria-labelledby="{}" aria-describedby="{}")",
        xml(options_.id), drawing_.width, drawing_.height, drawing_.width, drawing_.height, title,
        description);
    svg_ += ">\n";
    element("title", title, drawing_.title);
    element("desc", description, drawing_.description);
    if (!options_.in_page) svg_ += "<style>\n" + picture_style() + "</style>\n";
    svg_ += fmt::format(
        "<defs><marker id=\"{}-arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
        "markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0.5 8 4 0 7.5z\"/></marker></defs>\n",
        options_.id);
    if (!options_.in_page) svg_ += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";
    svg_ += "<g aria-hidden=\"true\">\n";
    for (const Box& box : drawing_.panels) add(box);
    for (const Path& path : drawing_.paths) add(path);
    svg_ += "</g>\n";
    for (const Box& box : drawing_.boxes) add(box);
    for (const TextLine& line : drawing_.texts) add(line);
    return svg_ + "</svg>\n";
  }

 private:
  void element(std::string_view name, const std::string& id, const Parts& parts) {
    const std::string vary =
        options_.in_page && varies(parts) ? attribute("data-parts", parts_json(parts)) : "";
    svg_ += fmt::format("<{} id=\"{}\"{}>{}</{}>\n", name, id, vary, xml(text_of(parts)), name);
  }

  void add(const Box& box) {
    svg_ +=
        fmt::format(R"(<rect class="{}{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}")", box.kind,
                    box.axis.empty() ? "" : " a-" + xml(box.axis), box.x, box.y, box.width, box.height);
    if (options_.in_page && box.size) svg_ += attribute("data-size", form_json(*box.size));
    if (options_.in_page && box.batch) svg_ += attribute("data-batch", form_json(*box.batch));
    if (box.hidden) svg_ += " visibility=\"hidden\"";
    if (box.label.empty()) {
      svg_ += " aria-hidden=\"true\"/>\n";
    } else {
      svg_ += " role=\"graphics-symbol\"" + attribute("aria-label", text_of(box.label)) + ">";
      if (options_.in_page) svg_.insert(svg_.size() - 1, label_data(box.label));
      svg_ += "<title>" + xml(text_of(box.label)) + "</title></rect>\n";
    }
  }
  static std::string label_data(const Parts& label) {
    return varies(label) ? attribute("data-label", parts_json(label)) : "";
  }

  void add(const Path& path) {
    std::string points;
    for (const auto& [x, y] : path.points)
      points += fmt::format("{}{:.1f} {:.1f}", points.empty() ? "M" : " L", x, y);
    svg_ += fmt::format("<path class=\"line{}\" d=\"{}\"", path.kind.empty() ? "" : " " + path.kind, points);
    if (path.arrow) svg_ += fmt::format(" marker-end=\"url(#{}-arrow)\"", options_.id);
    svg_ += "/>\n";
  }

  void add(const TextLine& line) {
    const char* anchor = line.anchor == Anchor::start    ? ""
                         : line.anchor == Anchor::middle ? " text-anchor=\"middle\""
                                                         : " text-anchor=\"end\"";
    svg_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" font-size="{:.4g}"{}{}>)", line.x, line.y, line.size,
                        anchor, line.kind.empty() ? "" : attribute("class", line.kind));
    for (const Span& span : line.spans) add(span);
    svg_ += "</text>\n";
  }

  void add(const Span& span) {
    const bool plain = span.axis.empty() && span.origin.empty() && !(options_.in_page && span.part.form);
    if (plain) {
      svg_ += xml(span.part.text);
      return;
    }
    svg_ += "<tspan";
    std::string kind = span.axis.empty() ? "" : "a-" + span.axis;
    if (!span.origin.empty()) kind += kind.empty() ? "origin" : " origin";
    if (!kind.empty()) svg_ += attribute("class", kind);
    if (options_.in_page && span.part.form) {
      svg_ += attribute("data-form", form_json(*span.part.form));
      if (span.part.grouped) svg_ += " data-grouped=\"true\"";
    }
    if (!span.origin.empty()) {
      svg_ += " tabindex=\"0\"";
      if (options_.in_page) svg_ += attribute("data-origin", text_of(span.origin));
      if (options_.in_page && varies(span.origin)) {
        svg_ += attribute("data-origin-parts", parts_json(span.origin));
      }
    }
    svg_ += ">";
    if (!span.origin.empty() && !options_.in_page) svg_ += "<title>" + xml(text_of(span.origin)) + "</title>";
    svg_ += xml(span.part.text) + "</tspan>";
  }

  const Drawing& drawing_;
  const SvgOptions& options_;
  std::string svg_;
};

}  // namespace

std::string xml(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c >= 0 && c < ' ' && c != '\n' && c != '\t' ? '?' : c;  // XML has no place for the others
    }
  }
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
  return SvgWriter(drawing, options).write();
}

}  // namespace runnel
