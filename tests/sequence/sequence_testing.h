#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "runnel/sequence/packed.h"

#include "tests/tensor/expect_error.h"

/// What the tests of sequences share.
namespace runnel::sequence_testing {

template <class T>
std::vector<T> numbers(const BasicTensor<T>& tensor) {
  return std::vector<T>(tensor.values().begin(), tensor.values().end());
}

/// start, start + 1, …
template <class T>
BasicTensor<T> counting(const Shape& shape, T start = 0) {
  auto tensor = BasicTensor<T>::uninitialized(shape);
  for (T& value : tensor.values()) value = start++;
  return tensor;
}

}  // namespace runnel::sequence_testing
