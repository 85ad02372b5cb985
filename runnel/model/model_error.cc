#include "runnel/model/model_error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "runnel/base/shell_word.h"
#include "runnel/formats/array.h"
#include "runnel/text/show.h"

namespace runnel::errors {
namespace {

/// Where a safetensors file keeps its metadata: behind the eight bytes of the header's size.
constexpr int64_t kHeader = 8;

/// "x.reshape(2, 3, 20), if the last 2 axes belong together"
std::string merged(std::span<const int64_t> sizes, int64_t rank) {
  if (rank < 1) return "";
  const auto kept = static_cast<size_t>(rank - 1);
  int64_t rest = 1;
  for (const int64_t size : sizes.subspan(kept)) rest *= size;
  std::string code;
  for (const int64_t size : sizes.first(kept)) code += fmt::format("{}, ", size);
  return fmt::format("x.reshape({}{}), if the last {} axes belong together", code, rest, sizes.size() - kept);
}

}  // namespace

FormatError not_a_model(const std::string& file) {
  return FormatError(
      file, kHeader, "a safetensors file, but not a model of Runnel",
      {{"expected", "metadata with the key runnel.model"},
       {"why", "these are weights alone: what network they belong to is not told"},
       {"fix", fmt::format("runnel train writes models; runnel run 'LSTM(…)' --weights {} reads weights",
                           shell_word(file))}});
}

FormatError bad_description(const std::string& file, const std::string& what) {
  return FormatError(file, kHeader, "the description of the model cannot be read",
                     {{"why", what}, {"fix", "copy it again, or train it again: runnel train …"}});
}

FormatError other_kind_of_model(const std::string& file, const std::string& kind) {
  return FormatError(file, kHeader,
                     fmt::format("a model of the kind \"{}\", expected \"text-classifier\"", kind),
                     {{"why", "another program, or another version of Runnel, wrote it"},
                      {"fix", "runnel train writes the kind that is expected"}});
}

FormatError newer_model(const std::string& file, int64_t version, int64_t known) {
  return FormatError(file, kHeader,
                     fmt::format("a model of version {}, newer than this Runnel reads", version),
                     {{"expected", fmt::format("version {} or older", known)},
                      {"got", fmt::format("version {}", version)},
                      {"fix", "a newer Runnel, or train the model again with this one"}});
}

NumericError weight_not_finite(const std::string& file, const std::string& tensor, float value) {
  const float shown = std::isnan(value) ? std::abs(value) : value;  // the sign of a NaN tells nothing
  return NumericError(fmt::format("{}: {} has a weight that is {}", file, in_quotes(tensor), shown),
                      {{"expected", "finite numbers"},
                       {"why", "such a model answers nothing that means anything"},
                       {"fix", "train it again, or save it again from where it came"}});
}

OptionError label_twice(const std::string& label) {
  return OptionError(fmt::format("the label {} occurs twice", in_quotes(label)),
                     {{"why", "each label has one score"},
                      {"fix", "labels.erase(std::unique(labels.begin(), labels.end()), labels.end())"}});
}

OptionError label_out_of_order(const std::string& label, const std::string& before) {
  return OptionError(fmt::format("the label {} stands behind {}", in_quotes(label), in_quotes(before)),
                     {{"expected", "the labels in the order of their bytes"},
                      {"why", "the number of a label is its place in this order"},
                      {"fix", "std::sort(labels.begin(), labels.end())"}});
}

OptionError not_a_classifier(const std::string& chain, const std::string& what, const std::string& fix) {
  return OptionError("the network does not classify texts",
                     {{"network", chain}, {"why", what}, {"fix", fix}});
}

OptionError no_known_layer(const std::string& model) {
  return OptionError(fmt::format("{} has no layer that Runnel knows", model),
                     {{"why", "so nothing tells what data it reads"},
                      {"fix", "give the layer that reads them by itself: 'LSTM(100, 128)'"}});
}

ShapeError other_number_of_axes(const Shape& expected, std::span<const int64_t> sizes) {
  const auto rank = static_cast<int64_t>(sizes.size());
  const auto ones = std::count(sizes.begin(), sizes.end(), 1);
  std::string fix = "x[None, …] adds an axis in front, x[…, None] one behind";
  if (rank > expected.rank()) {
    const bool spare = ones >= rank - expected.rank();
    fix = spare ? "x.squeeze(i), where axis i has one place" : merged(sizes, expected.rank());
  }
  return ShapeError({.where = "input",
                     .what = fmt::format("the array has {} {}", rank, rank == 1 ? "axis" : "axes"),
                     .expected = expected,
                     .expected_why = "in the order that the network reads; without batch: one sequence",
                     .got = generic_shape(sizes),
                     .why = "data in files have no names: their axes are told by how many there are",
                     .fix = fix});
}

}  // namespace runnel::errors
