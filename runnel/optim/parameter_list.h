#pragma once

#include <initializer_list>
#include <vector>

#include "runnel/autograd/variable.h"

namespace runnel {

/// The parameters that an optimizer moves or whose gradients are clipped, with names. Made, without being
/// asked, from either kind of list; variables without names are called "0", "1", …, as PyTorch numbers them.
class ParameterList {
 public:
  ParameterList(std::vector<NamedParameter> parameters) : parameters_(std::move(parameters)) {}
  ParameterList(std::initializer_list<NamedParameter> parameters) : parameters_(parameters) {}
  ParameterList(const std::vector<Variable>& variables);
  ParameterList(std::initializer_list<Variable> variables)
      : ParameterList(std::vector<Variable>(variables)) {}

  size_t size() const { return parameters_.size(); }
  const NamedParameter& operator[](size_t i) const { return parameters_[i]; }
  NamedParameter& operator[](size_t i) { return parameters_[i]; }
  std::vector<NamedParameter>::const_iterator begin() const { return parameters_.begin(); }
  std::vector<NamedParameter>::const_iterator end() const { return parameters_.end(); }

 private:
  std::vector<NamedParameter> parameters_;
};

}  // namespace runnel
