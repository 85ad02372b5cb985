#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runnel::kernels {

/// The instruction sets that this library has and this machine can run, the best first, by the names that use_target()
/// takes: "avx512", "avx2", "sse4", "neon", "portable".
std::vector<std::string> targets();

/// The one that the kernels run on.
std::string target_name();

/// Holds the kernels to one instruction set, here and on all threads, from the next call on. The environment's
/// RUNNEL_TARGET does the same at the start of a program; a name that is none of targets() is ignored there.
/// Throws  OptionError when `name` is none of targets()
void use_target(std::string_view name);

namespace detail {
/// What RUNNEL_TARGET says, done once, at the start of a program that has kernels.
bool use_target_of_environment();
}  // namespace detail

}  // namespace runnel::kernels
