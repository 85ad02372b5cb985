#pragma once

#include <functional>
#include <string>

/// Pages of HTML: one file that needs nothing from elsewhere, for light and dark, small and large screens.
namespace runnel {

struct Page {
  std::string title;      ///< text
  std::string style;      ///< besides that of all pages and pictures
  std::string data = {};  ///< attributes of the body
  std::string script = {};
};
/// `add_body` appends the HTML of its body, which may have megabytes.
std::string html_page(const Page& page, const std::function<void(std::string&)>& add_body);

/// A heading that breaks between the layers of a network.
std::string page_heading(const std::string& text);

}  // namespace runnel
