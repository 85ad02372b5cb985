#pragma once

#include <initializer_list>
#include <string>

/// What a command reads must not be what it writes.
namespace runnel::cli {

/// A file, and the word of the help that it is given by: `{"--dev", "rows.csv"}`.
struct NamedFile {
  std::string word;
  std::string path;  ///< empty when it is not given
};

/// Asked before anything is read. Links to a file are the file; a pipe or a device may be both ends.
/// Throws  OptionError when `output` is one of the inputs, or empty
void refuse_to_overwrite(const NamedFile& output, std::initializer_list<NamedFile> inputs);

/// Throws  OptionError when both are the same file, or both standard output
void refuse_same_output(const NamedFile& first, const NamedFile& second);

}  // namespace runnel::cli
