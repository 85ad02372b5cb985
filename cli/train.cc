#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <unistd.h>

#include "runnel/nn/embedding.h"
#include "runnel/nn/init.h"
#include "runnel/text/word_vectors.h"
#include "runnel/train/trainer.h"

#include "cli/command.h"
#include "cli/terminal.h"
#include "cli/text_data.h"

namespace runnel::cli {
namespace {

constexpr const char* kDefaultModel =
    "Embedding(100) -> Dropout(0.3) -> LSTM(128) -> last -> Dropout(0.3) -> Linear";

struct TrainArguments {
  std::string data;
  TableArguments table;
  std::string group;
  std::string dev;
  double dev_fraction = 0.1;
  std::string output;
  std::string model = kDefaultModel;
  std::string tokenizer = "words";
  bool keep_case = false;
  VocabularyOptions vocabulary;
  std::string vectors;
  TrainOptions options;
};

std::atomic<bool> interrupted{false};

/// While one lives, the first Ctrl-C is noted and the second one kills as ever.
class InterruptWatch {
 public:
  InterruptWatch() {
    interrupted = false;
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, &before_);
  }
  ~InterruptWatch() { ::sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

/// Shows the progress on standard error and a line an epoch on standard output.
class ProgressPrinter : public TrainListener {
 public:
  explicit ProgressPrinter(const CommonOptions& common) : common_(common), line_(use_bar(common)) {}

  bool on_step(const TrainProgress& p) override {
    const double done = static_cast<double>(p.sequences) / static_cast<double>(p.of);
    line_.show(done, fmt::format("epoch {}/{}  loss {:.3f}  {}/s  {} left", p.epoch, p.epochs, p.loss,
                                 with_thousands(static_cast<int64_t>(p.sequences_per_second)),
                                 minutes(p.seconds_left_in_epoch)));
    return !interrupted;
  }

  void on_epoch(const EpochResult& r) override {
    line_.clear();
    if (common_.json) {
      print_json({{"epoch", r.epoch},
                  {"train_loss", r.train_loss},
                  {"dev_loss", r.dev.loss},
                  {"dev_accuracy", r.dev.accuracy()},
                  {"dev_macro_f1", r.dev.macro_f1()},
                  {"seconds", r.seconds},
                  {"sequences_per_second", r.sequences_per_second},
                  {"best", r.best}});
    } else if (!common_.quiet) {
      fmt::print("epoch {:2}  train loss {:.4f}  dev loss {:.4f}  dev accuracy {}  {}/s{}\n", r.epoch,
                 r.train_loss, r.dev.loss, percent(r.dev.accuracy()),
                 with_thousands(static_cast<int64_t>(r.sequences_per_second)),
                 r.best ? "" : "  (not better)");
      std::fflush(stdout);
    }
  }

 private:
  const CommonOptions& common_;
  StatusLine line_;
};

/// Refuses early what would fail after the training.
void check_output(const std::string& path) {
  if (path == "-") return;
  const std::filesystem::path target(path);
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  std::error_code ignored;  // what cannot be looked at is no folder
  if (std::filesystem::is_directory(target, ignored))
    throw DataError({.file = path}, "is a folder, expected a file to write");
  if (::access(folder.c_str(), W_OK) != 0) {
    throw DataError({.file = path},
                    fmt::format("the folder {} does not exist or cannot be written to", folder));
  }
}

/// The training and the dev examples, and the model that codes them, its network still missing.
struct Prepared {
  TextClassifier model;
  TextDataset train, dev;
};

Prepared prepare(const TrainArguments& a, const CommonOptions& common) {
  const Table table = read_text_table(a.data, a.table);
  const TextColumns columns = columns_of(table, a.table);
  std::vector<int64_t> train_rows = all_rows(table), dev_rows;
  if (a.dev.empty()) {
    const std::vector<double> fractions{1 - a.dev_fraction, a.dev_fraction};
    const Split split =
        split_table(table, columns.label, a.group, {.fractions = fractions, .seed = common.seed});
    train_rows = split[0];
    dev_rows = split[1];
  }
  const Table dev_table = a.dev.empty() ? table : read_text_table(a.dev, a.table);
  const TextColumns dev_columns = columns_of(dev_table, a.table);
  if (!a.dev.empty()) dev_rows = all_rows(dev_table);
  Prepared p;
  p.model.tokenizer = Tokenizer({.kind = from_command_line([&] { return parse_tokenizer_kind(a.tokenizer); }),
                                 .lowercase = !a.keep_case});
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

/// Starts the Embedding from a file of word vectors; words that it lacks keep their random ones.
void fill_word_vectors(TextClassifier& model, const std::string& path, const CommonOptions& common) {
  const auto* embedding = dynamic_cast<const Embedding*>(model.network.layers().front());
  const int64_t dim = embedding->options().embedding_dim;
  const WordVectors vectors = read_word_vectors(path, model.vocabulary, {.dim = dim});
  Variable weight = embedding->weight();
  for (const int32_t id : vectors.ids) {
    std::copy_n(vectors.values.data() + id * dim, dim, weight.mutable_value().data() + id * dim);
  }
  const WordVectorReport& report = vectors.report;
  if (!common.quiet && !common.json) {
    fmt::print("word vectors: {} of {} words found in {}\n", with_thousands(report.found),
               with_thousands(report.found + report.missing), path);
  }
}

void print_start(const Prepared& p, const CommonOptions& common) {
  const Layer& module = *p.model.network.module;
  if (common.json) {
    print_json({{"network", module.to_string()},
                {"parameters", module.parameter_count()},
                {"vocabulary", p.model.vocabulary.size()},
                {"labels", p.model.labels.size()},
                {"train", p.train.size()},
                {"dev", p.dev.size()}});
  } else if (!common.quiet) {
    fmt::print("{} training and {} dev texts, {} labels, {} words\n{}\n{} parameters\n\n",
               with_thousands(p.train.size()), with_thousands(p.dev.size()),
               with_thousands(static_cast<int64_t>(p.model.labels.size())),
               with_thousands(p.model.vocabulary.size()), module.to_string(),
               with_thousands(module.parameter_count()));
    std::fflush(stdout);
  }
}

void print_end(const TrainArguments& a, const Prepared& p, const TrainResult& result,
               const CommonOptions& common) {
  Json confused = Json::array();
  std::vector<std::vector<std::string>> rows;
  if (result.best_epoch > 0) {
    const EpochResult& best = result.epochs[static_cast<size_t>(result.best_epoch - 1)];
    for (const Confusion& c : best.dev.confusion.most_confused(5)) {
      const std::string &actual = p.model.labels[static_cast<size_t>(c.actual)],
                        &predicted = p.model.labels[static_cast<size_t>(c.predicted)];
      confused.push_back({{"label", actual}, {"taken_for", predicted}, {"count", c.count}});
      rows.push_back({"  " + actual, "taken for", predicted, with_thousands(c.count) + " times"});
    }
  }
  if (common.json) {
    print_json({{"model", a.output},
                {"best_epoch", result.best_epoch},
                {"interrupted", result.interrupted},
                {"stopped_early", result.stopped_early},
                {"most_confused", confused}});
    return;
  }
  if (common.quiet) return;
  if (result.stopped_early) fmt::print("no better for {} epochs: stopped\n", a.options.patience);
  if (!rows.empty()) fmt::print("\nmost confused, of the dev texts:\n{}", aligned(rows));
  const std::string which =
      result.best_epoch > 0 ? fmt::format("epoch {}", result.best_epoch) : "the interrupted epoch";
  fmt::print("\nsaved {}: the weights of {}\n", a.output, which);
}

int train_command(const TrainArguments& a, const CommonOptions& common) {
  check_output(a.output);
  // A slip in the network is told before the data are read.
  from_command_line([&] {
    const ShapesOnly shapes;
    return make_network(a.model);
  });
  Prepared p = prepare(a, common);
  from_command_line([&] { p.model.make_network_from(a.model); });
  if (!a.vectors.empty()) fill_word_vectors(p.model, a.vectors, common);
  print_start(p, common);
  TrainOptions options = a.options;
  options.seed = common.seed;
  ProgressPrinter printer(common);
  TrainResult result;
  {
    const InterruptWatch watch;
    result = train(p.model, p.train, p.dev, options, printer);
  }
  p.model.save(a.output);
  print_end(a, p, result, common);
  return result.interrupted ? kInterrupted : kWell;
}

}  // namespace

void add_train(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<TrainArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "train",
       .summary = "Train a network that tells the label of a text",
       .details =
           "DATA is a file of rows with a text and a label: .csv, .tsv, .jsonl; - is standard input (with "
           "--format).\n"
           "A part of the rows is kept aside to measure on (dev); --group keeps rows of one group together.\n"
           "The best weights, by dev loss, are saved with everything that predict needs. Ctrl-C saves the "
           "best so far.\n\n"
           "MODEL is a chain of layers; sizes that follow from the data or the layer before are left out:\n"
           "  'Embedding(100) -> LSTM(128, bidirectional=True) -> max -> Dropout(0.3) -> Linear'\n\n"
           "Example:\n  runnel train mails.csv --text body --label folder -o mails.safetensors"},
      [a, &common] { return train_command(*a, common); });
  sub->add_option("DATA", a->data, "The file of rows")->required();
  add_table_options(*sub, a->table);
  sub->add_option("--output,-o", a->output, "The model file to write")->required();
  sub->add_option("--model,-m", a->model, "The chain of layers")->capture_default_str();
  sub->add_option("--dev", a->dev, "A file of rows to measure on, instead of a part of DATA");
  sub->add_option("--dev-fraction", a->dev_fraction, "The part of DATA to measure on")
      ->check(CLI::Range(0.001, 0.9))
      ->capture_default_str();
  sub->add_option("--group", a->group,
                  "A column; rows that share its value are never both trained and measured on");
  sub->add_option("--tokenizer", a->tokenizer, "words, characters or whitespace")->capture_default_str();
  sub->add_flag("--keep-case", a->keep_case, "Do not lower-case the texts");
  sub->add_option("--min-count", a->vocabulary.min_count, "Rarer words become <unk>")->capture_default_str();
  sub->add_option("--max-words", a->vocabulary.max_size, "Size of the vocabulary; 0: no limit")
      ->capture_default_str();
  sub->add_option("--vectors", a->vectors,
                  "Start from word vectors: GloVe or word2vec, text or binary (.bin)");
  sub->add_option("--epochs", a->options.epochs, "At most so many times through the data")
      ->capture_default_str();
  sub->add_option("--batch-size", a->options.batch_size, "Texts a step")->capture_default_str();
  sub->add_option("--lr", a->options.lr, "Learning rate of Adam")->capture_default_str();
  sub->add_option("--weight-decay", a->options.weight_decay, "Of AdamW")->capture_default_str();
  sub->add_option("--clip", a->options.clip_norm, "Longest gradient of a step; 0: no limit")
      ->capture_default_str();
  sub->add_option("--patience", a->options.patience,
                  "Epochs without a better dev loss before it stops; 0: never")
      ->capture_default_str();
}

}  // namespace runnel::cli
