#include <fmt/format.h>

#include "runnel/explain/page.h"
#include "runnel/explain/picture.h"
#include "runnel/explain/picture_words.h"
#include "runnel/explain/share_out.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr double kSmallScreen = 300, kLargeScreen = 960;

/// A form says how a number follows from the sizes that are turned; all forms come from the page. The only arithmetic
/// here is that of form.h: a constant, and for each term a factor times what its knobs differ from their bases.
constexpr std::string_view kScript = R"(
const turn = section => {
const knobs = [...section.querySelectorAll('input[data-base]')];
const first = knobs.map(knob => knob.value);
const at = form => {
  const x = knobs.map(knob => Number(knob.value) - Number(knob.dataset.base));
  return form.reduce((sum, [factor, i, j]) => sum + factor * (
    i === undefined ? 1 : j === undefined ? x[i] : i === j ? x[i] * (x[i] - 1) / 2 : x[i] * x[j]), 0);
};
const written = (number, grouped) => grouped ? number.toLocaleString('en-US') : String(number);
const said = part => {
  const number = at(part.form);
  return part.other === undefined ? written(number, part.grouped) : number === 1 ? part.one : part.other;
};
const joined = parts => parts.map(part => part.form ? said(part) : part).join('');
const parse = text => JSON.parse(text);
const changing = [];
const each = (attribute, change, original) => section.querySelectorAll('[data-' + attribute + ']').forEach(element => {
  const form = parse(element.getAttribute('data-' + attribute)), before = original(element);
  changing.push(as_told => change(element, as_told ? before : null, form));
});
const text = element => element.textContent;
each('form', (element, before, form) => {
  element.textContent = before ?? written(at(form), element.hasAttribute('data-grouped'));
}, text);
each('parts', (element, before, parts) => { element.textContent = before ?? joined(parts); }, text);
each('label', (element, before, parts) => {
  const label = before ?? joined(parts);
  element.setAttribute('aria-label', label);
  element.querySelector('title').textContent = label;
}, element => element.getAttribute('aria-label'));
each('origin-parts', (element, before, parts) => { element.dataset.origin = before ?? joined(parts); },
  element => element.dataset.origin);
each('size', (row, before, form) => {
  const [one, doubled, most] = document.body.dataset.block.split(' ').map(Number);
  const height = Math.min(most, one + doubled * Math.log2(at(form)));
  for (const block of row.querySelectorAll('rect')) {
    const middle = Number(block.getAttribute('y')) + Number(block.getAttribute('height')) / 2;
    block.setAttribute('height', height);
    block.setAttribute('y', middle - height / 2);
  }
}, () => null);
each('batch', (sheets, before, form) => {
  sheets.setAttribute('visibility', at(form) > 1 ? 'visible' : 'hidden');
}, () => null);
const follow = () => {
  const as_told = knobs.every((knob, i) => knob.value === first[i]);
  for (const knob of knobs) document.getElementById(knob.id + '-value').textContent = knob.value;
  for (const change of changing) change(as_told);
};
section.querySelector('.back')?.addEventListener('click', () => {
  knobs.forEach((knob, i) => {
    knob.value = first[i];
    knob.dispatchEvent(new Event('input', { bubbles: true }));
  });
});
return follow;
};
const sections = [...document.querySelectorAll('section')].map(turn);
document.addEventListener('input', event => {
  const shared = event.target.dataset.shared;
  if (shared) document.querySelectorAll(`input[data-shared=${shared}]`).forEach(knob => { knob.value = event.target.value; });
  for (const follow of sections) follow();
});

const tip = document.getElementById('tip');
const hide = () => { tip.hidden = true; };
const show = event => {
  const number = event.target.closest?.('[data-origin]');
  if (!number) return hide();
  tip.textContent = number.dataset.origin;
  tip.hidden = false;
  const place = number.getBoundingClientRect(), size = tip.getBoundingClientRect();
  const room = document.documentElement.clientWidth - size.width - 8;
  tip.style.left = Math.max(8, Math.min(place.left, room)) + window.scrollX + 'px';
  const above = place.top - size.height - 6;
  tip.style.top = (above > 0 ? above : place.bottom + 6) + window.scrollY + 'px';
};
document.addEventListener('mouseover', show);
document.addEventListener('focusin', show);
document.addEventListener('focusout', hide);
document.addEventListener('keydown', event => { if (event.key === 'Escape') hide(); });
document.querySelectorAll('[data-origin]').forEach(number => number.setAttribute('aria-describedby', 'tip'));
)";

constexpr std::string_view kStyle =
    R"(figure{margin:0} h2{font-size:14px;margin:28px 0 6px;overflow-wrap:anywhere}
.parts{font:inherit;font-size:12px;overflow-x:auto;margin:6px 0;padding:8px;background:var(--panel)}
.small{display:block} .large{display:none}
@media (min-width:1000px){.small{display:none} .large{display:block}}
.knobs{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:8px 24px;max-width:980px;margin:12px 0}
.knobs label{display:grid;grid-template-columns:1fr auto;gap:2px 8px} .knobs input{grid-column:1/-1;width:100%;margin:0}
#tip{position:absolute;max-width:min(300px,calc(100vw - 32px));padding:6px 9px;border-radius:6px;pointer-events:none;
background:var(--ink);color:var(--ground);font-size:13px;line-height:1.4}
)";

/// `id` begins the ids of all that is in the section.
std::string sliders(const Variations& story, const std::string& id) {
  if (story.knobs().empty()) return "";
  std::string html = "<form class=\"knobs\" aria-label=\"Sizes to turn\" autocomplete=\"off\">\n";
  for (size_t i = 0; i < story.knobs().size(); ++i) {
    const Knob& knob = story.knobs()[i];
    html += fmt::format(
        R"(<label for="{6}-{0}"><span>{1}</span><output id="{6}-{0}-value" for="{6}-{0}">{2}</output>)"
        R"(<input type="range" id="{6}-{0}" min="{3}" max="{4}" value="{2}" data-base="{5}"{7}></label>)"
        "\n",
        i, xml(knob.label(story.shown())), knob.value, knob.least, knob.most, knob.base, id + "knob",
        knob.layer ? "" : fmt::format(" data-shared=\"{}\"", knob.option));
  }
  return html + "<button type=\"button\" class=\"back\">as it was</button>\n</form>\n";
}

constexpr std::string_view kReading =
    "<p>Time goes from left to right, depth from bottom to top. Point at a number, or reach it with the tab "
    "key, to see "
    "where it comes from.</p>\n";

/// Sliders and the picture for both screens, which follow them.
void add_section(std::string& html, const Variations& story, const std::string& id) {
  html += sliders(story, id) + "<figure>\n";
  const StoryWords words(story);
  constexpr size_t kOfTensor = 5000;  // about as many letters say of a tensor what both pictures do
  const int64_t tensors = std::ssize(story.shown().tensors);
  html.reserve(html.size() + kOfTensor * static_cast<size_t>(tensors));
  std::string html_of_large;
  share_out(2, tensors >= kWorthThreads, [&](int64_t large) {
    std::string& picture = large ? html_of_large : html;
    const std::string screen = large ? "large" : "small";
    picture += "<div class=\"" + screen + "\">\n";
    append_svg(picture, draw(words, {.width = large ? kLargeScreen : kSmallScreen, .described = !large}),
               {.in_page = true, .id = id + screen, .described_by = large ? id + "small" : ""});
    picture += "</div>\n";
  });
  html += html_of_large + "</figure>\n";
}

std::string page_of(const std::string& title, const std::function<void(std::string&)>& add_sections) {
  const Page page{.title = title,
                  .style = std::string(kStyle),
                  .data = fmt::format(" data-block=\"{} {} {}\"", BlockHeight::kOne, BlockHeight::kDoubled,
                                      BlockHeight::kMost),
                  .script = std::string(kScript)};
  return html_page(page, [&](std::string& html) {
    html += page_heading(title);
    add_sections(html);
    html += "<div id=\"tip\" role=\"tooltip\" hidden></div>\n";
  });
}

}  // namespace

std::string story_html(const Variations& story) {
  return page_of(story.shown().network, [&](std::string& html) {
    html.append(kReading).append("<section>\n");
    add_section(html, story, "");
    html += "</section>\n";
  });
}

std::string story_html(const ModelStory& model, const StorySizes& sizes) {
  return page_of(model.kind.empty() ? "A part of a model" : model.kind, [&](std::string& html) {
    html += "<pre class=\"parts\" tabindex=\"0\">" + xml(parts_text(model)) + "</pre>\n";
    for (const std::string& note : model.notes) html += "<p>" + xml(note) + "</p>\n";
    html += kReading;
    const std::vector<ToldPart> parts = told_parts(model);
    std::vector<std::string> sections(parts.size());
    share_out(std::ssize(parts), std::ssize(parts) >= kPartsWorthThreads, [&](int64_t task) {
      const auto i = static_cast<size_t>(task);
      const bool steps = parts[i].story->tensors[0].shape.has(axes::seq);
      const Variations part =
          turnable_story(parts[i].story->network,
                         {.batch = sizes.batch, .seq = steps ? sizes.seq : std::nullopt}, parts[i].context);
      sections[i] = "<section>\n<h2>" + xml(parts[i].title) + "</h2>\n";
      add_section(sections[i], part, fmt::format("part-{}-", i));
      sections[i] += "</section>\n";
    });
    size_t size = html.size();
    for (const std::string& section : sections) size += section.size();
    html.reserve(size);
    for (const std::string& section : sections) html += section;
  });
}

}  // namespace runnel
