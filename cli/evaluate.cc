#include "runnel/train/evaluate.h"

#include <fmt/format.h>
#include <memory>

#include "runnel/data/naive_bayes.h"

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/text_data.h"

namespace runnel::cli {
namespace {

struct EvaluateArguments {
  std::string model, file, train;
  TableArguments table{.text = "", .label = ""};
};

/// Throws  DataError when there is no row with a label that the model knows
KnownRows read_rows(const std::string& path, const TableArguments& arguments, const TextClassifier& model) {
  const Table table = read_text_table(path, arguments);
  KnownRows rows = known_rows(table, columns_of(table, arguments), model);
  if (rows.dataset.size() == 0)
    throw errors::no_known_label(table.name(), model.labels, rows.first_unknown, arguments.label);
  return rows;
}

Json evaluation_json(const TextClassifier& model, const Evaluation& evaluation) {
  Json json{{"examples", evaluation.confusion.total()},
            {"loss", evaluation.loss},
            {"accuracy", evaluation.accuracy()},
            {"macro_f1", evaluation.macro_f1()},
            {"classes", Json::array()}};
  for (size_t label = 0; label < model.labels.size(); ++label) {
    const ClassMetrics m = evaluation.confusion.of_class(static_cast<int32_t>(label));
    json["classes"].push_back({{"label", model.labels[label]},
                               {"precision", m.precision},
                               {"recall", m.recall},
                               {"f1", m.f1},
                               {"examples", m.support},
                               {"predicted", m.predicted}});
  }
  return json;
}

std::string class_table(const TextClassifier& model, const Evaluation& evaluation) {
  std::vector<std::vector<std::string>> rows{{"class", "precision", "recall", "F1", "examples", "predicted"}};
  for (size_t label = 0; label < model.labels.size(); ++label) {
    const ClassMetrics m = evaluation.confusion.of_class(static_cast<int32_t>(label));
    if (m.support + m.predicted == 0) continue;
    rows.push_back({model.labels[label], percent(m.precision), percent(m.recall), percent(m.f1),
                    with_thousands(m.support), with_thousands(m.predicted)});
  }
  return aligned(rows);
}

int evaluate_command(const EvaluateArguments& arguments, const CommonOptions& common) {
  EvaluateArguments a = arguments;
  TextClassifier model = TextClassifier::load(a.model);
  fill_columns(a.table, model);
  const KnownRows read = read_rows(a.file, a.table, model);
  const TextDataset& dataset = read.dataset;
  const int64_t unknown = read.unknown_labels;
  const Evaluation evaluation = evaluate(model, dataset);
  // A row whose label the model never saw is answered wrongly, whatever the answer.
  const double known = static_cast<double>(dataset.size()) / static_cast<double>(dataset.size() + unknown);
  Json json = evaluation_json(model, evaluation);
  json["accuracy"] = evaluation.accuracy() * known;
  json["unknown_labels"] = unknown;
  std::vector<std::vector<std::string>> rows{{"accuracy", percent(evaluation.accuracy() * known)},
                                             {"macro F1", percent(evaluation.macro_f1())},
                                             {"loss", fmt::format("{:.4f}", evaluation.loss)}};
  if (!a.train.empty()) {
    const Baselines baselines = measure_baselines(read_rows(a.train, a.table, model).dataset, dataset);
    const std::string& majority = model.labels[static_cast<size_t>(baselines.majority.label)];
    json["majority_accuracy"] = baselines.majority.accuracy * known;
    json["naive_bayes_accuracy"] = baselines.naive_bayes_accuracy * known;
    rows.push_back(
        {fmt::format("accuracy of always \"{}\"", majority), percent(baselines.majority.accuracy * known)});
    rows.push_back({"accuracy of naive Bayes", percent(baselines.naive_bayes_accuracy * known)});
  }
  if (common.json) {
    print_json(json);
    return kWell;
  }
  if (!common.quiet) print(class_table(model, evaluation) + "\n");
  rows.insert(rows.begin(), {"examples", with_thousands(dataset.size() + unknown)});
  if (unknown > 0)
    rows.push_back({"with a label that the model does not know: wrong", with_thousands(unknown)});
  print(aligned(rows));
  return kWell;
}

}  // namespace

void add_evaluate(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<EvaluateArguments>();
  CLI::App* sub =
      add_command(app, common,
                  {.name = "evaluate",
                   .summary = "Measure a model on labelled texts",
                   .details = "Accuracy, macro F1 (the mean over the classes that occur) and, a row a class, "
                              "precision, recall, F1.\n"
                              "--baselines TRAIN measures beside it what needs no network: always the most "
                              "frequent label, and naive\n"
                              "Bayes on bags of words, both learned from TRAIN.\n\n"
                              "Example:\n  runnel evaluate model.safetensors test.csv --baselines train.csv"},
                  [a, &common] { return evaluate_command(*a, common); });
  sub->add_option("MODEL", a->model, "A model file that runnel train wrote")
      ->required()
      ->check(some_name("a file"));
  sub->add_option("FILE", a->file, "The file of rows")->required()->check(some_name("a file"));
  sub->add_option("--text", a->table.text, "The column of the text (default: as in training)")
      ->check(some_name("a column"));
  sub->add_option("--label", a->table.label, "The column of the label (default: as in training)")
      ->check(some_name("a column"));
  add_format_options(*sub, a->table);
  sub->add_option("--baselines", a->train, "The rows that the model was trained on")
      ->check(some_name("a file"));
}

}  // namespace runnel::cli
