// Error: deleted function 'runnel::Generator::Generator\(const|deleted constructor of 'runnel::Generator'
// A copy would repeat the numbers of the generator that it was copied from.
#include "runnel/base/random.h"

runnel::Generator generator(1);
runnel::Generator copy = generator;
