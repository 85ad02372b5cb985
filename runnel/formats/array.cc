#include "runnel/formats/array.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <type_traits>
#include <utility>

#include "runnel/formats/array_errors.h"
#include "runnel/formats/half.h"

namespace runnel {
namespace {

static_assert(std::endian::native == std::endian::little, "Array's bytes are read as they lie in memory");

// Types that stand for an element in the switch below.
struct Bool {
  uint8_t byte;
};
struct Float16 {
  uint16_t bits;
};
struct BFloat16 {
  uint16_t bits;
};

/// Calls `visit(element)` with an element of the C++ type that `dtype` stands for.
template <class Visit>
void with_element_type(DType dtype, Visit visit) {
  switch (dtype) {
    case DType::bool_:
      return visit(Bool{});
    case DType::uint8:
      return visit(uint8_t{});
    case DType::int8:
      return visit(int8_t{});
    case DType::int16:
      return visit(int16_t{});
    case DType::uint16:
      return visit(uint16_t{});
    case DType::float16:
      return visit(Float16{});
    case DType::bfloat16:
      return visit(BFloat16{});
    case DType::int32:
      return visit(int32_t{});
    case DType::uint32:
      return visit(uint32_t{});
    case DType::float32:
      return visit(float{});
    case DType::float64:
      return visit(double{});
    case DType::int64:
      return visit(int64_t{});
    case DType::uint64:
      return visit(uint64_t{});
  }
}

/// What errors say about the type that elements are converted to.
template <class Out>
constexpr std::string_view kRange = "-2147483648 … 2147483647";
template <>
constexpr std::string_view kRange<float> = "a magnitude of at most 3.4028235e+38";
template <class Out>
constexpr std::string_view kTypeName = std::is_same_v<Out, float> ? "float32" : "int32";

/// `value` as Out, rounded to the nearest; absent when it is finite and outside the range of Out.
template <class Out, class T>
std::optional<Out> convert(T value) {
  if constexpr (std::is_same_v<T, Bool>) {
    return Out(value.byte != 0);
  } else if constexpr (std::is_same_v<T, Float16>) {
    return float16_to_float32(value.bits);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return bfloat16_to_float32(value.bits);
  } else if constexpr (std::is_same_v<T, double>) {
    constexpr double kRoundsToInfinity = 0x1.ffffffp127;  // half a step above the largest float32
    if (std::isfinite(value) && std::abs(value) >= kRoundsToInfinity) return std::nullopt;
    return static_cast<Out>(value);
  } else if constexpr (std::is_same_v<Out, int32_t>) {
    if (!std::in_range<int32_t>(value)) return std::nullopt;
    return static_cast<Out>(value);
  } else {
    return static_cast<Out>(value);
  }
}

/// The index of element `flat` on each axis: `[0, 2]`.
std::string place_text(int64_t flat, const Shape& shape) {
  std::string text;
  for (int64_t i = shape.rank(); i-- > 0;) {
    text = fmt::format("{}{}{}", flat % shape[i].size, text.empty() ? "" : ", ", text);
    flat /= shape[i].size;
  }
  return "[" + text + "]";
}

/// The names of `names` with the sizes of the array.
Shape match_shape(const Array& array, const Shape& names, const std::string& where) {
  if (names.rank() != static_cast<int64_t>(array.shape().size())) {
    throw errors::array_rank(where, names, array.shape());
  }
  std::vector<Axis> axes(names.begin(), names.end());
  for (size_t i = 0; i < axes.size(); ++i) axes[i].size = array.shape()[i];
  const Shape shape(axes);
  for (int64_t i = 0; i < names.rank(); ++i) {
    if (!names[i].symbolic() && names[i].size != shape[i].size)
      throw errors::array_size(where, names, shape, i);
  }
  return shape;
}

/// Sets every value of `out` to the element of `array`, of type T, at its place.
template <class T, class Out>
void convert_elements(const Array& array, BasicTensor<Out>& out, const std::string& where) {
  const char* next = array.bytes().data();
  for (Out& result : out.values()) {
    T value;
    std::memcpy(&value, next, sizeof(T));
    next += sizeof(T);
    const std::optional<Out> converted = convert<Out>(value);
    if (converted) {
      result = *converted;
    } else if constexpr (std::is_arithmetic_v<T>) {
      throw errors::array_element_unfit(where, {.place = place_text(&result - out.data(), out.shape()),
                                                .value = fmt::format("{}", value),
                                                .expected = std::string(kRange<Out>),
                                                .type = kTypeName<Out>});
    }
  }
}

template <class T>
Array array_of(DType dtype, const BasicTensor<T>& tensor) {
  std::vector<int64_t> sizes;
  for (const Axis& axis : tensor.shape()) sizes.push_back(axis.size);
  const auto* bytes = reinterpret_cast<const char*>(tensor.data());
  return Array(dtype, std::move(sizes), std::string(bytes, static_cast<size_t>(tensor.count()) * sizeof(T)));
}

}  // namespace

Array::Array(DType dtype, std::vector<int64_t> shape, std::string bytes)
    : dtype_(dtype), shape_(std::move(shape)), bytes_(std::move(bytes)) {
  const std::optional<int64_t> needed = byte_count(dtype_, shape_);
  if (!needed) throw errors::array_shape_impossible(dtype_, shape_);
  const auto got = static_cast<int64_t>(bytes_.size());
  if (got != *needed) throw errors::array_bytes(dtype_, shape_, *needed, got);
}

Array Array::from(const Tensor& tensor) { return array_of(DType::float32, tensor); }
Array Array::from(const Ids& ids) { return array_of(DType::int32, ids); }

std::string shape_text(std::span<const int64_t> shape) {
  constexpr size_t kMostShown = 12;
  std::string text;
  for (size_t i = 0; i < shape.size() && i < kMostShown; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", shape[i]);
  }
  return fmt::format("({}{})", text, shape.size() > kMostShown ? ", …" : "");
}

Shape generic_shape(std::span<const int64_t> shape) {
  if (shape.size() > static_cast<size_t>(Shape::kMaxRank)) throw errors::array_too_many_axes(shape);
  std::vector<Axis> axes;
  for (int64_t size : shape) axes.push_back({fmt::format("axis_{}", axes.size()), size});
  return Shape(axes);
}

Tensor to_tensor(const Array& array, const Shape& names, const std::string& where) {
  Tensor tensor = Tensor::uninitialized(match_shape(array, names, where));
  with_element_type(array.dtype(),
                    [&](auto element) { convert_elements<decltype(element)>(array, tensor, where); });
  return tensor;
}

Tensor to_tensor(const Array& array) { return to_tensor(array, generic_shape(array.shape())); }

Ids to_ids(const Array& array, const Shape& names, const std::string& where) {
  if (!info(array.dtype()).integer) throw errors::array_not_integer(where, array.dtype());
  Ids ids = Ids::uninitialized(match_shape(array, names, where));
  with_element_type(array.dtype(), [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T> || std::is_same_v<T, Bool>) convert_elements<T>(array, ids, where);
  });
  return ids;
}

Ids to_ids(const Array& array) { return to_ids(array, generic_shape(array.shape())); }

}  // namespace runnel
