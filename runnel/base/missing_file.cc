#include "runnel/base/missing_file.h"

#include <cerrno>
#include <filesystem>
#include <vector>

#include "runnel/base/base_error.h"
#include "runnel/base/spelling.h"

namespace runnel {
namespace {

namespace fs = std::filesystem;

/// The names in a folder; of a large one, some.
std::vector<std::string> names_in(const fs::path& folder) {
  constexpr size_t kMost = 10'000;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && names.size() < kMost;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  return names;
}

}  // namespace

MissingFile follow_to(const std::string& path) {
  fs::path there, missing, behind;  // what exists, the first part that does not, and what follows that
  std::error_code ignored;
  for (const fs::path& part : fs::path(path)) {
    if (!missing.empty()) {
      behind /= part;
    } else if (fs::exists(there / part, ignored)) {
      there /= part;
    } else {
      missing = part;
    }
  }
  const fs::path folder = there.empty() ? fs::path(".") : there;
  MissingFile result{.path = path,
                     .missing = (there / missing).string(),
                     .looked_in = fs::canonical(folder, ignored).string(),
                     .nearest = ""};
  if (const auto near = nearest_spelling(missing.string(), names_in(folder))) {
    const fs::path meant = behind.empty() ? there / *near : there / *near / behind;
    if (fs::exists(meant, ignored)) result.nearest = meant.string();
  }
  return result;
}

DataError cannot_open(const std::string& path, int code) {
  if (code == ENOENT && path != "standard input") return errors::no_such_file(follow_to(path));
  return errors::system_failure(path, "cannot open", code);
}

}  // namespace runnel
