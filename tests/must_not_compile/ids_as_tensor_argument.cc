// Error: from expression of type 'runnel::Ids'|no known conversion from 'BasicTensor<int32_t>'
// The same where a function takes a Tensor.
#include "runnel/tensor/tensor.h"

runnel::Tensor gru(const runnel::Tensor& x);
runnel::Tensor output = gru(runnel::Ids());
