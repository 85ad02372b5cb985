#include "runnel/explain/explain_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runnel/base/spelling.h"
#include "runnel/explain/terms.h"

namespace runnel::errors {

OptionError not_in_story(const std::string& network, const std::string& name,
                         std::span<const std::string> names) {
  std::vector<ErrorDetail> details{{"may ask", fmt::format("{}", fmt::join(names, ", "))}};
  if (is_term(name)) {
    details.push_back({"fix", "runnel explain --terms, which explains the words"});
  } else if (const auto meant = nearest_spelling(name, names)) {
    details.push_back({"fix", "did you mean " + *meant + "?"});
  }
  return OptionError(fmt::format("nothing is called {} in {}", name, network), details);
}

OptionError option_not_told(const std::string& network, const std::string& option) {
  return OptionError(
      fmt::format("{} has the default of {}, and no shape or number comes from it", network, option),
      {{"fix", fmt::format("--what-if {}=…, which tells what another value changes", option)}});
}

}  // namespace runnel::errors
