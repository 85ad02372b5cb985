#pragma once

#include <string>

#include "cli/cli_error.h"
#include "cli/command.h"

/// A network on the command line, as explain and check take it: a text, or a file that holds such a text or a model.
namespace runnel::cli {

/// What is asked about.
struct Asked {
  std::string text;
  bool model_file = false;
  std::string file = {};  ///< where the text comes from, for errors; nothing: the command line
};

/// Whether the word is the name of a file (or of a pipe), be it there or not.
bool names_file(const std::string& network);

/// Reads the file if the word names one; "-" is standard input.
/// Throws  DataError when it cannot be read, or is no text in UTF-8 and no model
Asked asked_by(const std::string& network);

/// What the word NETWORK may be, for the help of a command.
extern const char* const kNetworkHelp;

/// What cannot be read in a text is the fault of the file that it came from, or of the command line.
template <class Function>
auto read_text(const Asked& asked, const Function& function) {
  if (asked.file.empty()) return from_command_line(function);
  try {
    return function();
  } catch (const OptionError& error) {
    throw errors::in_file(asked.file, error);
  }
}

}  // namespace runnel::cli
