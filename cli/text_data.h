#pragma once

#include <string>
#include <vector>

#include "runnel/data/dataset.h"
#include "runnel/data/read_table.h"
#include "runnel/data/split.h"
#include "runnel/model/text_classifier.h"

#include "cli/command.h"

/// Files of labelled texts, as train, evaluate and split read them.
namespace runnel::cli {

struct TableArguments {
  std::string text = "text";
  std::string label = "label";
  std::string format = "automatic";
  bool no_header = false;
};

/// --text, --label, --format, --no-header
void add_table_options(CLI::App& sub, TableArguments& arguments);
/// --format and --no-header alone.
void add_format_options(CLI::App& sub, TableArguments& arguments);

Table read_text_table(const std::string& path, const TableArguments& arguments);
/// Throws  DataError that tells how to name a column by the option, `--label`
int64_t column_of(const Table& table, const std::string& option, const std::string& name);
/// What the model was trained on says which columns to read, unless the command line does: empty names are filled.
void fill_columns(TableArguments& table, const TextClassifier& model);
TextColumns columns_of(const Table& table, const TableArguments& arguments);

/// By group when `group` names a column, else stratified by label.
Split split_table(const Table& table, int64_t label_column, const std::string& group,
                  const SplitOptions& options);

/// The model's tokenizer, vocabulary and labels.
TextCoding coding_of(const TextClassifier& model);

/// Rows as a model sees them, and how many it cannot: their label was not there when it was trained.
struct KnownRows {
  TextDataset dataset;
  int64_t unknown_labels = 0;
  std::string first_unknown = {};  ///< the label of the first such row
};
KnownRows known_rows(const Table& table, const TextColumns& columns, const TextClassifier& model);

}  // namespace runnel::cli
