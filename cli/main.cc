#include <cstdio>
#include <fmt/format.h>
#include <new>

#include "cli/command.h"

namespace runnel::cli {
namespace {

int report(const Error& error, bool json) {
  if (json) {
    print_json({{"error", json_of(error)}});
  } else {
    fmt::print(stderr, "runnel: {}\n", error.what());
  }
  const bool command_line =
      dynamic_cast<const CommandLineError*>(&error) || dynamic_cast<const OptionError*>(&error);
  return command_line ? kCommandLineAtFault : kDataAtFault;
}

int run(int argc, char** argv) {
  CLI::App app("Runnel: recurrent neural networks. Train on a text file, predict, explain every shape.",
               "runnel");
  app.set_version_flag("--version", "runnel " RUNNEL_VERSION);
  app.require_subcommand(1);
  app.footer(
      "runnel COMMAND --help tells all of a command, with an example.\n\n"
      "Exit codes: 0 well; 1 the data or the model is at fault; 2 the command line is.");
  CommonOptions common;
  add_train(app, common);
  add_predict(app, common);
  add_evaluate(app, common);
  add_run(app, common);
  add_explain(app, common);
  add_inspect(app, common);
  add_words(app, common);
  add_split(app, common);
  try {
    app.parse(argc, argv);
    return exit_code();
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);  // prints help, version or what is wrong
    return code == 0 ? kWell : kCommandLineAtFault;
  } catch (const Error& error) {
    return report(error, common.json);
  } catch (const std::bad_alloc&) {
    return report(Error("there is not enough memory"), common.json);
  }
}

}  // namespace
}  // namespace runnel::cli

int main(int argc, char** argv) {
  try {
    return runnel::cli::run(argc, argv);
  } catch (...) {  // nothing is expected here, but a program must not end in std::terminate
    std::fputs("runnel: an unexpected error\n", stderr);
    return runnel::cli::kDataAtFault;
  }
}
