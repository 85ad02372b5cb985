#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runnel/base/error.h"

/// The sentences about the machine, each made in one place.
namespace runnel::errors {

OptionError no_such_target(std::string_view name, std::span<const std::string> targets);
/// Limits were to be measured on more threads than there are.
OptionError too_many_threads(int threads, int most);
/// The system, or another caller, leaves fewer threads.
Error no_threads_to_measure(int threads);

}  // namespace runnel::errors
