// Error: could not convert '{3, 10, 100}'|no matching constructor for initialization of 'runnel::Shape'
// A size without a name says nothing.
#include "runnel/tensor/shape.h"

runnel::Shape shape = {3, 10, 100};
