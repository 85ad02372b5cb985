#include "cli/command.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

#include "runnel/base/random.h"
#include "runnel/base/spelling.h"
#include "runnel/base/thread_pool.h"

#include "cli/output.h"

namespace runnel::cli {

int& exit_code() {
  static int code = kWell;
  return code;
}

std::string not_among(const WholeNumbers& allowed, const std::string& text) {
  std::string range;
  if (!allowed.least.empty()) range = fmt::format(", {} or more", allowed.least);
  if (!allowed.most.empty()) range = fmt::format(" from {} to {}", allowed.least, allowed.most);
  return fmt::format("expected a whole number{}, got {}", range, text.empty() ? "''" : text);
}

std::string too_large(const std::string& most, const std::string& text) {
  return fmt::format("expected at most {}, got {}", most, text);
}

std::vector<std::string> pieces_of(const std::string& list) {
  std::vector<std::string> pieces{""};
  for (const char c : list) {
    if (c == ',') {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

CLI::Validator list_of(const CLI::Validator& each) {
  const auto fault = [each](const std::string& list) -> std::string {
    for (std::string& piece : pieces_of(list)) {
      if (std::string found = each(piece); !found.empty()) return found;
    }
    return "";
  };
  return CLI::Validator(fault, "");
}

CLI::Validator real_number(double least, double most) {
  const auto fault = [least, most](const std::string& text) -> std::string {
    const std::string_view digits = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
    double value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && stop == digits.data() + digits.size();
    const bool bounded = std::isfinite(least) && std::isfinite(most);
    if (whole && !bounded) return "";
    if (whole && value >= least && value <= most) return "";
    return fmt::format("expected a number{}, got {}",
                       bounded ? fmt::format(" from {} to {}", least, most) : "", text.empty() ? "''" : text);
  };
  return CLI::Validator(fault, "");
}

CLI::Validator one_of(std::vector<std::string> words) {
  const auto fault = [words = std::move(words)](const std::string& text) -> std::string {
    if (std::find(words.begin(), words.end(), text) != words.end()) return "";
    const auto near = nearest_spelling(text, words);
    const auto but_last = std::span(words).first(words.size() - 1);
    return fmt::format("expected {} or {}, got {}{}", fmt::join(but_last, ", "), words.back(), text,
                       near ? fmt::format("; did you mean {}?", *near) : "");
  };
  return CLI::Validator(fault, "");
}

CLI::Validator some_name(const std::string& what) {
  return CLI::Validator(
      [what](const std::string& text) {
        return text.empty() ? fmt::format("expected {}, got ''", what) : "";
      },
      "");
}

CLI::Validator thread_counts() { return whole_number(1, 1024); }

CLI::Option* add_text_option(CLI::App& sub, const std::string& names, std::optional<std::string>& to,
                             const std::string& help) {
  return sub.add_option_function<std::string>(names, [&to](const std::string& text) { to = text; }, help);
}

CLI::App* add_command(CLI::App& app, CommonOptions& common, const Command& command,
                      std::function<int()> run) {
  CLI::App* sub = app.add_subcommand(command.name, command.summary);
  sub->footer(command.details);
  const std::string group = "Common options";
  sub->add_option("--threads", common.threads, "Threads to compute with (default: all processors)")
      ->transform(thread_counts())
      ->group(group);
  sub->add_option("--seed", common.seed, "Seed of everything random (default 0)")
      ->transform(whole_number<uint64_t>())
      ->group(group);
  sub->add_flag("--json", common.json, "Print data instead of prose")->group(group);
  sub->add_flag("--quiet,-q", common.quiet, "No progress, no notes")->group(group);
  sub->add_option("--color", common.color, "auto, always or never; NO_COLOR counts as never")
      ->check(one_of({"auto", "always", "never"}))
      ->group(group);
  sub->callback([&common, run = std::move(run)] {
    if (common.threads > 0) set_thread_count(common.threads);
    manual_seed(common.seed);
    exit_code() = run();
  });
  return sub;
}

Json json_of(const Error& error) {
  const auto* command_line = dynamic_cast<const CommandLineError*>(&error);
  return Json::parse(command_line ? command_line->json() : error_json(error));
}

std::string json_line(const Json& value) {
  // Texts come from files that were checked, but an argument of the command line may be any bytes.
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print_json(const Json& value) { print(json_line(value)); }

}  // namespace runnel::cli
