#include <fmt/format.h>
#include <memory>
#include <numeric>

#include "runnel/base/files.h"
#include "runnel/formats/npy.h"
#include "runnel/formats/npz.h"
#include "runnel/formats/safetensors.h"
#include "runnel/model/text_classifier.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace runnel::cli {
namespace {

/// What a file holds, whatever its kind.
struct Contents {
  std::string kind;
  NamedArrays arrays;
  std::map<std::string, std::string> metadata;
};

Contents read_contents(const std::string& bytes, const std::string& name) {
  if (bytes.starts_with("PK")) return {"npz", read_npz(bytes, name), {}};
  if (bytes.starts_with("\x93NUMPY")) {
    Contents contents{"npy", {}, {}};
    contents.arrays.add("array", read_npy(bytes, name));
    return contents;
  }
  const SafetensorsFile file = read_safetensors(bytes, name);
  return {file.metadata.contains("runnel.model") ? "model" : "safetensors", file.tensors, file.metadata};
}

std::string shape_text_of(const Array& array) {
  std::string text;
  for (const int64_t size : array.shape()) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

/// The model behind the file, with what it says of itself.
void describe_model(const std::string& bytes, const std::string& name, Json& json,
                    std::vector<std::vector<std::string>>& rows) {
  const TextClassifier model = TextClassifier::from_bytes(bytes, name);
  const TokenizerOptions& tokenizer = model.tokenizer.options();
  json["network"] = model.network.module->to_string();
  json["parameters"] = model.network.module->parameter_count();
  json["tokenizer"] = {{"kind", to_string(tokenizer.kind)}, {"lowercase", tokenizer.lowercase}};
  json["words"] = model.vocabulary.size();
  json["labels"] = model.labels;
  json["notes"] = model.notes;
  std::string labels;
  for (const std::string& label : model.labels) labels += (labels.empty() ? "" : ", ") + label;
  rows.push_back({"network", model.network.module->to_string()});
  rows.push_back({"parameters", with_thousands(model.network.module->parameter_count())});
  rows.push_back({"tokenizer", to_string(tokenizer.kind) + (tokenizer.lowercase ? ", lower case" : "")});
  rows.push_back({"words", with_thousands(model.vocabulary.size())});
  rows.push_back({"labels", fmt::format("{}: {}", model.labels.size(), labels)});
  for (const auto& [key, value] : model.notes) rows.push_back({key, value});
}

int inspect_command(const std::string& path, const CommonOptions& common) {
  const std::string bytes = read_file(path), name = path == "-" ? "standard input" : path;
  const Contents contents = read_contents(bytes, name);
  Json json{{"file", name}, {"kind", contents.kind}, {"bytes", bytes.size()}};
  std::vector<std::vector<std::string>> about{
      {"file", name},
      {"kind", contents.kind},
      {"size", with_thousands(static_cast<int64_t>(bytes.size())) + " bytes"}};
  if (contents.kind == "model") {
    describe_model(bytes, name, json, about);
  } else {
    for (const auto& [key, value] : contents.metadata) {
      json["metadata"][key] = value;
      about.push_back({key, value});
    }
  }
  json["tensors"] = Json::array();
  std::vector<std::vector<std::string>> tensors;
  for (const NamedArrays::Item& item : contents.arrays) {
    const std::string dtype(info(item.array.dtype()).name);
    json["tensors"].push_back({{"name", item.name},
                               {"dtype", dtype},
                               {"shape", item.array.shape()},
                               {"count", item.array.count()}});
    tensors.push_back({item.name, dtype, shape_text_of(item.array), with_thousands(item.array.count())});
  }
  if (common.json) {
    print_json(json);
    return kWell;
  }
  size_t width = 0;
  for (const auto& row : about) width = std::max(width, row[0].size());
  for (const auto& row : about) print(fmt::format("{:<{}}  {}\n", row[0], width, row[1]));
  print("\n" + aligned(tensors));
  return kWell;
}

}  // namespace

void add_inspect(CLI::App& app, CommonOptions& common) {
  auto path = std::make_shared<std::string>();
  CLI::App* sub = add_command(app, common,
                              {.name = "inspect",
                               .summary = "Show what a file holds: model, safetensors, npy, npz",
                               .details = "Example:\n  runnel inspect model.safetensors"},
                              [path, &common] { return inspect_command(*path, common); });
  sub->add_option("FILE", *path, "The file; - is standard input")->required()->check(some_name("a file"));
}

}  // namespace runnel::cli
