#pragma once

#include <span>
#include <string>

#include "runnel/base/error.h"

/// The sentences about questions to the parts of a model, each made in one place.
namespace runnel::errors {

/// `parts` are those that have a story.
OptionError in_no_part(const std::string& name, const std::string& model, std::span<const std::string> parts);
/// `fix` is the name with the path of the first of the parts in front.
OptionError in_several_parts(const std::string& name, const std::string& model,
                             std::span<const std::string> parts, const std::string& fix);
OptionError changes_of_several_parts(const std::string& first, const std::string& second);

}  // namespace runnel::errors
