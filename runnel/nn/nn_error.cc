#include "runnel/nn/nn_error.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

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

/// "weight_ih_l0 [80, 100]" → "weight_ih_l0"
std::string name_in(const std::string& item) { return item.substr(0, item.find(' ')); }

/// What stands in front of the same names: "0." and "", or "" and "module.".
struct Prefixes {
  std::string model, file;
};
std::optional<Prefixes> other_prefix(const StateMismatch& m) {
  if (m.missing.empty() || m.missing.size() > m.surplus.size()) return std::nullopt;
  const std::string wanted = name_in(m.missing[0]);
  for (const std::string& item : m.surplus) {
    const std::string got = name_in(item);
    size_t same = 0;
    while (same < std::min(wanted.size(), got.size()) &&
           wanted[wanted.size() - 1 - same] == got[got.size() - 1 - same])
      ++same;
    const std::string model = wanted.substr(0, wanted.size() - same), file = got.substr(0, got.size() - same);
    const bool whole = (model.empty() || model.back() == '.') && (file.empty() || file.back() == '.');
    if (same > 0 && whole) return Prefixes{model, file};
  }
  return std::nullopt;
}

}  // namespace

OptionError too_small(const std::string& kind, const std::string& option, int64_t value, int64_t least) {
  return OptionError(fmt::format("{}: {} is {}, expected {} or more", kind, option, value, least));
}

OptionError not_a_probability(const std::string& kind, double value) {
  return OptionError(fmt::format("{}: dropout probability is {}, expected 0 … 1", kind, value),
                     {{"why", "it is the share of values that are set to zero"}});
}

OptionError padding_idx_outside(int64_t padding_idx, int64_t num_embeddings) {
  return OptionError(
      fmt::format("Embedding: padding_idx is {}, expected {} … {} (num_embeddings is {})", padding_idx,
                  -num_embeddings, num_embeddings - 1, num_embeddings),
      {{"why", "it is the number of the row that stays zero, from the end where it is negative"},
       {"fix", fmt::format("padding_idx = 0, or num_embeddings = {}",
                           std::max(padding_idx, -padding_idx - 1) + 1)}});
}

OptionError proj_size_too_large(int64_t proj_size, int64_t hidden_size) {
  return OptionError(fmt::format("LSTM: proj_size is {}, expected less than hidden_size, which is {}",
                                 proj_size, hidden_size),
                     {{"why", "a projection makes h smaller than the cell state"},
                      {"fix", fmt::format("proj_size = {}, or 0 for none", hidden_size / 2)}});
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
       .why = fmt::format("{} counts the numbers along the last axis", m.option),
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
  } else if (got.rank() == 1) {
    m.why = "one axis is one step; a sequence is a list of steps, even where it has one";
    m.fix = fmt::format("reshape(x, {}), numpy: x[None, :]", as_code(got.inserted(0, {"seq", 1})));
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
                     .why = "each sequence of the batch has a state of its own",
                     .fix = fmt::format("Tensor {}({}) at the first step, then what the cell gave", state,
                                        as_code(expected))});
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
  const bool steps = axis == "seq";
  return ShapeError({.where = layer,
                     .what = fmt::format("the input has no axis {}", axis),
                     .got = got,
                     .why = steps
                                ? "it goes over the steps of a sequence; a layer before it has done that, or "
                                  "there were none"
                                : "",
                     .fix = steps ? "leave out " + layer : ""});
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
    details.push_back({"fix", lines(in_file) + "\nor the weights of this model"});
  } else if (const auto prefix = other_prefix(m)) {
    details.push_back({"why", fmt::format("in front of the names the file has {}, the model {}",
                                          prefix->file.empty() ? "nothing" : "\"" + prefix->file + "\"",
                                          prefix->model.empty() ? "nothing" : "\"" + prefix->model + "\"")});
    details.push_back(
        {"fix", fmt::format("{{{}k{}: v for k, v in model.state_dict().items()}}",
                            prefix->model.empty() ? "" : "'" + prefix->model + "' + ",
                            prefix->file.empty() ? "" : ".removeprefix('" + prefix->file + "')")});
  } else if (m.surplus.empty()) {
    details.push_back({"why", "the file holds a part of such a model, or a model without these layers"});
  } else if (m.missing.empty()) {
    details.push_back({"why", "the file holds more than this model: other layers, or biases"});
  }
  return Error(fmt::format("{}: the weights do not fit the model", source), std::move(details));
}

}  // namespace runnel::errors
