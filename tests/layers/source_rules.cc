#include "tests/layers/source_rules.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>

#include "runnel/base/files.h"

namespace runnel::layers {
namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;    ///< from the root: runnel/base/error.h
  std::string folder;  ///< of the table: base, cli; empty for runnel/runnel.h
  std::string text;

  bool in_library() const { return path.starts_with("runnel/"); }
  bool is_header() const { return path.ends_with(".h") && !path.ends_with("-inl.h"); }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_source(const fs::path& path) { return path.extension() == ".h" || path.extension() == ".cc"; }

/// `runnel/base/error.h` → `base`, `cli/main.cc` → `cli`, `runnel/runnel.h` → ``.
std::string folder_of(const fs::path& path) {
  auto part = path.begin();
  if (*part != "runnel") return part->string();
  return std::distance(path.begin(), path.end()) > 2 ? std::next(part)->string() : "";
}

std::vector<SourceFile> read_sources(const fs::path& root) {
  std::vector<SourceFile> files;
  for (const char* top : {"bench", "cli", "examples", "runnel", "tests"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      const fs::path path = entry.path().lexically_relative(root);
      files.push_back({path.generic_string(), folder_of(path), read_file(entry.path())});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string list(const Folders& folders) {
  std::string text;
  for (const std::string& folder : folders) text += (text.empty() ? "" : ", ") + folder;
  return text.empty() ? "no other folder" : "only " + text;
}

class Checker {
 public:
  Checker(const fs::path& root, const LayerTable& table) : root_(root), table_(table) {}

  std::vector<std::string> run() {
    check_folders();
    for (const SourceFile& file : read_sources(root_)) {
      check_length(file);
      if (!file.folder.empty() && !table_.has(file.folder)) continue;  // tests and the like may include all
      check_includes(file);
      if (file.in_library()) check_quiet(file);
      if (!file.folder.empty()) check_errors(file);
    }
    return faults_;
  }

 private:
  void fault(const std::string& sentence) { faults_.push_back(sentence); }
  void fault(const SourceFile& file, size_t line, const std::string& sentence) {
    fault(file.path + ":" + std::to_string(line) + ": " + sentence);
  }

  void check_folders() {
    for (const std::string& folder : table_.order) {
      const fs::path path = folder == "cli" ? fs::path(folder) : fs::path("runnel") / folder;
      if (!fs::is_directory(root_ / path))
        fault(path.generic_string() + ": stands in the table, but does not exist");
    }
    std::vector<std::string> present;
    for (const auto& entry : fs::directory_iterator(root_ / "runnel")) {
      if (entry.is_directory()) present.push_back(entry.path().filename().string());
    }
    std::ranges::sort(present);
    for (const std::string& folder : present) {
      if (!table_.has(folder)) fault("runnel/" + folder + ": has no row in the table");
    }
  }

  void check_includes(const SourceFile& file) {
    static const std::regex include("\\s*#\\s*include\\s*([\"<])([^\">]+)[\">].*");
    const std::vector<std::string> lines = lines_of(file.text);
    for (size_t i = 0; i < lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_match(lines[i], match, include)) continue;
      check_include(file, i + 1, match[2], match[1] == "<");
    }
  }

  void check_include(const SourceFile& file, size_t line, const std::string& path, bool angle) {
    const std::string shown = angle ? "<" + path + ">" : "\"" + path + "\"";
    if (path.starts_with("runnel/")) {
      check_arrow(file, line, path, shown);
    } else if (path.starts_with("hwy/")) {
      if (!table_.highway.contains(file.folder)) fault(file, line, file.folder + " may not include Highway");
      if (file.is_header()) fault(file, line, "a header includes " + shown + ", an outside library");
    } else if (angle) {
      const bool standard = path.find_first_of("./") == std::string::npos;
      if (file.in_library() && file.is_header() && !standard) {
        fault(file, line, "a header includes " + shown + ", an outside library");
      }
    } else if (file.in_library() || !path.starts_with("cli/")) {
      fault(file, line, shown + " is no path from the root of the tree");
    }
  }

  void check_arrow(const SourceFile& file, size_t line, const std::string& path, const std::string& shown) {
    const std::string to = folder_of(path);
    if (file.folder.empty()) {  // runnel.h shows what cli may use, the top of the table
      if (!table_.all.at(table_.order.back()).contains(to)) fault(file, line, shown + " is not public");
      return;
    }
    if (to.empty() && file.in_library()) fault(file, line, shown + " is for users of the library only");
    if (to.empty() || to == file.folder) return;
    const Folders& allowed = table_.all.at(file.folder);
    if (!allowed.contains(to)) {
      fault(file, line, file.folder + " may not include " + shown + ": it may include " + list(allowed));
    }
  }

  void check_length(const SourceFile& file) {
    const auto count = std::ranges::count(file.text, '\n');
    if (count < kMaxLines) return;
    fault(file.path + ": has " + std::to_string(count) + " lines; split it below " +
          std::to_string(kMaxLines));
  }

  void check_quiet(const SourceFile& file) {
    static const std::regex loud(
        "\\b(std::(cout|cerr|clog)|fmt::print|(v?f?printf|puts|fputs|putchar|perror|exit|_exit|_Exit|quick_"
        "exit|"
        "abort|terminate) *\\()");
    const std::vector<std::string> lines = lines_of(code_only(file.text));
    for (size_t i = 0; i < lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(lines[i], match, loud)) continue;
      std::string name = match[0];
      name.erase(std::min(name.find_first_of(" ("), name.size()));
      fault(file, i + 1, "the library neither prints nor exits: " + name);
    }
  }

  /// A sentence is made in one place, in a file that is called so.
  void check_errors(const SourceFile& file) {
    static const std::regex file_of_errors(".*_errors?\\.(h|cc)"),
        made("\\b(return|throw) +([A-Z][a-z]+)?Error\\(");
    if (std::regex_match(file.path, file_of_errors)) return;
    const std::vector<std::string> lines = lines_of(code_only(file.text));
    for (size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i], made))
        fault(file, i + 1, "an error is made outside a file called …_error");
    }
  }

  fs::path root_;
  const LayerTable& table_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> broken_rules(const fs::path& root, const LayerTable& table) {
  return Checker(root, table).run();
}

std::string code_only(const std::string& source) {
  std::string code = source;
  size_t at = 0;
  const auto blank_until = [&](size_t end) {
    for (end = std::min(end, code.size()); at < end; ++at) {
      if (code[at] != '\n') code[at] = ' ';
    }
  };
  const auto end_of = [&](const std::string& mark, size_t from) {
    const size_t found = source.find(mark, from);
    return found == std::string::npos ? source.size() : found + mark.size();
  };
  const auto end_of_literal = [&](char quote) {
    size_t end = at + 1;
    while (end < source.size() && source[end] != quote) end += source[end] == '\\' ? 2 : 1;
    return end + 1;
  };
  while (at < source.size()) {
    const std::string_view rest = std::string_view(source).substr(at);
    const bool after_word = at > 0 && (std::isalnum(static_cast<unsigned char>(source[at - 1])) != 0);
    if (rest.starts_with("//")) {
      blank_until(source.find('\n', at));
    } else if (rest.starts_with("/*")) {
      blank_until(end_of("*/", at + 2));
    } else if (rest.starts_with("R\"") && !after_word) {
      const std::string mark = source.substr(at + 2, source.find('(', at) - at - 2);
      blank_until(end_of(")" + mark + "\"", at));
    } else if (rest[0] == '"' || (rest[0] == '\'' && !after_word)) {  // 1'000 is no literal
      blank_until(end_of_literal(rest[0]));
    } else {
      ++at;
    }
  }
  return code;
}

}  // namespace runnel::layers
