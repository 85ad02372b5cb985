#pragma once

#include <string>

#include "runnel/train/trainer.h"

#include "cli/text_data.h"

/// What `runnel train` is told, and the data that it makes of a file of rows.
namespace runnel::cli {

struct TrainArguments {
  std::string data;
  TableArguments table;
  std::string group;
  std::string dev;
  double dev_fraction = 0.1;
  std::string output;
  std::string model = "Embedding(100) -> Dropout(0.3) -> LSTM(128) -> last -> Dropout(0.3) -> Linear";
  std::string tokenizer = "words";
  bool keep_case = false;
  VocabularyOptions vocabulary;
  std::string vectors;
  TrainOptions options;
};

/// Refuses what cannot work before any data are read: options, the network, files that cannot be opened or
/// written.
void check_arguments(const TrainArguments& arguments);

/// The training and the dev examples, and the model that codes them, its network still missing.
struct Prepared {
  TextClassifier model;
  TextDataset train, dev;
};

/// Reads the rows, sets some aside to measure on, and makes vocabulary and labels of the others.
/// Throws  DataError for rows that cannot be used, and when none are left to measure on.
Prepared prepare(const TrainArguments& arguments, uint64_t seed);

}  // namespace runnel::cli
