#include <cstdio>

#include "runnel/tensor/tensor.h"

int main() {
  const runnel::Tensor x({{"seq", 2}, {"feature", 3}}, {1, 2, 3, 4, 5, 6});
  std::puts(x.transpose({"feature", "seq"}).shape().to_string().c_str());
}
