#include "runnel/optim/parameter_list.h"

namespace runnel {

ParameterList::ParameterList(const std::vector<Variable>& variables) {
  parameters_.reserve(variables.size());
  for (const Variable& variable : variables) {
    parameters_.push_back({std::to_string(parameters_.size()), variable});
  }
}

}  // namespace runnel
