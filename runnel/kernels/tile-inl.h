// The register tile that every matrix product of Runnel goes through, and the packing of its operands.
// Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_TILE_INL_H_
#undef RUNNEL_KERNELS_TILE_INL_H_
#else
#define RUNNEL_KERNELS_TILE_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <hwy/highway.h>

#include "runnel/kernels/gemm.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = HWY_CAPPED(float, 16);
using FloatVector = hn::Vec<FloatTag>;
inline constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(FloatTag()));
/// Accumulators that fit the registers beside the operands.
inline constexpr int kAccumulators = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64 ? 24 : 12;

inline int64_t round_up_to_lanes(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

/// Rows whose element (r, k) stands at data[r·row_stride + k·inner_stride].
struct TileRows {
  const float* data;
  int64_t row_stride;
  int64_t inner_stride;
};

/// sums[r][v] += Σ_k rows(r, k) · panel[k][v], in the order of k. The panel holds Vectors vectors for each k,
/// one after the other.
template <int Rows, int Vectors>
HWY_INLINE void multiply_tile(const TileRows& rows, const float* HWY_RESTRICT panel, int64_t inner,
                              FloatVector (&sums)[Rows][Vectors]) {
  const FloatTag d;
  FloatVector acc[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) acc[r][v] = sums[r][v];
  }
  const float* column = rows.data;
  for (int64_t k = 0; k < inner; ++k) {
    FloatVector b[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) b[v] = hn::Load(d, panel + v * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const FloatVector a = hn::Set(d, column[r * rows.row_stride]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) acc[r][v] = hn::MulAdd(a, b[v], acc[r][v]);
    }
    panel += Vectors * kLanes;
    column += rows.inner_stride;
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sums[r][v] = acc[r][v];
  }
}

/// Calls `body.template operator()<R>()` with the compile-time count R = rows, 1 ≤ rows ≤ Most.
template <int Most, class Body>
HWY_INLINE void with_row_count(int64_t rows, const Body& body) {
  if constexpr (Most == 1) {
    body.template operator()<1>();
  } else {
    if (rows == Most) {
      body.template operator()<Most>();
    } else {
      with_row_count<Most - 1>(rows, body);
    }
  }
}

/// A block of a matrix: rows first_row … first_row + rows − 1, likewise columns.
struct Block {
  int64_t first_row, rows, first_col, cols;
};

/// out[r·out_stride + c] = matrix element of the block, and 0 for `width` − cols places behind each row.
inline void pack_rows(const Matrix& m, const Block& block, int64_t width, float* out, int64_t out_stride) {
  const auto stored = [&](int64_t i) { return m.data + (m.index ? m.index[i] : i) * m.stride; };
  if (!m.transposed) {
    for (int64_t r = 0; r < block.rows; ++r) {
      float* row = out + r * out_stride;
      std::copy_n(stored(block.first_row + r) + block.first_col, block.cols, row);
      std::fill(row + block.cols, row + width, 0.0f);
    }
    return;
  }
  for (int64_t c = 0; c < block.cols; ++c) {
    const float* column = stored(block.first_col + c) + block.first_row;
    for (int64_t r = 0; r < block.rows; ++r) out[r * out_stride + c] = column[r];
  }
  for (int64_t r = 0; r < block.rows; ++r) {
    std::fill(out + r * out_stride + block.cols, out + r * out_stride + width, 0.0f);
  }
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_TILE_INL_H_
