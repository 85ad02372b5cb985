#include "runnel/check/check.h"

#include <memory>

#include "runnel/base/files.h"
#include "runnel/data/data_errors.h"
#include "runnel/formats/npy.h"
#include "runnel/formats/npz.h"
#include "runnel/nn/init.h"

#include "cli/asked.h"
#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/text_data.h"

namespace runnel::cli {
namespace {

struct CheckArguments {
  std::string network, data, lengths, array;
  TableArguments table{.text = ""};
  bool strict = false;
};

std::string shown(const std::string& path) { return path == "-" ? "standard input" : path; }

/// What --data is: arrays, or a table of rows.
struct CheckedFile {
  std::optional<DataToCheck> arrays = {};
  std::optional<Table> table = {};
};

constexpr const char* kLengths = "lengths";

/// The array of this name; of an .npz without it, the only one that it has besides lengths.
CheckedArray array_in(const NamedArrays& arrays, const std::string& name, const std::string& file) {
  const Array* found = arrays.find(name);
  size_t others = 0;
  for (size_t i = 0; i < arrays.size() && !arrays.find(name); ++i) {
    if (arrays[i].name == kLengths) continue;
    found = ++others == 1 ? &arrays[i].array : nullptr;
  }
  if (!found) throw errors::no_such_array(file, name, arrays, name == kLengths ? "" : "--array");
  return {.name = file, .array = *found};
}

CheckedFile read_data(const CheckArguments& a) {
  const std::string bytes = read_file(a.data), name = shown(a.data);
  if (bytes.starts_with("PK")) {
    const NamedArrays arrays = read_npz(bytes, name);
    DataToCheck data{.data = array_in(arrays, a.array, name)};
    if (const Array* lengths = arrays.find(kLengths)) {
      data.lengths = CheckedArray{.name = name + ": lengths", .array = *lengths};
    }
    return {.arrays = data};
  }
  if (bytes.starts_with("\x93NUMPY")) {
    return {.arrays = DataToCheck{.data = {.name = name, .array = read_npy(bytes, name)}}};
  }
  if (bytes.empty()) throw errors::empty_file(name);
  const TableFormat format =
      a.data == "-" && a.table.format == "automatic" ? TableFormat::csv : parse_table_format(a.table.format);
  return {.table = parse_table(bytes, a.data == "-" ? name : a.data,
                               {.format = format, .header = !a.table.no_header})};
}

CheckedArray read_lengths_file(const std::string& path) {
  const std::string bytes = read_file(path), name = shown(path);
  if (bytes.starts_with("PK")) return array_in(read_npz(bytes, name), kLengths, name);
  return {.name = name, .array = read_npy(bytes, name)};
}

constexpr const char* kText = "text";  // the column that train looks for

/// Whether the rows are texts for a network: a column for them was named, or has the usual name.
bool holds_texts(const CheckArguments& a, const Table& table) {
  return !a.table.text.empty() ||
         std::find(table.columns().begin(), table.columns().end(), kText) != table.columns().end();
}

/// A model reads the column that it was trained on, unless another one is named.
DataCheck check_texts_of(const CheckArguments& a, const Table& table, const TextClassifier& model) {
  TableArguments arguments = a.table;
  fill_columns(arguments, model);
  return check_texts(model, table, column_of(table, "--text", arguments.text));
}

/// The network that is asked about. A model file's is inside the model.
struct NetworkToCheck {
  std::optional<TextClassifier> model = {};
  std::optional<PrintedLayers> printed = {};
  Network network = {};

  CheckedNetwork checked() const {
    return printed ? printed->checked() : CheckedNetwork{.network = model ? &model->network : &network};
  }
};

/// `data`: null for texts.
NetworkToCheck network_to_check(const std::string& word, const Asked& asked, const Array* data) {
  if (asked.model_file) return {.model = TextClassifier::load(word)};
  return read_text(asked, [&]() -> NetworkToCheck {
    const ShapesOnly shapes;  // only sizes matter
    if (!is_printed_model(asked.text)) return {.network = make_network(asked.text)};
    return {.printed = layers_of(parse_printed_model(asked.text), data)};
  });
}

DataCheck check_file(const CheckArguments& a) {
  const Asked asked = asked_by(a.network);
  CheckedFile file = read_data(a);
  std::vector<Finding> findings;
  if (file.table && (asked.model_file || holds_texts(a, *file.table))) {
    if (!a.lengths.empty()) throw CommandLineError(errors::lengths_of_texts());
    const NetworkToCheck network = network_to_check(a.network, asked, nullptr);
    if (network.model) return check_texts_of(a, *file.table, *network.model);
    const std::string column = a.table.text.empty() ? kText : a.table.text;
    return check_texts(network.checked(), *file.table, column_of(*file.table, "--text", column));
  }
  if (file.table) {
    NumberTable numbers = numbers_of(*file.table);
    file.arrays = DataToCheck{.data = std::move(numbers.array)};
    findings = std::move(numbers.findings);
  }
  if (!a.lengths.empty()) file.arrays->lengths = read_lengths_file(a.lengths);
  const NetworkToCheck network = network_to_check(a.network, asked, &file.arrays->data.array);
  DataCheck check = check_data(network.checked(), *file.arrays);
  check.findings.insert(check.findings.end(), findings.begin(), findings.end());
  return check;
}

int check_command(const CheckArguments& a, const CommonOptions& common) {
  if (a.network == "-" && a.data == "-") throw errors::standard_input_twice("NETWORK", "--data");
  if (a.network == "-" && a.lengths == "-") throw errors::standard_input_twice("NETWORK", "--lengths");
  if (a.data == "-" && a.lengths == "-") throw errors::standard_input_twice("--data", "--lengths");
  DataCheck check = check_file(a);
  if (a.strict) check.be_strict();
  print(common.json ? check_json(check) + "\n" : check_text(check));
  return check.fits() ? kWell : kDataAtFault;
}

}  // namespace

void add_check(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<CheckArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "check",
       .summary = "Say whether data are right for a network, and find mistakes that run without a word",
       .details = std::string(kNetworkHelp) + R"(
Tells which axis is which and how that was found, what fits and what does not, and what goes wrong in silence: the
axes in another order, one sequence for a batch, ids for features, padding, lengths.

A fault: the data do not fit, or would be read wrongly. A warning: something may not be meant, and the data alone do
not tell. A note: what code around such a network often does wrong with such data. Exit 1 when there is a fault, with
--strict also when there is a warning; else 0.

--data takes x.npy; an .npz with input and, if need be, lengths; or a table as train reads it: of texts, if it has the
column of --text, else of numbers, a row a step.

Examples:
  runnel check 'GRU(100, 20)' --data x.npy --lengths lengths.npy
  runnel check 'Embedding(5000, 100) -> LSTM(128) -> last -> Linear(6)' --data rows.csv --text description
  runnel check model.safetensors --data new.csv --strict && runnel predict model.safetensors new.csv
  python -c 'from net import model; print(model)' | runnel check - --data batch.npz)"},
      [a, &common] { return check_command(*a, common); });
  sub->add_option("NETWORK", a->network, "A network as text, or a file with one; - is standard input")
      ->required()
      ->check(some_name("a network"));
  sub->add_option("--data,-d", a->data, "The data: .npy, .npz, or a table; - is standard input")
      ->required()
      ->check(some_name("a file"));
  sub->add_option("--lengths", a->lengths, "An .npy with the length of each sequence, - is standard input")
      ->check(some_name("a file"));
  sub->add_flag("--strict", a->strict, "Warnings count as faults");
  sub->add_option("--array", a->array, "Which array of an .npz")
      ->default_val("input")
      ->check(some_name("an array"));
  sub->add_option(
         "--text", a->table.text,
         "The column of the text, by name or number (default: the model's own, or text, if there is one)")
      ->check(some_name("a column"));
  add_format_options(*sub, a->table);
}

}  // namespace runnel::cli
