#include "cli/train_data.h"

#include <fmt/format.h>
#include <set>

#include "runnel/base/files.h"

#include "cli/cli_error.h"
#include "cli/overwrite.h"

namespace runnel::cli {
namespace {

/// Rows to train on and rows to measure on.
Split split_off_dev(const Table& table, int64_t label_column, const TrainArguments& a, uint64_t seed) {
  const bool by_group = !a.group.empty();
  std::vector<std::string> units =
      table.texts(by_group ? column_of(table, "--group", a.group) : label_column);
  const bool one = by_group ? std::set(units.begin(), units.end()).size() == 1 : units.size() == 1;
  if (one) throw errors::dev_is_empty(table.name(), a.group);
  return split_table(table, label_column, a.group,
                     {.fractions = {1 - a.dev_fraction, a.dev_fraction}, .seed = seed});
}

}  // namespace

void check_arguments(const TrainArguments& a) {
  check_options(a.options);
  check_options(a.vocabulary);
  parse_tokenizer_kind(a.tokenizer);
  from_command_line([&] { TextClassifier::check_chain(a.model); });
  if (a.data == "-" && a.dev == "-") throw errors::standard_input_twice("DATA", "--dev");
  refuse_to_overwrite({"--output", a.output}, {{"DATA", a.data}, {"--dev", a.dev}, {"--vectors", a.vectors}});
  require_writable(a.output);
  if (!a.dev.empty()) require_readable(a.dev);
  if (!a.vectors.empty()) require_readable(a.vectors);
}

Prepared prepare(const TrainArguments& a, uint64_t seed) {
  const Table table = read_text_table(a.data, a.table);
  const TextColumns columns = columns_of(table, a.table);
  std::vector<int64_t> train_rows = all_rows(table), dev_rows;
  if (a.dev.empty()) {
    const Split split = split_off_dev(table, columns.label, a, seed);
    train_rows = split[0];
    dev_rows = split[1];
  }
  const Table dev_table = a.dev.empty() ? table : read_text_table(a.dev, a.table);
  const TextColumns dev_columns = columns_of(dev_table, a.table);
  if (!a.dev.empty()) dev_rows = all_rows(dev_table);
  Prepared p;
  p.model.tokenizer = Tokenizer({.kind = parse_tokenizer_kind(a.tokenizer), .lowercase = !a.keep_case});
  p.model.vocabulary =
      Vocabulary(count_tokens(table, train_rows, columns.text, p.model.tokenizer), a.vocabulary);
  // A rare label may stand on the dev side only; the model should know that there is such a thing.
  std::set<std::string> labels;
  for (std::string& label : label_list(table, train_rows, columns.label)) labels.insert(std::move(label));
  for (std::string& label : label_list(dev_table, dev_rows, dev_columns.label))
    labels.insert(std::move(label));
  p.model.labels.assign(labels.begin(), labels.end());
  p.model.notes = {{"text_column", a.table.text}, {"label_column", a.table.label}};
  const TextCoding coding = coding_of(p.model);
  p.train = make_text_dataset(table, train_rows, columns, coding);
  p.dev = make_text_dataset(dev_table, dev_rows, dev_columns, coding);
  return p;
}

}  // namespace runnel::cli
