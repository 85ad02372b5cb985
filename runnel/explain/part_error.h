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
/// A size of the data by itself, which every part reads.
OptionError size_of_many_parts(const std::string& change, std::span<const std::string> parts);
OptionError changes_of_several_parts(const std::string& first, const std::string& second);

}  // namespace runnel::errors
