#include "runnel/formats/dtype.h"

#include <array>
#include <limits>

namespace runnel {
namespace {

constexpr std::array<DTypeInfo, 13> kDTypes = {{
    {DType::bool_, "bool", "BOOL", "b1", 1, true},
    {DType::uint8, "uint8", "U8", "u1", 1, true},
    {DType::int8, "int8", "I8", "i1", 1, true},
    {DType::int16, "int16", "I16", "i2", 2, true},
    {DType::uint16, "uint16", "U16", "u2", 2, true},
    {DType::float16, "float16", "F16", "f2", 2, false},
    {DType::bfloat16, "bfloat16", "BF16", "", 2, false},
    {DType::int32, "int32", "I32", "i4", 4, true},
    {DType::uint32, "uint32", "U32", "u4", 4, true},
    {DType::float32, "float32", "F32", "f4", 4, false},
    {DType::float64, "float64", "F64", "f8", 8, false},
    {DType::int64, "int64", "I64", "i8", 8, true},
    {DType::uint64, "uint64", "U64", "u8", 8, true},
}};

}  // namespace

std::span<const DTypeInfo> dtypes() { return kDTypes; }

const DTypeInfo& info(DType dtype) { return kDTypes[static_cast<size_t>(dtype)]; }

std::optional<int64_t> byte_count(DType dtype, std::span<const int64_t> shape) {
  int64_t bytes = info(dtype).item_size;
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0) return std::nullopt;
    if (size == 0) {
      empty = true;
    } else if (bytes > std::numeric_limits<int64_t>::max() / size) {
      return std::nullopt;
    } else {
      bytes *= size;
    }
  }
  return empty ? 0 : bytes;
}

}  // namespace runnel
