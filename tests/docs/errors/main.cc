// errors_document check|write ROOT: holds docs/errors.md against the code, or writes its tables anew.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <regex>
#include <set>

#include "runnel/base/files.h"

#include "tests/docs/errors/error_table.h"

namespace runnel::docs {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark =
    "<!-- what follows is made by `errors_document write .`; a test compares it -->\n";

std::vector<ErrorTable> all_tables() {
  std::vector<ErrorTable> all;
  for (const auto& tables :
       {data_tables(), network_tables(), training_tables(), file_tables(), command_tables()}) {
    all.insert(all.end(), tables.begin(), tables.end());
  }
  return all;
}

/// The functions that a header declares and that give an error. What only changes a given error makes no sentence.
std::set<std::string> functions_of(const std::string& header) {
  static const std::regex comment("//[^\n]*");
  static const std::regex function(R"(\b([A-Z][a-z]+)?Error\s+(\w+)\()");
  static const std::set<std::string> no_sentence = {"with_fix", "with_why", "in_file",
                                                    "in_words_of_command_line"};
  const std::string code = std::regex_replace(header, comment, "");
  std::set<std::string> names;
  for (std::sregex_iterator match(code.begin(), code.end(), function), end; match != end; ++match) {
    if (!no_sentence.contains((*match)[2])) names.insert((*match)[2]);
  }
  return names;
}

/// Functions that the tables lack or invent, one sentence each.
std::vector<std::string> faults_of(const std::vector<ErrorTable>& tables, const fs::path& root) {
  std::vector<std::string> faults;
  std::set<std::string> headers;
  for (const ErrorTable& table : tables) {
    headers.insert(table.header());
    std::set<std::string> shown;
    for (const ErrorSample& sample : table.samples()) shown.insert(sample.function);
    const std::set<std::string> declared = functions_of(read_file((root / table.header()).string()));
    for (const std::string& name : declared) {
      if (!shown.contains(name)) faults.push_back(fmt::format("{}: {} has no sample", table.header(), name));
    }
    for (const std::string& name : shown) {
      if (!declared.contains(name)) faults.push_back(fmt::format("{}: there is no {}", table.header(), name));
    }
  }
  static const std::regex header_of_errors(".*_errors?\\.h");
  for (const char* top : {"runnel", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string path = entry.path().lexically_relative(root).generic_string();
      // The errors about the command line's own grammar are made from CLI11's parser: tests/cli holds them.
      const bool grammar = path == "cli/command_line_error.h";
      if (std::regex_match(path, header_of_errors) && !grammar && !headers.contains(path)) {
        faults.push_back(path + ": is in no table");
      }
    }
  }
  return faults;
}

int run(const std::string& task, const fs::path& root) {
  const std::vector<ErrorTable> tables = all_tables();
  const std::vector<std::string> faults = faults_of(tables, root);
  for (const std::string& fault : faults) std::fprintf(stderr, "%s\n", fault.c_str());
  std::string made;
  for (const ErrorTable& table : tables) made += "\n" + table.to_markdown();
  const std::string path = (root / "docs/errors.md").string(), page = read_file(path);
  const size_t mark = page.find(kMark);
  if (mark == std::string::npos) {
    std::fprintf(stderr, "%s: the line is missing: %s", path.c_str(), kMark);
    return 1;
  }
  const std::string expected = page.substr(0, mark) + kMark + made;
  if (task == "write") write_file_atomically(path, expected);
  if (task == "check" && page != expected) {
    const auto [a, b] = std::mismatch(page.begin(), page.end(), expected.begin(), expected.end());
    const auto line = std::count(page.begin(), a, '\n') + 1;
    std::fprintf(stderr, "docs/errors.md:%td: differs from the code; errors_document write %s\n  code: %s\n",
                 line, root.c_str(), expected.substr(static_cast<size_t>(b - expected.begin()), 200).c_str());
    return 1;
  }
  return faults.empty() ? 0 : 1;
}

}  // namespace
}  // namespace runnel::docs

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    return runnel::docs::run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
