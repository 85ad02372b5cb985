#include "runnel/nn/nn_error.h"

#include <algorithm>
#include <fmt/format.h>

namespace runnel::errors {
namespace {

std::string lines(const std::vector<std::string>& items) {
  constexpr size_t kMost = 12;
  std::string text;
  for (size_t i = 0; i < std::min(items.size(), kMost); ++i) text += (i == 0 ? "" : "\n") + items[i];
  if (items.size() > kMost) text += fmt::format("\n… and {} more", items.size() - kMost);
  return text;
}

/// "the file is for hidden_size 21, the model has 20"
std::vector<std::string> differences_of(const std::string& place, const LayerConfig& file,
                                        const LayerConfig& model) {
  if (file.kind != model.kind)
    return {fmt::format("{}the file is for {}, the model has {}", place, file.kind, model.kind)};
  std::vector<std::string> differences;
  for (const auto& [option, value] : model.options) {
    for (const auto& [other, in_file] : file.options) {
      if (other == option && in_file != value) {
        differences.push_back(
            fmt::format("{}the file is for {} {}, the model has {}", place, option, in_file, value));
      }
    }
  }
  return differences;
}

}  // namespace

OptionError too_small(const std::string& kind, const std::string& option, int64_t value, int64_t least) {
  return OptionError(fmt::format("{}: {} is {}, expected {} or more", kind, option, value, least));
}

OptionError not_a_probability(const std::string& kind, double value) {
  return OptionError(fmt::format("{}: dropout probability is {}, expected 0 … 1", kind, value));
}

OptionError padding_idx_outside(int64_t padding_idx, int64_t num_embeddings) {
  return OptionError(fmt::format("Embedding: padding_idx is {}, expected {} … {} (num_embeddings is {})",
                                 padding_idx, -num_embeddings, num_embeddings - 1, num_embeddings));
}

OptionError proj_size_too_large(int64_t proj_size, int64_t hidden_size) {
  return OptionError(fmt::format("LSTM: proj_size is {}, expected less than hidden_size, which is {}",
                                 proj_size, hidden_size));
}

OptionError unknown_nonlinearity(const std::string& value) {
  return OptionError(fmt::format("RNN: nonlinearity is \"{}\", expected \"tanh\" or \"relu\"", value));
}

ShapeError ids_expected(const std::string& reader, const Shape& got) {
  return ShapeError({.where = reader,
                     .what = "expected ids, got numbers",
                     .got = got,
                     .why = "an Embedding looks up word numbers; these data are features already",
                     .fix = fmt::format("leave {} out, or give it ids", reader)});
}

ShapeError features_expected(const std::string& reader, const Shape& got) {
  return ShapeError({.where = reader,
                     .what = "expected numbers that describe a step, got ids",
                     .got = got,
                     .why = "ids are names without a size or an order; an Embedding turns each into features",
                     .fix = fmt::format("Embedding(num_embeddings, embedding_dim) -> {}", reader)});
}

ShapeError wrong_feature_size(const SizeMismatch& m) {
  const Axis want = m.expected[m.expected.rank() - 1], have = m.got[m.got.rank() - 1];
  return ShapeError(
      {.where = m.layer,
       .what = fmt::format("axis {} has size {}, expected {}", have.name.text(), have.size, want.size),
       .expected = m.expected,
       .expected_why = fmt::format("{} = {}", want.size, m.option),
       .got = m.got,
       .fix = m.fix});
}

ShapeError wrong_axes(const std::string& layer, const Shape& expected, const Shape& got, bool batch_first) {
  const bool swapped = got.rank() == 3 && got[0].name == expected[1].name && got[1].name == expected[0].name;
  Mismatch m{.where = layer,
             .what = fmt::format("expected {} axes, got {}", expected.to_string(), got.to_string()),
             .expected = expected,
             .expected_why = "or [seq, feature], one sequence without a batch",
             .got = got};
  if (swapped) {
    m.what = fmt::format("axis 0 is {}, expected {}", got[0].name.text(), expected[0].name.text());
    m.expected_why = batch_first ? "batch_first is on" : "batch_first is off";
    m.why = fmt::format(
        "the layer walks along the steps, and batch_first says which axis they are; in PyTorch, where "
        "axes have no names, it would run along {}",
        got[batch_first ? 1 : 0].name.text());
    m.fix = batch_first ? "batch_first = false, or transpose(x, {\"batch\", \"seq\", …})"
                        : "batch_first = true, or transpose(x, {\"seq\", \"batch\", …})";
  } else if (got.rank() == 2 && got.has("batch")) {
    m.why = "two axes are one sequence, [seq, feature]; a batch of them needs the axis seq as well";
    m.fix = "steps of one number: reshape(x, x.shape().inserted(2, {\"feature\", 1}))";
  }
  return ShapeError(std::move(m));
}

ShapeError no_cell_state(const std::string& layer, const Shape& got) {
  return ShapeError({.where = layer,
                     .what = "c_0 is given, but the layer has no cell state",
                     .got = got,
                     .got_why = "c_0",
                     .why = "only an LSTM keeps c beside h",
                     .fix = "leave c_0 out, or an LSTM"});
}

ShapeError wrong_state(const std::string& layer, const std::string& state, const Shape& expected,
                       const std::string& expected_why, const Shape& got) {
  return ShapeError({.where = layer,
                     .what = fmt::format("{} has the wrong shape", state),
                     .expected = expected,
                     .expected_why = expected_why,
                     .got = got,
                     .why = "batch_first moves axes of input and output only, never of the states",
                     .fix = fmt::format("Tensor {}({})", state, as_code(expected))});
}

ShapeError wrong_cell_state(const std::string& cell, const std::string& state, const Shape& expected,
                            const Shape& got) {
  return ShapeError({.where = cell,
                     .what = fmt::format("{} has the wrong shape", state),
                     .expected = expected,
                     .expected_why = "like its output: a cell has neither layers nor directions",
                     .got = got,
                     .fix = "the state that the cell gave for the step before, or none at the first step"});
}

ShapeError one_step_expected(const std::string& cell, const std::string& kind, const Shape& expected,
                             const Shape& got) {
  const std::string layer = kind.substr(0, kind.rfind("Cell"));
  return ShapeError(
      {.where = cell,
       .what = fmt::format("expected {}, got {}", expected.to_string(), got.to_string()),
       .expected = expected,
       .expected_why = "or [feature], one step without a batch",
       .got = got,
       .why = fmt::format("a cell reads one step of each sequence; {} walks along all steps", layer),
       .fix = fmt::format("{} in place of {}", layer, kind)});
}

ShapeError needs_axis(const std::string& layer, const std::string& axis, const Shape& got) {
  return ShapeError({.where = layer, .what = fmt::format("the input has no axis {}", axis), .got = got});
}

Error weights_do_not_fit(const std::string& source, const StateMismatch& m) {
  std::vector<ErrorDetail> details;
  if (!m.missing.empty()) details.push_back({"missing", lines(m.missing)});
  if (!m.surplus.empty()) details.push_back({"surplus", lines(m.surplus)});
  if (!m.misshapen.empty()) details.push_back({"misshapen", lines(m.misshapen)});
  std::vector<std::string> in_file, in_model, differences;
  for (const LayerConfig& model : m.in_model) {
    const auto same_place = [&](const LayerConfig& file) { return file.prefix == model.prefix; };
    const auto file = std::find_if(m.in_file.begin(), m.in_file.end(), same_place);
    if (file == m.in_file.end() || *file == model) continue;
    const std::string place =
        model.prefix.empty() ? "" : model.prefix.substr(0, model.prefix.size() - 1) + ": ";
    in_file.push_back(place + file->to_string());
    in_model.push_back(place + model.to_string());
    for (std::string& difference : differences_of(place, *file, model))
      differences.push_back(std::move(difference));
  }
  if (!in_file.empty()) {
    details.push_back({"file", lines(in_file)});
    details.push_back({"model", lines(in_model)});
    if (!differences.empty()) details.push_back({"why", lines(differences)});
    details.push_back({"fix", "a model of the sizes of the file, or the weights of this model"});
  }
  return Error(fmt::format("{}: the weights do not fit the model", source), std::move(details));
}

}  // namespace runnel::errors
