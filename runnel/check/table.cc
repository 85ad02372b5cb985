#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <map>

#include "runnel/check/check.h"
#include "runnel/check/check_error.h"
#include "runnel/explain/wording.h"
#include "runnel/model/input_shape.h"
#include "runnel/nn/embedding.h"
#include "runnel/tensor/axes.h"
#include "runnel/text/show.h"
#include "runnel/text/text_errors.h"

namespace runnel {
namespace {

/// A number, NaN for a cell without text or with what stands for that; nothing for any other text.
std::optional<double> number_in(const std::string& text) {
  const size_t begin = text.find_first_not_of(' '), end = text.find_last_not_of(' ');
  if (begin == std::string::npos) return std::numeric_limits<double>::quiet_NaN();
  for (const char* missing : {"NA", "N/A", "null", "None"}) {
    if (text.compare(begin, end + 1 - begin, missing) == 0) return std::numeric_limits<double>::quiet_NaN();
  }
  double value = 0;
  const char* last = text.data() + end + 1;
  const auto [stop, error] = std::from_chars(text.data() + begin + (text[begin] == '+' ? 1 : 0), last, value);
  return stop == last && error == std::errc() ? std::optional(value) : std::nullopt;
}

/// Whether the names of the columns are numbers, and not those that count them from 0 or 1.
bool header_has_numbers(const std::vector<std::string>& names) {
  bool counting = true;
  const double first = number_in(names.front()).value_or(2);
  for (size_t i = 0; i < names.size(); ++i) {
    const std::optional<double> number = number_in(names[i]);
    if (!number || std::isnan(*number)) return false;
    counting = counting && (first == 0 || first == 1) && *number == first + static_cast<double>(i);
  }
  return !counting;
}

/// Columns whose first filled cell is a number; the others are told.
std::vector<int64_t> number_columns(const Table& table, std::vector<Finding>& findings) {
  std::vector<int64_t> columns;
  if (table.row_count() == 0) return columns;
  for (int64_t column = 0; column < static_cast<int64_t>(table.columns().size()); ++column) {
    int64_t row = 0;
    const auto missing = [&] { return std::isnan(number_in(table.text(row, column)).value_or(0)); };
    while (row + 1 < table.row_count() && missing()) ++row;
    if (number_in(table.text(row, column))) {
      columns.push_back(column);
    } else {
      findings.push_back({Severity::warning, "column_of_text",
                          errors::column_of_text(table.name(), table.columns()[static_cast<size_t>(column)],
                                                 table.text(row, column))});
    }
  }
  return columns;
}

Array array_of_numbers(const std::vector<double>& values, std::vector<int64_t> shape) {
  bool whole = true;
  for (const double value : values) whole = whole && value == std::floor(value) && std::abs(value) < 1e15;
  static_assert(std::endian::native == std::endian::little, "an Array's bytes are little-endian");
  std::string bytes(values.size() * sizeof(double), '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    const auto bits =
        whole ? static_cast<uint64_t>(static_cast<int64_t>(values[i])) : std::bit_cast<uint64_t>(values[i]);
    std::memcpy(bytes.data() + i * sizeof(bits), &bits, sizeof(bits));
  }
  return Array(whole ? DType::int64 : DType::float64, std::move(shape), std::move(bytes));
}

/// What the words of some texts are to a vocabulary.
struct WordCount {
  int64_t words = 0, unknown = 0, without_words = 0, longest = 0, shown = 0;
  std::string first_without, examples;

  void add(const std::vector<std::string>& tokens, const Vocabulary* vocabulary, const DataPlace& place) {
    words += static_cast<int64_t>(tokens.size());
    longest = std::max(longest, static_cast<int64_t>(tokens.size()));
    if (tokens.empty() && without_words++ == 0) first_without = place.to_string();
    for (const std::string& token : tokens) {
      if (!vocabulary || vocabulary->contains(token)) continue;
      ++unknown;
      const std::string quoted = in_quotes(token);
      if (shown < 5 && examples.find(quoted) == std::string::npos) {
        examples += (shown++ == 0 ? "" : ", ") + quoted;
      }
    }
  }
};

DataCheck start(const Network& network, const Table& table) {
  DataCheck check{.network = network.module->to_string()};
  check.arrays.push_back(
      {.name = table.name(), .dtype = "texts", .shape = {table.row_count()}, .least = {}, .most = {}});
  return check;
}

void finish(DataCheck& check, const Network& network, const Table& table, const WordCount& count) {
  Shape shape = input_shape(network);
  shape = shape.with_size(axes::batch, table.row_count()).with_size(axes::seq, count.longest);
  check.as_given = Reading{shape, fmt::format("{}, the longest of {}", counted(table.row_count(), "text"),
                                              counted(count.longest, "word"))};
  if (count.without_words > 0) {
    check.findings.push_back(
        {Severity::warning, "texts_without_words",
         errors::texts_without_words(count.without_words, table.row_count(), count.first_without)});
  }
}

}  // namespace

NumberTable numbers_of(const Table& table) {
  NumberTable numbers;
  const std::vector<int64_t> columns = number_columns(table, numbers.findings);
  if (columns.empty() || table.row_count() == 0) throw errors::no_numbers(table.name());
  if (header_has_numbers(table.columns())) {
    numbers.findings.push_back(
        {Severity::warning, "header_of_numbers", errors::header_of_numbers(table.name(), table.columns())});
  }
  std::vector<double> values;
  for (int64_t row = 0; row < table.row_count(); ++row) {
    for (const int64_t column : columns) {
      const auto value = number_in(table.text(row, column));
      if (!value) throw errors::not_a_number(table.place(row, column), table.text(row, column));
      values.push_back(*value);
    }
  }
  for (const int64_t column : columns) {
    const std::string& name = table.columns()[static_cast<size_t>(column)];
    numbers.array.features_named = numbers.array.features_named || !number_in(name);
    numbers.array.columns.push_back("column " + in_quotes(name));
  }
  numbers.array.name = table.name();
  numbers.array.array = array_of_numbers(values, {table.row_count(), static_cast<int64_t>(columns.size())});
  return numbers;
}

DataCheck check_texts(const CheckedNetwork& asked, const Table& table, int64_t column) {
  const Network& network = *asked.network;
  DataCheck check = start(network, table);
  const Tokenizer tokenizer;
  TokenCounts counts;
  WordCount words;
  for (int64_t row = 0; row < table.row_count(); ++row) {
    const std::vector<std::string> tokens = tokenizer.tokens(table.text(row, column));
    counts.add_all(tokens);
    words.add(tokens, nullptr, table.place(row, column));
  }
  const int64_t size = Vocabulary(counts).size();
  const Layer* reader = reading_layer(network);
  if (!network.reads_ids()) {
    const Shape wanted = input_shape(network);
    const int64_t features = wanted[wanted.rank() - 1].size;
    const std::string dim = features == Axis::kSymbolic ? "100" : std::to_string(features);
    check.findings.push_back(
        {Severity::fault, "texts_for_features",
         errors::texts_for_features(
             reader ? reader->label() : network.module->label(), wanted, table.row_count(),
             fmt::format("Embedding({}, {}) -> {}", size, dim, network.module->to_string()))});
    return check;
  }
  check.remarks.push_back(fmt::format(
      "Cut into words, the texts have {} different ones, <pad> and <unk> among them.", grouped(size)));
  finish(check, network, table, words);
  const int64_t rows = dynamic_cast<const Embedding*>(network.layers().front())->options().num_embeddings;
  if (rows != Axis::kSymbolic && rows < size) {
    check.findings.insert(
        check.findings.begin(),
        {Severity::fault, "id_past_vocabulary", errors::more_words_than_rows(reader->label(), size, rows)});
  }
  return check;
}

DataCheck check_texts(const TextClassifier& model, const Table& table, int64_t column) {
  DataCheck check = start(model.network, table);
  WordCount words;
  for (int64_t row = 0; row < table.row_count(); ++row) {
    words.add(model.tokenizer.tokens(table.text(row, column)), &model.vocabulary, table.place(row, column));
  }
  finish(check, model.network, table, words);
  if (words.unknown > 0) {
    check.findings.push_back({Severity::warning, "words_unknown",
                              errors::words_unknown(words.unknown, words.words, words.examples)});
  }
  return check;
}

}  // namespace runnel
