#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/explain/error_json.h"

/// What every subcommand is made of. A subcommand is one file, cli/NAME.cc, with one function add_NAME
/// that declares its options and what it does.
namespace runnel::cli {

/// The options that every subcommand takes.
struct CommonOptions {
  int threads = 0;  ///< 0: as many as the library finds
  uint64_t seed = 0;
  bool json = false;
  bool quiet = false;
  std::string color = "auto";
};

/// Exit codes.
inline constexpr int kWell = 0, kDataAtFault = 1, kCommandLineAtFault = 2, kInterrupted = 130;

/// A subcommand with its options; `run` is called when it is chosen and gives the exit code.
struct Command {
  std::string name;
  std::string summary;  ///< one line, for `runnel --help`
  std::string details;  ///< below the options in `runnel NAME --help`: what goes in and out, an example
};

/// Adds a subcommand that takes the common options. Its own options are then added to the result.
CLI::App* add_command(CLI::App& app, CommonOptions& common, const Command& command, std::function<int()> run);

/// An option whose text may be empty: given as '' it is given, which CLI11 takes for not given when it fills an optional.
/// `to` must live until the command runs.
CLI::Option* add_text_option(CLI::App& sub, const std::string& names, std::optional<std::string>& to,
                             const std::string& help);

/// What a whole number may be; empty where only its type bounds it.
struct WholeNumbers {
  std::string least, most;
};
/// "expected a whole number, 1 or more, got 0"
std::string not_among(const WholeNumbers& allowed, const std::string& text);
/// "expected at most 9223372036854775807, got 10000000000000000000"
std::string too_large(const std::string& most, const std::string& text);

/// For ->transform of every option that is a whole number: in decimal, from `least` to `most`. CLI11 by itself takes
/// -1 for 2^64 - 1, cuts off what does not fit, and reads 010 as 8.
template <class Int>
CLI::Validator whole_number(Int least = std::numeric_limits<Int>::min(),
                            Int most = std::numeric_limits<Int>::max()) {
  const auto read = [least, most](std::string& text) -> std::string {
    const bool bounded = most != std::numeric_limits<Int>::max();
    const bool any_sign = std::is_signed_v<Int> && least == std::numeric_limits<Int>::min();
    Int value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (stop == end && error == std::errc::result_out_of_range && !bounded && text[0] != '-') {
      return too_large(std::to_string(most), text);
    }
    if (stop != end || error != std::errc() || value < least || value > most) {
      return not_among({any_sign ? "" : std::to_string(least), bounded ? std::to_string(most) : ""}, text);
    }
    text = std::to_string(value);
    return "";
  };
  return CLI::Validator(read, "");
}
/// The pieces of `5,2,7`; an empty piece is one too.
std::vector<std::string> pieces_of(const std::string& list);
/// For ->check of an option that is such a list: `each` looks at every piece, which CLI11 does not at an empty one.
CLI::Validator list_of(const CLI::Validator& each);
/// An option that is such a list; it may be given again, with more. `to` must live until the command runs.
template <class T>
CLI::Option* add_list_option(CLI::App& sub, const std::string& names, std::vector<T>& to,
                             const CLI::Validator& each, const std::string& help) {
  const auto fill = [&to, each](const std::vector<std::string>& lists) {
    to.clear();
    for (const std::string& list : lists) {
      for (std::string& piece : pieces_of(list)) {
        each(piece);  // a transform writes the number as all read it
        CLI::detail::lexical_cast(piece, to.emplace_back());
      }
    }
  };
  return sub.add_option_function<std::vector<std::string>>(names, fill, help)
      ->allow_extra_args(false)
      ->check(list_of(each));
}
/// For ->check of every option that is a number: "expected a number from 0.001 to 0.9, got 1.5".
CLI::Validator real_number(double least = -std::numeric_limits<double>::infinity(),
                           double most = std::numeric_limits<double>::infinity());
/// For ->check of every option that is one of some words: "expected auto, always or never, got alway".
CLI::Validator one_of(std::vector<std::string> words);
/// For ->check of every option that names something, "a file": '' is no name. CLI11 by itself takes it for not given.
CLI::Validator some_name(const std::string& what);

/// What --threads and RUNNEL_THREADS may be.
CLI::Validator thread_counts();

/// An error that is the command line's fault: exit code 2.
class CommandLineError : public Error {
 public:
  explicit CommandLineError(const Error& error)
      : Error(error.summary(), error.details()), kind_(error.kind()), json_(error_json(error)) {}
  std::string_view kind() const override { return kind_; }
  /// Its fields, those of its own class among them.
  const std::string& json() const { return json_; }

 private:
  std::string kind_;
  std::string json_;
};

/// Does what makes sense of an argument; whatever Error it throws is the command line's fault.
template <class Function>
auto from_command_line(const Function& function) {
  try {
    return function();
  } catch (const Error& error) {
    throw CommandLineError(error);
  }
}

using Json = nlohmann::ordered_json;
/// The fields of an error: kind, summary, details, and its place where it has one.
Json json_of(const Error& error);

/// JSON as one line.
std::string json_line(const Json& value);
/// Prints it.
void print_json(const Json& value);

/// The exit code that the chosen subcommand gave.
int& exit_code();

void add_train(CLI::App& app, CommonOptions& common);
void add_predict(CLI::App& app, CommonOptions& common);
void add_evaluate(CLI::App& app, CommonOptions& common);
void add_run(CLI::App& app, CommonOptions& common);
void add_explain(CLI::App& app, CommonOptions& common);
void add_trace(CLI::App& app, CommonOptions& common);
void add_check(CLI::App& app, CommonOptions& common);
void add_bench(CLI::App& app, CommonOptions& common);
void add_inspect(CLI::App& app, CommonOptions& common);
void add_words(CLI::App& app, CommonOptions& common);
void add_split(CLI::App& app, CommonOptions& common);

}  // namespace runnel::cli
