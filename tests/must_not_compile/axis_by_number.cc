// Error: deleted function 'runnel::AxisName::AxisName\(int\)'|to 'AxisName' invokes a deleted function
// Axes are addressed by name. PyTorch's x.size(0) would else take 0 for a null pointer to the name's text.
#include "runnel/tensor/tensor.h"

int64_t batch = runnel::Tensor().size(0);
