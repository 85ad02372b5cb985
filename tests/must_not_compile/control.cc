// Compiles
// The right way to say what the other files say wrongly.
#include "runnel/base/random.h"
#include "runnel/tensor/tensor.h"

runnel::Tensor tensor = runnel::Tensor();
runnel::Ids ids({{"batch", 2}}, {1, 2});
runnel::Shape shape = {{"batch", 3}, {"seq", 10}};
runnel::Tensor zeros(shape);
int64_t batch = tensor.size("empty");
runnel::Generator generator(1);

float sum(const runnel::Tensor& x);
float sum_of_nothing = sum(runnel::Tensor());
