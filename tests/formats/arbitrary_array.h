#pragma once

#include <rapidcheck.h>
#include <string>
#include <vector>

#include "runnel/formats/named_arrays.h"

/// Arrays for property tests.
namespace runnel::formats_test {

/// Up to four axes of up to three places, any dtype (with `npy`, one that `.npy` has), any bytes.
inline rc::Gen<Array> arbitrary_array(bool npy) {
  return rc::gen::exec([npy] {
    const auto place = *rc::gen::inRange<size_t>(0, dtypes().size());
    const DTypeInfo& type = dtypes()[place];
    const DType dtype = npy && type.npy.empty() ? DType::float32 : type.dtype;
    const auto rank = *rc::gen::inRange<size_t>(0, 5);
    const auto shape = *rc::gen::container<std::vector<int64_t>>(rank, rc::gen::inRange<int64_t>(0, 4));
    const auto size = static_cast<size_t>(byte_count(dtype, shape).value());
    return Array(dtype, shape, *rc::gen::container<std::string>(size, rc::gen::arbitrary<char>()));
  });
}

/// Up to five arrays; names of any character from a space on, and some beyond ASCII.
inline rc::Gen<NamedArrays> arbitrary_named_arrays(bool npy) {
  return rc::gen::exec([npy] {
    NamedArrays arrays;
    const auto count = *rc::gen::inRange(0, 6);
    for (int i = 0; i < count; ++i) {
      const auto middle = *rc::gen::container<std::string>(rc::gen::inRange<char>(32, 127));
      const std::string name = middle + (i % 2 == 0 ? "é" : ".") + std::to_string(i);
      arrays.add(name, *arbitrary_array(npy));
    }
    return arrays;
  });
}

}  // namespace runnel::formats_test
