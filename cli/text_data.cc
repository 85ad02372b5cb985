#include "cli/text_data.h"

#include <algorithm>

#include "cli/cli_error.h"

namespace runnel::cli {

void add_format_options(CLI::App& sub, TableArguments& arguments) {
  sub.add_option("--format", arguments.format,
                 "csv, tsv, jsonl or text; automatic: by the end of the file's name")
      ->check(one_of({"automatic", "csv", "tsv", "jsonl", "text"}))
      ->capture_default_str();
  sub.add_flag("--no-header", arguments.no_header, "The first row is data; columns are numbered from 1");
}

void add_table_options(CLI::App& sub, TableArguments& arguments) {
  sub.add_option("--text", arguments.text, "The column of the text, by name or number")
      ->check(some_name("a column"))
      ->capture_default_str();
  sub.add_option("--label", arguments.label, "The column of the label, by name or number")
      ->check(some_name("a column"))
      ->capture_default_str();
  add_format_options(sub, arguments);
}

Table read_text_table(const std::string& path, const TableArguments& arguments) {
  return read_table(path, {.format = parse_table_format(arguments.format), .header = !arguments.no_header});
}

int64_t column_of(const Table& table, const std::string& option, const std::string& name) {
  if (!table.has_column(name)) throw errors::no_column_for(option, name, table);
  return table.column(name);
}

TextColumns columns_of(const Table& table, const TableArguments& arguments) {
  return {.text = column_of(table, "--text", arguments.text),
          .label = column_of(table, "--label", arguments.label)};
}

void fill_columns(TableArguments& table, const TextClassifier& model) {
  const auto fill = [&](std::string& column, const char* note, const char* otherwise) {
    if (!column.empty()) return;
    const auto found = model.notes.find(note);
    column = found == model.notes.end() ? otherwise : found->second;
  };
  fill(table.text, "text_column", "text");
  fill(table.label, "label_column", "label");
}

Split split_table(const Table& table, int64_t label_column, const std::string& group,
                  const SplitOptions& options) {
  if (!group.empty()) return split_by_group(table.texts(column_of(table, "--group", group)), options);
  return split_stratified(table.texts(label_column), options);
}

TextCoding coding_of(const TextClassifier& model) {
  return {model.tokenizer, model.vocabulary, model.labels};
}

KnownRows known_rows(const Table& table, const TextColumns& columns, const TextClassifier& model) {
  std::vector<int64_t> known;
  std::string unknown;
  for (const int64_t row : all_rows(table)) {
    const std::string& label = table.text(row, columns.label);
    if (std::binary_search(model.labels.begin(), model.labels.end(), label)) {
      known.push_back(row);
    } else if (unknown.empty()) {
      unknown = label;
    }
  }
  return {make_text_dataset(table, known, columns, coding_of(model)),
          table.row_count() - static_cast<int64_t>(known.size()), unknown};
}

}  // namespace runnel::cli
