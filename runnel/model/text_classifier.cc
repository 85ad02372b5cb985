#include "runnel/model/text_classifier.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <numeric>
#include <regex>

#include "runnel/base/files.h"
#include "runnel/formats/safetensors.h"
#include "runnel/model/input_shape.h"
#include "runnel/model/model_error.h"
#include "runnel/model/weights.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/init.h"
#include "runnel/ops/softmax.h"
#include "runnel/sequence/packed.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKey = "runnel.model";
constexpr const char* kKind = "text-classifier";
constexpr int64_t kVersion = 1;  // of the description

Ids pad_ids(const std::vector<std::vector<int32_t>>& sequences) {
  std::vector<Ids> rows;
  int64_t longest = 1;  // a batch of empty texts still has a step, of padding
  for (const std::vector<int32_t>& ids : sequences) {
    rows.emplace_back(Shape{{axes::seq, static_cast<int64_t>(ids.size())}}, ids);
    longest = std::max(longest, static_cast<int64_t>(ids.size()));
  }
  const PadOptions options{.batch_first = true, .padding_value = Vocabulary::kPad, .total_length = longest};
  return pad_sequence(rows, options).data;
}

Lengths lengths_of(const std::vector<std::vector<int32_t>>& sequences) {
  Lengths lengths;
  for (const std::vector<int32_t>& ids : sequences) lengths.push_back(static_cast<int64_t>(ids.size()));
  return lengths;
}

/// What the network of a classifier must fit; symbolic sizes are not known yet.
struct ClassifierSizes {
  int64_t words = Axis::kSymbolic, labels = Axis::kSymbolic;
};

/// What keeps the network from reading ids and giving one score a class and text; nothing if it does.
std::string classifier_fault(const Network& network, const ClassifierSizes& sizes) {
  if (!network.reads_ids()) return "it does not begin with an Embedding";
  const auto* embedding = dynamic_cast<const Embedding*>(network.layers().front());
  if (const int64_t rows = embedding->options().num_embeddings; rows < sizes.words)
    return fmt::format("its Embedding has {} rows, but there are {} words", rows, sizes.words);
  if (!network.batch_first()) return "a batch of texts has batch first, but a layer says batch_first=False";
  const Axis label{axes::class_, sizes.labels};
  const Shape expected{{axes::batch}, label};
  Shape scores = network.module->output_shape(input_shape(network));
  if (label.symbolic() && scores.has(label.name)) scores = scores.replaced(label.name, label);
  if (scores == expected) return "";
  return fmt::format("it ends in {}, expected {}: one score for each label", scores.to_string(),
                     expected.to_string());
}

/// Whether the text is a network that classifies.
bool classifies(const std::string& chain, const ClassifierSizes& sizes) {
  try {
    const ShapesOnly shapes;
    return classifier_fault(make_network(chain, {.num_embeddings = sizes.words, .classes = sizes.labels}),
                            sizes)
        .empty();
  } catch (const Error&) {
    return false;
  }
}

/// The text with whatever the pattern finds replaced.
std::string replaced(const std::string& text, const char* pattern, const std::string& by) {
  return std::regex_replace(text, std::regex(pattern), by);
}

/// The person's own network, changed so that it classifies: what comes first of what could have been meant.
std::string classifier_like(const std::string& chain, const Network& network, const ClassifierSizes& sizes) {
  const Shape input = input_shape(network);
  const Axis features = input.rank() == 0 ? Axis{axes::feature} : input[input.rank() - 1];
  const int64_t dim = network.reads_ids() || features.symbolic() ? 100 : features.size;
  std::string front = network.reads_ids() ? chain : fmt::format("Embedding({}) -> {}", dim, chain);
  front = replaced(front, R"((, *)?batch_first *= *False)", "");
  front = replaced(front, R"(^( *(nn\.|torch\.nn\.)?Embedding\()(num_embeddings *= *)?[0-9_]+ *, *)", "$1");
  const std::string head = replaced(front, R"( *-> *(nn\.|torch\.nn\.)?Linear *(\([^()]*\))? *$)", "");
  for (const std::string& candidate :
       {front, head + " -> Linear", head + " -> last -> Linear", front + " -> last -> Linear"}) {
    if (classifies(candidate, sizes)) return candidate;
  }
  return "Embedding(100) -> LSTM(128) -> last -> Linear";
}

/// Throws  OptionError unless the network reads ids and gives one score a class and text.
void check_classifier(const Network& network, const std::string& chain, const ClassifierSizes& sizes) {
  const std::string fault = classifier_fault(network, sizes);
  if (!fault.empty()) throw errors::not_a_classifier(chain, fault, classifier_like(chain, network, sizes));
}

void check_labels(const std::vector<std::string>& labels) {
  for (size_t i = 1; i < labels.size(); ++i) {
    if (labels[i] == labels[i - 1]) throw errors::label_twice(labels[i]);
    if (labels[i] < labels[i - 1]) throw errors::label_out_of_order(labels[i], labels[i - 1]);
  }
}

/// The first line of an error, and the place that it marks in the text of the network.
std::string fault_of(const Error& error) {
  std::string text = error.summary();
  for (const ErrorDetail& detail : error.details()) {
    if (detail.label == "at") text += "\n" + detail.text;
  }
  return text;
}

/// Throws  NumericError for the first weight that is NaN or infinite
void require_finite(const Module& module, const std::string& name) {
  for (const NamedParameter& parameter : module.named_parameters()) {
    for (const float value : parameter.variable.value().values()) {
      if (!std::isfinite(value)) throw errors::weight_not_finite(name, parameter.name, value);
    }
  }
}

}  // namespace

void TextClassifier::make_network_from(const std::string& chain, Generator& generator) {
  check_labels(labels);
  const ClassifierSizes sizes{.words = vocabulary.size(), .labels = static_cast<int64_t>(labels.size())};
  network = make_network(chain, {.num_embeddings = sizes.words, .classes = sizes.labels}, generator);
  check_classifier(network, chain, sizes);
}

void TextClassifier::check_chain(const std::string& chain) {
  const ShapesOnly shapes;
  check_classifier(make_network(chain), chain, {});
}

Variable TextClassifier::scores(const std::vector<std::vector<int32_t>>& batch) {
  return network.module->forward({pad_ids(batch), lengths_of(batch)}).features("the classifier");
}

std::vector<std::vector<Prediction>> TextClassifier::predict(const std::vector<std::string>& texts) {
  std::vector<std::vector<int32_t>> batch;
  for (const std::string& text : texts) batch.push_back(ids(text));
  return predict_ids(batch);
}

std::vector<std::vector<Prediction>> TextClassifier::predict_ids(
    const std::vector<std::vector<int32_t>>& batch) {
  if (batch.empty()) return {};
  network.module->eval();
  return ranked(scores(batch));
}

std::vector<std::vector<Prediction>> TextClassifier::ranked(const Variable& scores) const {
  const Variable probabilities = softmax(scores, axes::class_);
  std::vector<std::vector<Prediction>> predictions;
  const size_t classes = labels.size(), texts = static_cast<size_t>(scores.size(axes::batch));
  for (size_t n = 0; n < texts; ++n) {
    std::vector<Prediction> row;
    for (size_t label = 0; label < classes; ++label) {
      row.push_back({static_cast<int32_t>(label), probabilities.value().values()[n * classes + label]});
    }
    std::stable_sort(row.begin(), row.end(),
                     [](const Prediction& a, const Prediction& b) { return a.probability > b.probability; });
    predictions.push_back(std::move(row));
  }
  return predictions;
}

std::string TextClassifier::to_bytes() const {
  const TokenizerOptions& options = tokenizer.options();
  Json description;
  description["kind"] = kKind;
  description["version"] = kVersion;
  description["network"] = network.module->to_string();
  description["tokenizer"] = {{"kind", to_string(options.kind)}, {"lowercase", options.lowercase}};
  description["labels"] = labels;
  description["notes"] = notes;
  description["vocabulary"] = vocabulary.tokens();
  SafetensorsFile file{.tensors = arrays_of(*network.module)};
  file.metadata[kKey] = description.dump();
  return write_safetensors(file);
}

void TextClassifier::save(const std::string& path) const { write_file_atomically(path, to_bytes()); }

TextClassifier TextClassifier::load(const std::string& path) {
  return from_bytes(read_file(path), path == "-" ? "standard input" : path);
}

TextClassifier TextClassifier::from_bytes(std::string_view bytes, const std::string& name) {
  const SafetensorsFile file = read_safetensors(bytes, name);
  const auto found = file.metadata.find(kKey);
  if (found == file.metadata.end()) throw errors::not_a_model(name);
  TextClassifier model;
  try {
    const Json description = Json::parse(found->second);
    const std::string kind = description.at("kind");
    if (kind != kKind) throw errors::other_kind_of_model(name, kind);
    const int64_t version = description.at("version");
    if (version > kVersion) throw errors::newer_model(name, version, kVersion);
    const Json& tokenizer = description.at("tokenizer");
    model.tokenizer = Tokenizer({.kind = parse_tokenizer_kind(tokenizer.at("kind").get<std::string>()),
                                 .lowercase = tokenizer.at("lowercase").get<bool>()});
    model.vocabulary = Vocabulary::from_tokens(description.at("vocabulary").get<std::vector<std::string>>());
    model.labels = description.at("labels").get<std::vector<std::string>>();
    model.notes = description.at("notes").get<std::map<std::string, std::string>>();
    const std::string chain = description.at("network");
    // A lying description allocates nothing: load_state compares it with the tensors first.
    const ShapesOnly shapes;
    model.make_network_from(chain);
  } catch (const nlohmann::json::exception& error) {
    throw errors::bad_description(name, error.what());
  } catch (const FormatError&) {
    throw;
  } catch (const Error& error) {
    throw errors::bad_description(name, fault_of(error));
  }
  load_state(*model.network.module, named_tensors(file.tensors), name);
  require_finite(*model.network.module, name);
  return model;
}

}  // namespace runnel
