#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <numeric>

#include "runnel/base/spelling.h"
#include "runnel/model/text_classifier.h"
#include "runnel/nn/embedding.h"

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

struct WordsArguments {
  std::string model;
  std::vector<std::string> words;
  int64_t nearest = 0;
};

/// The rows of an Embedding, scaled to length 1, so that a dot product is the cosine of the angle between
/// two words.
class UnitVectors {
 public:
  explicit UnitVectors(const Tensor& weight)
      : rows_(weight.shape()[0].size),
        dim_(weight.shape()[1].size),
        values_(weight.values().begin(), weight.values().end()) {
    for (int64_t row = 0; row < rows_; ++row) {
      double* vector = values_.data() + row * dim_;
      const double length = std::sqrt(std::inner_product(vector, vector + dim_, vector, 0.0));
      for (int64_t i = 0; i < dim_ && length > 0; ++i) vector[i] /= length;
    }
  }

  double cosine(int64_t a, int64_t b) const {
    const double* vector = values_.data() + a * dim_;
    return std::inner_product(vector, vector + dim_, values_.data() + b * dim_, 0.0);
  }
  /// The `most` nearest words to one, itself and the two special ones aside.
  std::vector<int64_t> nearest(int64_t to, int64_t most) const {
    std::vector<int64_t> others;
    for (int64_t row = Vocabulary::kUnk + 1; row < rows_; ++row) {
      if (row != to) others.push_back(row);
    }
    std::vector<double> similarity(static_cast<size_t>(rows_));
    for (const int64_t row : others) similarity[static_cast<size_t>(row)] = cosine(to, row);
    std::stable_sort(others.begin(), others.end(), [&](int64_t a, int64_t b) {
      return similarity[static_cast<size_t>(a)] > similarity[static_cast<size_t>(b)];
    });
    others.resize(std::min(others.size(), static_cast<size_t>(most)));
    return others;
  }

 private:
  int64_t rows_, dim_;
  std::vector<double> values_;
};

std::string cosine_text(double cosine) { return fmt::format("{:.3f}", cosine); }

/// The word as the model spells it. Throws  DataError for one that it does not know.
std::string known_word(const TextClassifier& model, const std::string& word, const std::string& file) {
  for (const std::string& spelling : {word, fmt::format("{}", fmt::join(model.tokenizer.tokens(word), ""))}) {
    if (model.vocabulary.contains(spelling)) return spelling;
  }
  const std::vector<std::string>& tokens = model.vocabulary.tokens();
  throw errors::unknown_word(
      file, word, nearest_spelling(word, std::span(tokens).subspan(Vocabulary::kUnk + 1)).value_or(""));
}

int words_command(const WordsArguments& a, const CommonOptions& common) {
  const TextClassifier model = TextClassifier::load(a.model);
  const auto* embedding = dynamic_cast<const Embedding*>(model.network.layers().front());
  const UnitVectors vectors(embedding->weight().value());
  std::vector<std::string> words;
  for (const std::string& word : a.words) words.push_back(known_word(model, word, a.model));
  Json json;
  std::vector<std::vector<std::string>> rows;
  if (a.nearest > 0) {
    for (const std::string& word : words) {
      const int64_t id = model.vocabulary.id(word);
      Json list = Json::array();
      for (const int64_t other : vectors.nearest(id, a.nearest)) {
        list.push_back({{"word", model.vocabulary.token(other)}, {"cosine", vectors.cosine(id, other)}});
        rows.push_back({word, model.vocabulary.token(other), cosine_text(vectors.cosine(id, other))});
      }
      json["nearest"][word] = list;
    }
  } else {
    rows.push_back({""});
    rows[0].insert(rows[0].end(), words.begin(), words.end());
    for (const std::string& first : words) {
      rows.push_back({first});
      for (const std::string& second : words) {
        const double cosine = vectors.cosine(model.vocabulary.id(first), model.vocabulary.id(second));
        json["cosine"][first][second] = cosine;
        rows.back().push_back(cosine_text(cosine));
      }
    }
  }
  if (common.json) {
    print_json(json);
  } else {
    print(aligned(rows));
  }
  return kWell;
}

}  // namespace

void add_words(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<WordsArguments>();
  CLI::App* sub = add_command(app, common,
                              {.name = "words",
                               .summary = "Compare the words of a model: cosines, nearest neighbours",
                               .details = "The cosine of the angle between two word vectors: 1 the same "
                                          "direction, 0 unrelated, -1 opposite.\n\n"
                                          "Examples:\n  runnel words model.safetensors cat kitten train\n"
                                          "  runnel words model.safetensors editor --nearest 10"},
                              [a, &common] { return words_command(*a, common); });
  sub->add_option("MODEL", a->model, "A model file that runnel train wrote")
      ->required()
      ->check(some_name("a file"));
  sub->add_option("WORDS", a->words, "The words")->required();
  sub->add_option("--nearest", a->nearest, "List so many nearest words of each")
      ->transform(whole_number<int64_t>(1));
}

}  // namespace runnel::cli
