#include "tests/layers/layer_table.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace runnel::layers {
namespace {

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    found.push_back(it->str());
  return found;
}

std::vector<std::string> words(const std::string& text) { return matches(text, std::regex("\\w+")); }

/// `only A and B see C`: C and its seers.
struct Hidden {
  std::string folder;
  Folders seen_by;
};

std::optional<Hidden> read_hidden(const std::string& page) {
  std::smatch match;
  if (!std::regex_search(page, match, std::regex("only ([^.;|]*) see\\s+`(\\w+)`"))) return std::nullopt;
  const std::string seers = match[1];
  Hidden hidden{.folder = match[2], .seen_by = {}};
  for (const std::string& quoted : matches(seers, std::regex("`\\w+`"))) {
    hidden.seen_by.insert(quoted.substr(1, quoted.size() - 2));
  }
  return hidden;
}

/// The rows of the table as two cells each.
std::vector<std::pair<std::string, std::string>> read_rows(const std::string& page) {
  std::vector<std::pair<std::string, std::string>> rows;
  std::istringstream lines(page);
  const std::regex row("\\| *([^|]+?) *\\| *([^|]+?) *\\|");
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) {
      if (inside) break;
    } else if (inside) {
      rows.emplace_back(match[1], match[2]);
    } else {
      inside = match[1] == "folder" && match[2] == "may include";
    }
  }
  if (rows.size() < 2) throw std::runtime_error("no table with the head | folder | may include |");
  rows.erase(rows.begin());  // |---|---|
  return rows;
}

void add_row(LayerTable& table, const std::string& folder, const std::string& cell) {
  Folders named;
  if (cell == "everything above") {
    named.insert(table.order.begin(), table.order.end());
  } else if (cell != "the standard library") {
    for (const std::string& word : words(cell)) {
      if (word == "Highway") {
        table.highway.insert(folder);
      } else if (table.has(word)) {
        named.insert(word);
      } else {
        throw std::runtime_error("the row of " + folder + " names " + word + ", which has no row above it");
      }
    }
  }
  Folders all = named;
  for (const std::string& below : named) all.insert(table.all[below].begin(), table.all[below].end());
  table.order.push_back(folder);
  table.named[folder] = named;
  table.all[folder] = all;
}

/// Takes the hidden folder away from everyone but those who see it.
void hide(LayerTable& table, const Hidden& hidden) {
  if (!table.has(hidden.folder)) throw std::runtime_error(hidden.folder + " is hidden, but has no row");
  for (const std::string& folder : table.order) {
    const bool sees = hidden.seen_by.contains(folder);
    const bool names = table.named[folder].contains(hidden.folder);
    if (sees && !names) throw std::runtime_error("the row of " + folder + " does not name " + hidden.folder);
    if (!sees) table.all[folder].erase(hidden.folder);
  }
}

}  // namespace

LayerTable read_layer_table(const std::string& page) {
  LayerTable table;
  for (const auto& [folders, cell] : read_rows(page)) {
    std::vector<std::string> same_row = words(folders);
    for (const std::string& folder : same_row) add_row(table, folder, cell);
  }
  if (const auto hidden = read_hidden(page)) hide(table, *hidden);
  return table;
}

std::map<std::string, Folders> read_cmake_folders(const std::string& cmake_lists) {
  std::map<std::string, Folders> folders;
  const std::regex call("runnel_folder\\((\\w+)([^)]*)\\)");
  for (std::sregex_iterator it(cmake_lists.begin(), cmake_lists.end(), call), end; it != end; ++it) {
    Folders& named = folders[(*it)[1]];
    bool listing = false;
    for (const std::string& word : words((*it)[2])) {
      if (word == "FOLDERS" || word == "PRIVATE") {
        listing = word == "FOLDERS";
      } else if (listing) {
        named.insert(word);
      }
    }
  }
  return folders;
}

}  // namespace runnel::layers
