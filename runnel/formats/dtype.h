#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace runnel {

/// The number types of array files, from the least aligned to the most: safetensors lays its tensors out in
/// the reverse of this order.
enum class DType : uint8_t {
  bool_,
  uint8,
  int8,
  int16,
  uint16,
  float16,   ///< IEEE 754 binary16
  bfloat16,  ///< the upper half of a float32
  int32,
  uint32,
  float32,
  float64,
  int64,
  uint64,
};

/// What there is to know about a DType.
struct DTypeInfo {
  DType dtype;
  std::string_view name;         ///< "float32"
  std::string_view safetensors;  ///< "F32"
  std::string_view npy;          ///< "f4", without the byte order; empty when .npy has no such type
  int64_t item_size;             ///< bytes an element
  bool integer;                  ///< whole numbers, bool among them
};

/// All of them, in the order of the enum.
std::span<const DTypeInfo> dtypes();
const DTypeInfo& info(DType dtype);
inline std::string_view to_string(DType dtype) { return info(dtype).name; }

/// The bytes that an array takes: the product of its sizes and the item size. Absent when a size is negative,
/// or when the sizes other than 0 multiply to more than int64 holds, be the array empty or not: so no product
/// of a part of the sizes overflows either.
std::optional<int64_t> byte_count(DType dtype, std::span<const int64_t> shape);

}  // namespace runnel
