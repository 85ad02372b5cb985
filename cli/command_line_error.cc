#include "cli/command_line_error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

#include "runnel/base/spelling.h"

namespace runnel::cli {
namespace {

using Names = std::vector<std::string>;

Names command_names(const CLI::App& app) {
  Names names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// The long names of a command's options, without dashes.
Names option_names(const CLI::App& command) {
  Names names;
  for (const CLI::Option* option : command.get_options()) {
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  }
  return names;
}

bool is_option(const std::string& word) { return word.size() > 1 && word[0] == '-' && word != "--"; }

/// "--epochs=3" → "--epochs"
std::string without_value(const std::string& option) { return option.substr(0, option.find('=')); }

std::string without_dashes(const std::string& option) {
  return option.substr(std::min(option.size(), option.find_first_not_of('-')));
}

void suggest(std::vector<ErrorDetail>& details, const std::string& prefix, const std::string& word,
             const Names& names) {
  if (const auto meant = meant_by(word, names)) {
    details.push_back({"fix", fmt::format("did you mean {}{}?", prefix, *meant)});
  }
}

ErrorDetail help_of(const std::string& command) { return {"help", fmt::format("runnel {} --help", command)}; }
ErrorDetail commands(const Names& names) { return {"commands", fmt::format("{}", fmt::join(names, ", "))}; }
const ErrorDetail kHelp{"help", "runnel --help"};

OptionError no_command(const Names& names) {
  return OptionError("a command is missing", {commands(names), kHelp});
}

OptionError unknown_command(const std::string& word, const Names& names) {
  std::vector<ErrorDetail> details;
  suggest(details, "", word, names);
  details.insert(details.end(), {commands(names), kHelp});
  return OptionError(fmt::format("there is no command {}", word), details);
}

OptionError unknown_option(const CLI::App& command, const std::string& word) {
  const std::string option = without_value(word);
  std::vector<ErrorDetail> details;
  suggest(details, "--", without_dashes(option), option_names(command));
  details.push_back(help_of(command.get_name()));
  return OptionError(fmt::format("{} has no option {}", command.get_name(), option), details);
}

/// An option in front of the command, where only --help and --version may stand.
OptionError option_before_command(const CLI::App& app, const std::string& word) {
  const std::string option = without_value(word);
  std::vector<ErrorDetail> details;
  Names of_commands;
  for (const CLI::App* command : app.get_subcommands({})) {
    const Names names = option_names(*command);
    of_commands.insert(of_commands.end(), names.begin(), names.end());
  }
  if (std::find(of_commands.begin(), of_commands.end(), without_dashes(option)) != of_commands.end()) {
    details.push_back({"fix", fmt::format("write it behind the command: runnel COMMAND {}", option)});
  } else {
    suggest(details, "--", without_dashes(option), option_names(app));
  }
  details.push_back(kHelp);
  return OptionError(fmt::format("no option {} may stand in front of the command", option), details);
}

OptionError surplus_word(const CLI::App& command, const std::string& word) {
  return OptionError(fmt::format("{} has no use for the argument {}", command.get_name(), word),
                     {{"why", "all its arguments were given before"}, help_of(command.get_name())});
}

/// The first example of a command's help: a line that can be typed as it is.
std::string example_of(const CLI::App& command) {
  const std::string footer = command.get_footer(), begin = "\n  runnel " + command.get_name() + " ";
  const size_t found = footer.find(begin);
  if (found == std::string::npos) return "";
  const size_t line = found + 3;
  return footer.substr(line, footer.find('\n', line) - line);
}

/// What CLI11 says of two options, "--batch excludes --lengths", as two names.
std::optional<std::pair<std::string, std::string>> parted(const std::string& what, const std::string& by) {
  const size_t place = what.find(by);
  if (place == std::string::npos) return std::nullopt;
  return std::pair(what.substr(0, place), what.substr(place + by.size()));
}

/// What is missing, or cannot stand together, with the cause and the fix.
OptionError grammar_error(const CLI::App& command, const CLI::ParseError& error) {
  const std::string what = error.what();
  const ErrorDetail help = help_of(command.get_name());
  if (const auto two = parted(what, " excludes ")) {
    return OptionError(
        fmt::format("{} and {} cannot stand together", two->first, two->second),
        {{"why", "each asks for something of its own"}, {"fix", fmt::format("leave out one of them")}, help});
  }
  if (const auto two = parted(what, " requires ")) {
    return OptionError(what, {{"why", fmt::format("it says something about {}", two->second)},
                              {"fix", fmt::format("{} … {}", two->second, two->first)},
                              help});
  }
  std::vector<ErrorDetail> details;
  const std::string example = example_of(command);
  if (dynamic_cast<const CLI::RequiredError*>(&error) && !example.empty())
    details.push_back({"fix", example});
  details.push_back(help);
  return OptionError(what, std::move(details));
}

/// The command that was typed, if any.
const CLI::App* chosen_command(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? nullptr : chosen.front();
}

}  // namespace

OptionError command_line_error(const CLI::App& app, const CLI::ParseError& error) {
  if (const Names stray = app.remaining(); !stray.empty()) {
    return is_option(stray[0]) ? option_before_command(app, stray[0])
                               : unknown_command(stray[0], command_names(app));
  }
  const CLI::App* command = chosen_command(app);
  if (!command) return no_command(command_names(app));
  const Names stray = command->remaining();
  const auto option = std::find_if(stray.begin(), stray.end(), is_option);
  if (option != stray.end()) return unknown_option(*command, *option);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) && !stray.empty()) {
    return surplus_word(*command, stray[0]);
  }
  return grammar_error(*command, error);
}

bool asks_for_json(const CLI::App& app) {
  const CLI::App* command = chosen_command(app);
  return command && command->count("--json") > 0;
}

}  // namespace runnel::cli
