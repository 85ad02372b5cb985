#include <filesystem>
#include <fmt/format.h>
#include <memory>

#include "runnel/base/files.h"
#include "runnel/data/csv.h"

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/overwrite.h"
#include "cli/terminal.h"
#include "cli/text_data.h"

namespace runnel::cli {
namespace {

struct SplitArguments {
  std::string file, output, group, label = "label";
  std::vector<double> fractions{0.8, 0.1, 0.1};
  TableArguments table;
};

constexpr const char* kNames[] = {"train", "dev", "test"};

std::string csv_of(const Table& table, const std::vector<int64_t>& rows) {
  std::string content = to_csv_line(table.columns()) + "\n";
  for (const int64_t row : rows) {
    std::vector<std::string> fields;
    for (size_t column = 0; column < table.columns().size(); ++column) {
      fields.push_back(table.text(row, static_cast<int64_t>(column)));
    }
    content += to_csv_line(fields) + "\n";
  }
  return content;
}

std::string path_of(const SplitArguments& a, const char* part) {
  return (std::filesystem::path(a.output) / fmt::format("{}.csv", part)).string();
}

/// The options were checked before: what is wrong now is wrong with the rows.
Split split_rows_of(const Table& table, const SplitArguments& a, const SplitOptions& options) {
  const int64_t label = a.group.empty() ? column_of(table, "--label", a.label) : 0;
  try {
    return split_table(table, label, a.group, options);
  } catch (const OptionError& error) {
    throw errors::in_file(table.name(), error);
  }
}

/// Makes the folder. Throws  DataError unless all parts can be written: then none is.
void prepare_folder(const SplitArguments& a) {
  std::error_code error;
  std::filesystem::create_directories(a.output, error);
  if (error) throw errors::cannot_make_folder(a.output, error.message());
  for (const char* part : kNames) require_writable(path_of(a, part));
}

int split_command(const SplitArguments& a, const CommonOptions& common) {
  if (a.fractions.size() != std::size(kNames)) throw errors::not_three_fractions(a.fractions.size());
  const SplitOptions options{.fractions = a.fractions, .seed = common.seed};
  check_options(options);
  if (a.output.empty()) throw errors::no_output_name("--output");
  for (const char* part : kNames) refuse_to_overwrite({"--output", path_of(a, part)}, {{"DATA", a.file}});
  const Table table = read_text_table(a.file, a.table);
  const Split split = split_rows_of(table, a, options);
  prepare_folder(a);
  Json json;
  for (size_t part = 0; part < split.size(); ++part) {
    const std::string path = path_of(a, kNames[part]);
    write_file_atomically(path, csv_of(table, split[part]));
    json[kNames[part]] = {{"file", path}, {"rows", split[part].size()}};
    if (!common.json && !common.quiet) {
      print(fmt::format("{}: {} rows\n", path, with_thousands(static_cast<int64_t>(split[part].size()))));
    }
  }
  if (common.json) print_json(json);
  return kWell;
}

}  // namespace

void add_split(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<SplitArguments>();
  CLI::App* sub = add_command(app, common,
                              {.name = "split",
                               .summary = "Cut a file of rows into train.csv, dev.csv and test.csv",
                               .details = "Each part has the same share of every label; with --group, rows "
                                          "of one group are never in two parts,\n"
                                          "so that what was learned from a group is not asked about it "
                                          "again. The same --seed, the same parts.\n\n"
                                          "Example:\n  runnel split packages.csv --group source -o packages"},
                              [a, &common] { return split_command(*a, common); });
  sub->add_option("DATA", a->file, "The file of rows")->required()->check(some_name("a file"));
  sub->add_option("--output,-o", a->output, "The folder to write the parts into")->required();
  sub->add_option("--group", a->group, "A column; rows that share its value stay together")
      ->check(some_name("a column"));
  sub->add_option("--label", a->label, "The column of the label")
      ->check(some_name("a column"))
      ->capture_default_str();
  add_list_option(*sub, "--fractions", a->fractions, real_number(), "Of train, dev and test; together 1")
      ->default_str("0.8,0.1,0.1");
  add_format_options(*sub, a->table);
}

}  // namespace runnel::cli
