#pragma once

#include <string>
#include <vector>

#include "runnel/nn/module.h"

namespace runnel {

/// A tensor under a name, as files hold them.
struct NamedTensor {
  std::string name;
  Tensor value;
};

/// Copies tensors into the parameters of the same names, as PyTorch's load_state_dict(strict=True) does.
/// Sizes must be equal; the names of the axes are the module's. Nothing is copied unless everything fits.
/// Throws  Error that lists every missing, surplus and misshapen parameter by name;
///         `source` stands in front of it.
void load_state(Module& module, const std::vector<NamedTensor>& tensors, const std::string& source);

}  // namespace runnel
