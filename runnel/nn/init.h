#pragma once

#include "runnel/base/random.h"
#include "runnel/tensor/tensor.h"

/// The distributions that PyTorch starts parameters with.
namespace runnel {

/// Uniform in [−1/√fan, 1/√fan). Of recurrent layers and cells, fan is hidden_size; of Linear, in_features
/// (which is what kaiming_uniform with a = √5 comes to).
Tensor uniform_by_fan(const Shape& shape, int64_t fan, Generator& generator);

/// Normal, mean 0, standard deviation 1.
Tensor standard_normal(const Shape& shape, Generator& generator);

}  // namespace runnel
