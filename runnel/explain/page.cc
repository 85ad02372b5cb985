#include "runnel/explain/page.h"

#include <string_view>

#include "runnel/explain/drawing.h"

namespace runnel {
namespace {

constexpr std::string_view kPageStyle =
    R"(body{margin:0 auto;padding:10px;max-width:1020px;background:var(--ground);
color:var(--ink);font-size:14px;line-height:1.45}
h1{font-size:15px;margin:6px 0;overflow-wrap:anywhere} p{margin:6px 0;max-width:72ch}
svg{display:block;max-width:none}
button{font:inherit;padding:2px 12px;color:var(--ink);background:var(--panel);border:1px solid var(--line);
border-radius:6px;justify-self:start;align-self:end}
)";

}  // namespace

std::string page_heading(const std::string& text) { return "<h1>" + xml(text) + "</h1>\n"; }

std::string html_page(const Page& page, const std::function<void(std::string&)>& add_body) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      xml(page.title) + "</title>\n<style>\n" + picture_style() + std::string(kPageStyle) + page.style +
      "</style>\n</head>\n<body class=\"runnel\"" + page.data + ">\n<main>\n";
  add_body(html);
  html += "</main>\n";
  if (!page.script.empty()) html.append("<script>").append(page.script).append("</script>\n");
  return html.append("</body>\n</html>\n");
}

}  // namespace runnel
