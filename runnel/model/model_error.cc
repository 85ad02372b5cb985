#include "runnel/model/model_error.h"

#include <fmt/format.h>

#include "runnel/text/show.h"

namespace runnel::errors {
namespace {

/// Where a safetensors file keeps its metadata: behind the eight bytes of the header's size.
constexpr int64_t kHeader = 8;

}  // namespace

FormatError not_a_model(const std::string& file) {
  return FormatError(
      file, kHeader, "a safetensors file, but not a model of Runnel",
      {{"expected", "metadata with the key runnel.model"},
       {"fix", "runnel train writes such files; runnel run SPEC --weights FILE reads bare weights"}});
}

FormatError bad_description(const std::string& file, const std::string& what) {
  return FormatError(file, kHeader, "the description of the model cannot be read", {{"why", what}});
}

FormatError other_kind_of_model(const std::string& file, const std::string& kind) {
  return FormatError(file, kHeader,
                     fmt::format("a model of the kind \"{}\", expected \"text-classifier\"", kind));
}

OptionError label_twice(const std::string& label) {
  return OptionError(fmt::format("the label {} occurs twice", in_quotes(label)));
}

OptionError label_out_of_order(const std::string& label, const std::string& before) {
  return OptionError(fmt::format("the label {} stands behind {}", in_quotes(label), in_quotes(before)),
                     {{"expected", "the labels in the order of their bytes"}});
}

OptionError not_a_classifier(const std::string& chain, const std::string& what, const std::string& fix) {
  return OptionError("the network does not classify texts",
                     {{"network", chain}, {"why", what}, {"fix", fix}});
}

}  // namespace runnel::errors
