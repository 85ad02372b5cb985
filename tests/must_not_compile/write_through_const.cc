// Error: assignment of read-only location|read-only variable is not assignable
// What is const is not written, although copies of a tensor share their values.
#include "runnel/tensor/tensor.h"

void zero(const runnel::Tensor& x) { x.data()[0] = 0; }
