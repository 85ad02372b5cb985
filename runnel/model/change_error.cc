#include "runnel/model/change_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runnel/base/spelling.h"

namespace runnel::errors {

OptionError no_change(std::string_view text) {
  return OptionError(fmt::format("{} is no change of a network", text),
                     {{"expected",
                       "an option and its new value; where several layers take it, the layer's number "
                       "from 0 in front"},
                      {"fix", "hidden_size=40, or 1.hidden_size=40"}});
}

OptionError no_size(const OptionChange& change) {
  return OptionError(fmt::format("{} is {}, expected a whole number, 1 or more", change.option, change.value),
                     {{"why", "with a number every shape is worked out, without one it stays a name"},
                      {"fix", change.option + "=3"}});
}

OptionError no_such_layer(const OptionChange& change, const std::vector<std::string>& layers) {
  return OptionError(
      fmt::format("{}: the network has no layer {}", change.to_string(), change.layer),
      {{"layers", fmt::format("{}", fmt::join(layers, ", "))},
       {"why", "layers are numbered from 0, each in the chain, or named by their kind"},
       {"fix", fmt::format("{}={}, or with one of these numbers in front", change.option, change.value)}});
}

OptionError option_of_none(const OptionChange& change, std::span<const std::string> known) {
  std::vector<ErrorDetail> details{{"may change", fmt::format("{}", fmt::join(known, ", "))}};
  if (const auto near = meant_by(change.option, known)) {
    OptionChange meant = change;
    meant.option = *near;
    details.push_back({"fix", meant.to_string()});
  }
  return OptionError(change.layer.empty()
                         ? fmt::format("no layer of the network has an option {}", change.option)
                         : fmt::format("layer {} has no option {}", change.layer, change.option),
                     details);
}

OptionError option_of_many(const OptionChange& change, const std::vector<std::string>& layers,
                           size_t number) {
  OptionChange first = change;
  first.layer = std::to_string(number);
  return OptionError(fmt::format("{}: several layers have the option {}", change.to_string(), change.option),
                     {{"layers", fmt::format("{}", fmt::join(layers, ", "))},
                      {"why", "only one of them is to change"},
                      {"fix", first.to_string()}});
}

OptionError size_follows(const OptionChange& change, const std::string& layer, const std::string& decides) {
  return OptionError(fmt::format("{} of {} follows from the layer before", change.option, layer),
                     {{"why", "a layer reads what the one before gives"},
                      {"decided by", decides},
                      {"fix", decides + "=" + change.value}});
}

}  // namespace runnel::errors
