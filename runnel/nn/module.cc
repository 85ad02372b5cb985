#include "runnel/nn/module.h"

#include <fmt/format.h>

namespace runnel {

std::string Module::label() const { return name_.empty() ? kind_ : fmt::format("{} \"{}\"", kind_, name_); }

std::vector<Variable> Module::parameters() const {
  std::vector<Variable> variables;
  for (const NamedParameter& parameter : named_parameters()) variables.push_back(parameter.variable);
  return variables;
}

int64_t Module::parameter_count() const {
  int64_t count = 0;
  for (const NamedParameter& parameter : named_parameters()) count += parameter.variable.value().count();
  return count;
}

void Module::zero_grad() {
  for (Variable& parameter : parameters()) parameter.zero_grad();
}

Variable Module::add_parameter(std::string name, const Tensor& value) {
  Variable variable(value, /*requires_grad=*/true);
  parameters_.push_back({std::move(name), variable});
  return variable;
}

}  // namespace runnel
