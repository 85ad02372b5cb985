#include "runnel/optim/sparse_adam.h"

namespace runnel {

SparseAdam::SparseAdam(ParameterList parameters, const SparseAdamOptions& options)
    : Adam("SparseAdam", std::move(parameters),
           {.lr = options.lr, .betas = options.betas, .eps = options.eps, .maximize = options.maximize}) {}

double SparseAdam::eps_beside_root(double bias_correction2_sqrt) const {
  return options().eps / bias_correction2_sqrt;
}

}  // namespace runnel
