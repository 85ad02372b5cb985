#pragma once

#include "cli/command.h"

/// What is wrong with a command line, told with the word at fault, what may have been meant, and where to read on.
namespace runnel::cli {

/// The error behind CLI11's. A word that nothing is called comes before all else: what CLI11 misses is often it.
OptionError command_line_error(const CLI::App& app, const CLI::ParseError& error);

/// Whether the command line asks for --json, even if it was not read to its end.
bool asks_for_json(const CLI::App& app);

}  // namespace runnel::cli
