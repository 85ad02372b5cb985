// Error: narrowing conversion of '1.5e.0f' from 'float' to 'int'|'float' cannot be narrowed to 'int'
// A word number has no decimals.
#include "runnel/tensor/tensor.h"

runnel::Ids ids({{"batch", 2}}, {1.5f, 2.5f});
