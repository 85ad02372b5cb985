#include "cli/overwrite.h"

#include <filesystem>
#include <fmt/format.h>

#include "runnel/base/error.h"

namespace runnel::cli {
namespace {

/// What cannot be looked at, "-" for one, is no file that is there.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(a, ignored) && std::filesystem::equivalent(a, b, ignored);
}

OptionError output_is_input(const std::string& output, const InputFile& input) {
  return OptionError(fmt::format("{} would be written over, but it is read too", output),
                     {{"expected", "an output that is none of the inputs"},
                      {"got", fmt::format("{} {}", input.word, input.path)},
                      {"why", "what was read would be lost"},
                      {"fix", "another --output"}});
}

}  // namespace

void refuse_to_overwrite(const std::string& output, std::initializer_list<InputFile> inputs) {
  for (const InputFile& input : inputs) {
    if (same_file(output, input.path)) throw output_is_input(output, input);
  }
}

}  // namespace runnel::cli
