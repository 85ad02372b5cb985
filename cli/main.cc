#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <new>
#include <sstream>

#include "runnel/kernels/target.h"

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/command_line_error.h"
#include "cli/output.h"

namespace runnel::cli {
namespace {

int report(const Error& error, bool json) {
  if (json) print_json({{"error", json_of(error)}});
  if (!json || output_failure()) remark(fmt::format("runnel: {}\n", error.what()));
  const bool command_line =
      dynamic_cast<const CommandLineError*>(&error) || dynamic_cast<const OptionError*>(&error);
  return command_line ? kCommandLineAtFault : kDataAtFault;
}

/// Prints the help or the version, or what is wrong with the command line.
int report(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0) return report(command_line_error(app, error), asks_for_json(app));
  std::ostringstream text;
  app.exit(error, text, text);
  print(text.str());
  return kWell;
}

/// Throws  OptionError for a variable of the environment that cannot be; an empty one counts as none
void use_environment() {
  if (const char* target = std::getenv("RUNNEL_TARGET"); target && *target != '\0')
    kernels::use_target(target);
  const char* variable = std::getenv("RUNNEL_THREADS");
  const std::string threads = variable ? variable : "";  // the library reads it for itself
  const std::string fault = threads.empty() ? "" : thread_counts()(threads);
  if (!fault.empty()) throw errors::bad_threads_variable(fault);
}

int run(int argc, char** argv) {
  CLI::App app("Runnel: recurrent neural networks. Train on a text file, predict, explain every shape.",
               "runnel");
  app.set_version_flag("--version", "runnel " RUNNEL_VERSION);
  app.require_subcommand(1);
  app.footer(
      "runnel COMMAND --help tells all of a command, with an example; runnel explain --terms, what the words "
      "mean.\n\n"
      "The environment: RUNNEL_THREADS, as --threads; RUNNEL_TARGET, the instruction set (avx512, avx2,\n"
      "sse4, neon, portable) in place of the best; NO_COLOR.\n\n"
      "Exit codes: 0 well; 1 the data or the model is at fault; 2 the command line is; 130 Ctrl-C.");
  CommonOptions common;
  add_train(app, common);
  add_predict(app, common);
  add_evaluate(app, common);
  add_run(app, common);
  add_explain(app, common);
  add_check(app, common);
  add_trace(app, common);
  add_bench(app, common);
  add_inspect(app, common);
  add_words(app, common);
  add_split(app, common);
  try {
    use_environment();
    app.parse(argc, argv);
    return exit_code();
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  } catch (const Error& error) {
    return report(error, common.json);
  } catch (const std::bad_alloc&) {
    return report(errors::out_of_memory(), common.json);
  }
}

/// Whatever a command does, an answer that nobody got is a failure.
int run_and_check_output(int argc, char** argv) {
  prepare_streams();
  const int code = run(argc, argv);
  const auto failure = output_failure();
  return code == kWell && failure ? report(*failure, /*json=*/false) : code;
}

}  // namespace
}  // namespace runnel::cli

int main(int argc, char** argv) {
  try {
    return runnel::cli::run_and_check_output(argc, argv);
  } catch (...) {  // nothing is expected here, but a program must not end in std::terminate
    std::fputs("runnel: an unexpected error\n", stderr);
    return runnel::cli::kDataAtFault;
  }
}
