#include "runnel/nn/state.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "runnel/nn/nn_error.h"

namespace runnel {
namespace {

/// `[80, 100]`: a file's axes have no names.
std::string sizes_of(const Shape& shape) {
  std::string text;
  for (const Axis& axis : shape) text += (text.empty() ? "" : ", ") + std::to_string(axis.size);
  return "[" + text + "]";
}

std::vector<int64_t> size_list(const Shape& shape) {
  std::vector<int64_t> sizes;
  for (const Axis& axis : shape) sizes.push_back(axis.size);
  return sizes;
}

bool same_sizes(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Axis& x, const Axis& y) { return x.size == y.size; });
}

}  // namespace

void load_state(Module& module, const std::vector<NamedTensor>& tensors, const std::string& source) {
  std::map<std::string, const Tensor*> given;
  for (const NamedTensor& tensor : tensors) given[tensor.name] = &tensor.value;
  errors::StateMismatch mismatch;
  std::vector<WeightSizes> in_file, in_model;
  for (const NamedTensor& tensor : tensors) in_file.push_back({tensor.name, size_list(tensor.value.shape())});
  std::vector<NamedParameter> parameters = module.named_parameters();
  std::vector<const Tensor*> sources;
  for (const NamedParameter& parameter : parameters) {
    const Shape& shape = parameter.variable.shape();
    in_model.push_back({parameter.name, size_list(shape)});
    const auto found = given.find(parameter.name);
    if (found == given.end()) {
      mismatch.missing.push_back(fmt::format("{} {}", parameter.name, shape.to_string()));
      continue;
    }
    if (!same_sizes(found->second->shape(), shape)) {
      mismatch.misshapen.push_back(fmt::format("{}: the file has {}, the model {}", parameter.name,
                                               sizes_of(found->second->shape()), sizes_of(shape)));
    }
    sources.push_back(found->second);
    given.erase(found);
  }
  for (const NamedTensor& tensor : tensors) {
    if (!given.contains(tensor.name)) continue;
    mismatch.surplus.push_back(fmt::format("{} {}", tensor.name, sizes_of(tensor.value.shape())));
  }
  if (!mismatch.missing.empty() || !mismatch.surplus.empty() || !mismatch.misshapen.empty()) {
    mismatch.in_file = configs_of(in_file);
    mismatch.in_model = configs_of(in_model);
    throw errors::weights_do_not_fit(source, mismatch);
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    Variable& parameter = parameters[i].variable;
    parameter.mutable_value() = Tensor(parameter.shape(), sources[i]->values());
  }
}

}  // namespace runnel
