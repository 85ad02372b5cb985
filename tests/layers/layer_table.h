#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace runnel::layers {

using Folders = std::set<std::string>;

/// "Who may include whom", as docs/architecture.md has it.
struct LayerTable {
  std::vector<std::string> order;        ///< the folders from low to high, as on the page
  std::map<std::string, Folders> named;  ///< what a row names, folders only
  std::map<std::string, Folders> all;    ///< and what those may include in turn
  Folders highway;                       ///< the folders whose row names Highway

  bool has(const std::string& folder) const { return named.contains(folder); }
};

/// Reads the page:
///
///     … only `ops` and `optim` see `kernels`.
///     | folder | may include |
///     |---|---|
///     | base | the standard library |
///     | cli | everything above |
///
/// The sentence is optional; the folder that it names last is not passed on, and is seen by the others that
/// it names. Throws  std::runtime_error when there is no table, when a row names a folder that has no row
/// above it, or when the sentence and the rows disagree.
LayerTable read_layer_table(const std::string& page);

/// The same arrows as the build has them: the FOLDERS of each `runnel_folder(NAME FOLDERS … PRIVATE …)`.
std::map<std::string, Folders> read_cmake_folders(const std::string& cmake_lists);

}  // namespace runnel::layers
