#include <algorithm>
#include <atomic>
#include <csignal>
#include <fmt/format.h>
#include <memory>

#include "runnel/data/naive_bayes.h"
#include "runnel/explain/wording.h"
#include "runnel/nn/embedding.h"
#include "runnel/text/word_vectors.h"

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/train_data.h"

namespace runnel::cli {
namespace {

std::atomic<bool> interrupted{false};

/// While one lives, the first Ctrl-C is noted and the second one kills as ever, whatever is going on.
class InterruptWatch {
 public:
  InterruptWatch() {
    interrupted = false;
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // no write of ours is cut short
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
      print(fmt::format("epoch {:2}  train loss {:.4f}  dev loss {:.4f}  dev accuracy {}  {}/s{}\n", r.epoch,
                        r.train_loss, r.dev.loss, percent(r.dev.accuracy()),
                        with_thousands(static_cast<int64_t>(r.sequences_per_second)),
                        r.best ? "" : "  (not better)"));
    }
  }

 private:
  const CommonOptions& common_;
  StatusLine line_;
};

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
    print(fmt::format("word vectors: {} of {} words found in {}\n", with_thousands(report.found),
                      with_thousands(report.found + report.missing), path));
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
    print(fmt::format("{} training and {} dev texts, {} labels, {} words\n{}\n{} parameters\n\n",
                      with_thousands(p.train.size()), with_thousands(p.dev.size()),
                      with_thousands(static_cast<int64_t>(p.model.labels.size())),
                      with_thousands(p.model.vocabulary.size()), module.to_string(),
                      with_thousands(module.parameter_count())));
  }
}

/// What the saved weights reach on the dev texts.
const Evaluation& best_of(const TrainResult& result) {
  return result.epochs[static_cast<size_t>(result.best_epoch - 1)].dev;
}

/// Ctrl-C came so early that there is no best so far.
void print_nothing_saved(const TrainArguments& a, const CommonOptions& common) {
  if (common.json) print_json({{"model", nullptr}, {"best_epoch", 0}, {"interrupted", true}});
  const Error nothing("nothing is saved",
                      {{"why", "the training was interrupted before its first epoch was measured"},
                       {"file", fmt::format("what stood at {}, if anything, stays", a.output)}});
  remark(fmt::format("runnel: {}\n", nothing.what()));
}

/// The least that a model must beat to be of any use.
void warn_if_useless(const Prepared& p, const Evaluation& best) {
  const Majority majority = measure_majority(p.train, p.dev);
  if (best.accuracy() > majority.accuracy || best.accuracy() == 1) return;
  const Error useless(fmt::format("the model is no better than always answering \"{}\"",
                                  p.model.labels[static_cast<size_t>(majority.label)]),
                      {{"why", fmt::format("it has {} of the dev texts right, that answer {}",
                                           percent(best.accuracy()), percent(majority.accuracy))},
                       {"fix", "a smaller --lr, more --epochs, or more data"}});
  remark(fmt::format("warning: {}\n", useless.what()));
}

void print_end(const TrainArguments& a, const Prepared& p, const TrainResult& result,
               const CommonOptions& common) {
  Json confused = Json::array();
  std::vector<std::vector<std::string>> rows;
  const Evaluation& best = best_of(result);
  for (const Confusion& c : best.confusion.most_confused(5)) {
    const std::string &actual = p.model.labels[static_cast<size_t>(c.actual)],
                      &predicted = p.model.labels[static_cast<size_t>(c.predicted)];
    confused.push_back({{"label", actual}, {"taken_for", predicted}, {"count", c.count}});
    rows.push_back({"  " + actual, "taken for", predicted, counted(c.count, "time")});
  }
  if (common.json) {
    print_json({{"model", a.output},
                {"best_epoch", result.best_epoch},
                {"interrupted", result.interrupted},
                {"stopped_early", result.stopped_early},
                {"most_confused", confused},
                {"dev_accuracy", best.accuracy()},
                {"majority_accuracy", measure_majority(p.train, p.dev).accuracy}});
    return;
  }
  if (common.quiet) return;
  if (result.stopped_early) print(fmt::format("no better for {} epochs: stopped\n", a.options.patience));
  if (!rows.empty()) print("\nmost confused, of the dev texts:\n" + aligned(rows));
  print(fmt::format("\nsaved {}: the weights of epoch {}\n", a.output, result.best_epoch));
  warn_if_useless(p, best);
}

int train_model(const TrainArguments& a, const CommonOptions& common) {
  check_arguments(a);
  Prepared p = prepare(a, common.seed);
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
  if (result.best_epoch == 0) {
    print_nothing_saved(a, common);
    return kInterrupted;
  }
  p.model.save(a.output);
  print_end(a, p, result, common);
  return result.interrupted ? kInterrupted : kWell;
}

/// What is wrong with an option is told under the name that it has here.
int train_command(const TrainArguments& a, const CommonOptions& common) {
  const std::initializer_list<errors::OptionName> names = {{"epochs", "--epochs"},
                                                           {"batch_size", "--batch-size"},
                                                           {"lr", "--lr"},
                                                           {"weight_decay", "--weight-decay"},
                                                           {"clip_norm", "--clip"},
                                                           {"patience", "--patience"},
                                                           {"min_count", "--min-count"},
                                                           {"max_size", "--max-words"}};
  try {
    return train_model(a, common);
  } catch (const OptionError& error) {
    throw errors::in_words_of_command_line(error, names);
  } catch (const NumericError& error) {
    throw errors::in_words_of_command_line(error, names);
  }
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
           "best so far\n"
           "(nothing before the first epoch was measured) and exits 130; a second one ends at once. A loss "
           "that\n"
           "is not finite, or from 2^24 on, where scores no longer tell probabilities, ends the training "
           "with\n"
           "an error. A model that on dev is no better than always giving the most frequent label is saved\n"
           "with a warning.\n\n"
           "MODEL is a chain of layers; sizes that follow from the data or the layer before are left out:\n"
           "  'Embedding(100) -> LSTM(128, bidirectional=True) -> max -> Dropout(0.3) -> Linear'\n\n"
           "Example:\n  runnel train mails.csv --text body --label folder -o mails.safetensors"},
      [a, &common] { return train_command(*a, common); });
  sub->add_option("DATA", a->data, "The file of rows")->required()->check(some_name("a file"));
  add_table_options(*sub, a->table);
  sub->add_option("--output,-o", a->output, "The model file to write")->required();
  sub->add_option("--model,-m", a->model, "The chain of layers")
      ->check(some_name("a network"))
      ->capture_default_str();
  CLI::Option* dev =
      sub->add_option("--dev", a->dev, "A file of rows to measure on, instead of a part of DATA")
          ->check(some_name("a file"));
  sub->add_option("--dev-fraction", a->dev_fraction, "The part of DATA to measure on")
      ->check(real_number(0.001, 0.9))
      ->excludes(dev)
      ->capture_default_str();
  sub->add_option("--group", a->group,
                  "A column; rows that share its value are never both trained and measured on")
      ->check(some_name("a column"))
      ->excludes(dev);
  sub->add_option("--tokenizer", a->tokenizer, "words, characters or whitespace")->capture_default_str();
  sub->add_flag("--keep-case", a->keep_case, "Do not lower-case the texts");
  sub->add_option("--min-count", a->vocabulary.min_count, "Rarer words become <unk>")
      ->transform(whole_number<int64_t>())
      ->capture_default_str();
  sub->add_option("--max-words", a->vocabulary.max_size, "Size of the vocabulary; 0: no limit")
      ->transform(whole_number<int64_t>())
      ->capture_default_str();
  sub->add_option("--vectors", a->vectors,
                  "Start from word vectors: GloVe or word2vec, text or binary (.bin)")
      ->check(some_name("a file"));
  sub->add_option("--epochs", a->options.epochs, "At most so many times through the data")
      ->transform(whole_number<int64_t>())
      ->capture_default_str();
  sub->add_option("--batch-size", a->options.batch_size, "Texts a step")
      ->transform(whole_number<int64_t>())
      ->capture_default_str();
  sub->add_option("--lr", a->options.lr, "Learning rate of Adam")
      ->check(real_number())
      ->capture_default_str();
  sub->add_option("--weight-decay", a->options.weight_decay, "Of AdamW")
      ->check(real_number())
      ->capture_default_str();
  sub->add_option("--clip", a->options.clip_norm, "Longest gradient of a step; 0: no limit")
      ->check(real_number())
      ->capture_default_str();
  sub->add_option("--patience", a->options.patience,
                  "Epochs without a better dev loss before it stops; 0: never")
      ->transform(whole_number<int64_t>())
      ->capture_default_str();
}

}  // namespace runnel::cli
