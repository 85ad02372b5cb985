#include "runnel/model/weights.h"

namespace runnel {

NamedArrays arrays_of(const Module& module) {
  NamedArrays arrays;
  for (const NamedParameter& parameter : module.named_parameters()) {
    arrays.add(parameter.name, Array::from(parameter.variable.value()));
  }
  return arrays;
}

std::vector<NamedTensor> named_tensors(const NamedArrays& arrays) {
  std::vector<NamedTensor> tensors;
  for (const NamedArrays::Item& item : arrays) tensors.push_back({item.name, to_tensor(item.array)});
  return tensors;
}

}  // namespace runnel
