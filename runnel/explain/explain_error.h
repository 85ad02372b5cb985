#pragma once

#include <span>
#include <string>

#include "runnel/base/error.h"

/// The sentences about questions to a story, each made in one place.
namespace runnel::errors {

/// A question about a name of which the story of `network` does not speak; `names` are those of which it does.
OptionError not_in_story(const std::string& network, const std::string& name,
                         std::span<const std::string> names);

/// A question about an option that has its default, and that the story does not speak of therefore.
OptionError option_not_told(const std::string& network, const std::string& option);

}  // namespace runnel::errors
