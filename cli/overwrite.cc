#include "cli/overwrite.h"

#include <filesystem>

#include "cli/cli_error.h"

namespace runnel::cli {
namespace {

/// What cannot be looked at, "-" for one, is no file that is there.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(a, ignored) && std::filesystem::equivalent(a, b, ignored);
}

}  // namespace

void refuse_to_overwrite(const NamedFile& output, std::initializer_list<NamedFile> inputs) {
  if (output.path.empty()) throw errors::no_output_name(output.word);
  for (const NamedFile& input : inputs) {
    if (same_file(output.path, input.path))
      throw errors::output_is_input(output.word, output.path, input.word, input.path);
  }
}

void refuse_same_output(const NamedFile& first, const NamedFile& second) {
  if (first.path.empty() || second.path.empty()) return;
  if (first.path == "-" && second.path == "-") throw errors::standard_output_twice(first.word, second.word);
  std::error_code ignored;  // neither file need be there
  const auto place = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored), ignored);
  };
  const bool device = std::filesystem::exists(first.path, ignored) && !same_file(first.path, first.path);
  if (!device && place(first.path) == place(second.path))
    throw errors::output_twice(first.word, second.word, first.path);
}

}  // namespace runnel::cli
