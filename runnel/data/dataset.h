#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runnel/data/table.h"
#include "runnel/text/tokenizer.h"
#include "runnel/text/vocabulary.h"

namespace runnel {

/// A text and its label as a network takes them.
struct TextExample {
  std::vector<int32_t> ids;  ///< the words' numbers, [seq]; may be empty
  int32_t label = 0;         ///< an index into the list of labels
  int64_t row = 0;           ///< the row of the table that it was made from
};

struct TextDataset {
  std::vector<TextExample> examples;
  std::vector<std::string> labels;  ///< what the numbers of labels mean

  int64_t size() const { return static_cast<int64_t>(examples.size()); }
};

/// Which columns of a table hold the text and the label: indices as Table::column gives them.
struct TextColumns {
  int64_t text = 0;
  int64_t label = 1;
};

/// How texts and labels become numbers; made from the training rows and kept for all others.
struct TextCoding {
  Tokenizer tokenizer;
  Vocabulary vocabulary;
  std::vector<std::string> labels;
};

/// All rows of a table: 0 … row_count − 1.
std::vector<int64_t> all_rows(const Table& table);

/// The different labels of these rows, in the order of their bytes.
/// Throws  DataError for an empty label.
std::vector<std::string> label_list(const Table& table, std::span<const int64_t> rows, int64_t label_column);

/// How often each token occurs in the texts of these rows.
/// Throws  DataError when a row has no text.
TokenCounts count_tokens(const Table& table, std::span<const int64_t> rows, int64_t text_column,
                         const Tokenizer& tokenizer);

/// An example a row, in the order of `rows`.
/// Throws  DataError for a label that is not in `coding.labels`, naming its place and some that are.
TextDataset make_text_dataset(const Table& table, std::span<const int64_t> rows, const TextColumns& columns,
                              const TextCoding& coding);

}  // namespace runnel
