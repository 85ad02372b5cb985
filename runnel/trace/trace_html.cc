#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "runnel/explain/drawing.h"
#include "runnel/explain/page.h"
#include "runnel/trace/gate_meaning.h"
#include "runnel/trace/trace.h"

namespace runnel {
namespace {

constexpr std::string_view kHeatStyle = R"(h2{font-size:14px;margin:18px 0 2px} pre,.heat{overflow-x:auto}
.heat .up{fill:#0e7490} .heat .down{fill:#b45309} .heat .frame{fill:none;stroke:var(--line)}
@media (prefers-color-scheme:dark){.heat .up{fill:#22d3ee} .heat .down{fill:#fbbf24}}
)";

/// One array of a layer: a row a step, a column a unit.
struct HeatMap {
  std::string title;
  std::string note;
  const Tensor& values;
};

double largest_of(std::span<const float> values) {
  double largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  return largest;
}

class HeatWriter {
 public:
  HeatWriter(const Trace& trace, int64_t sequence) : trace_(trace), sequence_(sequence) {}

  std::string write(const HeatMap& map) const {
    constexpr double kRow = 18, kLabels = 130, kWidth = 840;
    const int64_t steps = trace_.lengths[static_cast<size_t>(sequence_)], units = map.values.shape()[2].size;
    const double cell = std::clamp(std::floor(kWidth / static_cast<double>(units)), 2.0, 18.0);
    const double width = cell * static_cast<double>(units), height = kRow * static_cast<double>(steps);
    const double largest = std::max(1.0, largest_of(map.values.values()));
    std::string svg = fmt::format(
        "<h2>{}</h2>\n<p>{} Full colour is {:.3g}.</p>\n<div class=\"heat\">"
        "<svg role=\"img\" aria-label=\"{}\" width=\"{:.0f}\" height=\"{:.0f}\">\n",
        xml(map.title), xml(map.note), largest, xml(map.title), kLabels + width + 2, height + 2);
    for (int64_t t = 0; t < steps; ++t) {
      const double y = kRow * static_cast<double>(t) + 1;
      svg += fmt::format("<g><title>{}</title><text x=\"0\" y=\"{:.0f}\" font-size=\"13\">{}</text>",
                         xml(name_of(t)), y + 13, xml(label_of(t)));
      const float* row = map.values.data() + (t * map.values.shape()[1].size + sequence_) * units;
      for (int64_t u = 0; u < units; ++u) {
        const double share = row[u] / largest;
        if (std::abs(share) < 0.005) continue;
        svg += fmt::format(
            "<rect class=\"{}\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" "
            "opacity=\"{:.2f}\"/>",
            share > 0 ? "up" : "down", kLabels + cell * static_cast<double>(u), y, cell, kRow,
            std::abs(share));
      }
      svg += "</g>\n";
    }
    return svg + fmt::format(
                     "<rect class=\"frame\" x=\"{:.0f}\" y=\"1\" width=\"{:.0f}\" height=\"{:.0f}\"/>"
                     "</svg></div>\n",
                     kLabels, width, height);
  }

 private:
  std::string label_of(int64_t step) const {
    if (trace_.words.empty()) return fmt::format("{}", step);
    return fmt::format("{} {}", step, shortened(trace_.words[static_cast<size_t>(step)].token, 11));
  }
  std::string name_of(int64_t step) const {
    if (trace_.words.empty()) return fmt::format("step {}", step);
    return fmt::format("step {}: {}", step, trace_.words[static_cast<size_t>(step)].token);
  }

  const Trace& trace_;
  int64_t sequence_;
};

}  // namespace

std::string trace_html(const Trace& trace, int64_t sequence) {
  const std::string text = trace_text(trace, sequence);  // its first line is the network
  std::string body =
      page_heading(trace.network) + "<pre>" + xml(text.substr(text.find('\n') + 1)) + "</pre>\n";
  body +=
      "<p>Below, each row is a step and each column one of the layer's units: blue above 0, orange "
      "below.</p>\n";
  const HeatWriter writer(trace, sequence);
  for (const TracedLayer& layer : trace.layers) {
    const std::string heading = heading_of(layer);
    const auto add = [&](std::string_view name, const std::string& note, const Tensor& values) {
      body += writer.write({.title = fmt::format("{}: {}", heading, name), .note = note, .values = values});
    };
    add("h", "The state after the step.", layer.steps.h);
    if (layer.steps.c) add("c", "The cell state after the step, an LSTM's memory.", *layer.steps.c);
    for (const RecordedGate& gate : layer.steps.gates) {
      const GateMeaning* meaning = meaning_of(layer.kind, gate.name);
      add(gate.name,
          meaning ? fmt::format("The {}.", meaning->meaning) : "The new values that the gates let in.",
          gate.values);
    }
  }
  return html_page({.title = "Trace of " + trace.network, .style = std::string(kHeatStyle)},
                   [&](std::string& html) { html += body; });
}

}  // namespace runnel
