#include "runnel/explain/part_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace runnel::errors {
namespace {

std::string listed_parts(std::span<const std::string> parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

OptionError in_no_part(const std::string& name, const std::string& model,
                       std::span<const std::string> parts) {
  std::vector<ErrorDetail> details{{"parts", parts.empty() ? "none that is explained" : listed_parts(parts)}};
  if (!parts.empty())
    details.insert(details.end(), {{"expected", "a part and a name in it"}, {"fix", parts[0] + ".output"}});
  return OptionError(fmt::format("no part of {} has {}", model, name), details);
}

OptionError in_several_parts(const std::string& name, const std::string& model,
                             std::span<const std::string> parts, const std::string& fix) {
  return OptionError(fmt::format("several parts of {} have {}", model, name),
                     {{"parts", listed_parts(parts)}, {"why", "each part has its own"}, {"fix", fix}});
}

OptionError size_of_many_parts(const std::string& change, std::span<const std::string> parts) {
  std::vector<ErrorDetail> details{{"parts", parts.empty() ? "none that is explained" : listed_parts(parts)}};
  if (!parts.empty()) {
    const size_t equals = change.find('=');
    details.push_back({"fix", fmt::format("--{} {} in place of --what-if tells all parts with that size",
                                          change.substr(0, equals), change.substr(equals + 1))});
  }
  return OptionError(fmt::format("{} is a change for every part that reads data", change), details);
}

OptionError changes_of_several_parts(const std::string& first, const std::string& second) {
  return OptionError(
      fmt::format("{} and {} are changes of different parts", first, second),
      {{"why", "print(model) does not tell which part reads what another one gives"}, {"fix", first}});
}

}  // namespace runnel::errors
