#include "runnel/explain/explain_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runnel/text/spelling.h"

namespace runnel::errors {

OptionError not_in_story(const std::string& network, const std::string& name,
                         std::span<const std::string> names) {
  std::vector<ErrorDetail> details{{"may ask", fmt::format("{}", fmt::join(names, ", "))}};
  if (const auto meant = nearest_spelling(name, names))
    details.push_back({"fix", "did you mean " + *meant + "?"});
  return OptionError(fmt::format("nothing is called {} in {}", name, network), details);
}

}  // namespace runnel::errors
