#pragma once

#include <span>
#include <string>

#include "runnel/base/error.h"

/// The sentences about questions to a story, each made in one place.
namespace runnel::errors {

/// A question about a name of which the story of `network` does not speak; `names` are those of which it does.
OptionError not_in_story(const std::string& network, const std::string& name,
                         std::span<const std::string> names);

}  // namespace runnel::errors
