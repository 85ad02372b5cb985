#include "runnel/data/dataset.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>
#include <unordered_map>

#include "runnel/data/data_errors.h"

namespace runnel {

std::vector<int64_t> all_rows(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.row_count()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

std::vector<std::string> label_list(const Table& table, std::span<const int64_t> rows, int64_t label_column) {
  std::set<std::string_view> labels;
  for (int64_t row : rows) {
    const std::string& label = table.text(row, label_column);
    if (label.empty()) throw errors::empty_label(table.place(row, label_column));
    labels.insert(label);
  }
  return {labels.begin(), labels.end()};
}

TokenCounts count_tokens(const Table& table, std::span<const int64_t> rows, int64_t text_column,
                         const Tokenizer& tokenizer) {
  TokenCounts counts;
  for (int64_t row : rows) counts.add_all(tokenizer.tokens(table.text(row, text_column)));
  return counts;
}

TextDataset make_text_dataset(const Table& table, std::span<const int64_t> rows, const TextColumns& columns,
                              const TextCoding& coding) {
  std::unordered_map<std::string_view, int32_t> label_ids;
  for (const std::string& label : coding.labels) {
    label_ids.emplace(label, static_cast<int32_t>(label_ids.size()));
  }
  TextDataset dataset{.examples = {}, .labels = coding.labels};
  dataset.examples.reserve(rows.size());
  for (int64_t row : rows) {
    const std::string& label = table.text(row, columns.label);
    const auto known = label_ids.find(label);
    if (known == label_ids.end()) {
      throw errors::unknown_label(table.place(row, columns.label), label, coding.labels);
    }
    const std::vector<std::string> tokens = coding.tokenizer.tokens(table.text(row, columns.text));
    dataset.examples.push_back({.ids = coding.vocabulary.ids(tokens), .label = known->second, .row = row});
  }
  return dataset;
}

}  // namespace runnel
